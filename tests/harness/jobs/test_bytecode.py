"""What a patched tree has in common with its base is compiled once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.tiny import DONE, QUICK, Workbench

from harness.jobs import bytecode
from harness.model import Isolation
from harness.system import sandbox


def below(prefix: Path, path: Path) -> Path:
    return prefix / path.relative_to(path.anchor)


def test_a_folder_shows_what_was_compiled_for_the_bases(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "a.py").write_text("NAME = __file__\n")
    shutil.copytree(theirs, mine, copy_function=shutil.copy2)
    own, base = tmp_path / "own", tmp_path / "base"
    for folder, prefix in ((theirs, base), (mine, own)):
        bytecode.share(own, base, [(mine, theirs)])
        command = [
            sys.executable,
            "-X",
            f"pycache_prefix={prefix}",
            "-c",
            "import a; print(a.NAME)",
        ]
        found = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, env={}, check=True
        )
        assert found.stdout == f"{folder}/a.py\n"
    (made,) = base.rglob("a.*.pyc")
    assert list(own.rglob("a.*.pyc")) == []
    assert (below(own, mine) / made.name).samefile(made)


def test_what_is_there_already_stays_and_what_lies_in_a_shared_folder_needs_no_link(
    tmp_path: Path,
) -> None:
    own, base, folder = tmp_path / "own", tmp_path / "base", tmp_path / "folder"
    below(own, folder / "there").mkdir(parents=True)
    bytecode.share(own, base, [(folder / "there", folder / "there")])
    assert not below(own, folder / "there").is_symlink()
    outer, inner = tmp_path / "outer", tmp_path / "outer" / "inner"
    below(base, outer).mkdir(parents=True)
    bytecode.share(own, base, [(inner, inner), (outer, outer)])
    assert below(own, outer).is_symlink()
    assert list(below(base, outer).iterdir()) == []


def test_what_another_commit_compiled_is_there_and_what_differs_is_made_anew(
    tmp_path: Path,
) -> None:
    """By its time Python sees which file it is of; the other's bytecode stays as it was."""
    theirs, mine = tmp_path / "theirs", tmp_path / "mine"
    other, own = tmp_path / "other", tmp_path / "own"
    theirs.mkdir()
    for name in ("same", "differs"):
        (theirs / f"{name}.py").write_text("VALUE = 1\n")
    command = [sys.executable, "-c", "import same, differs; print(same.VALUE, differs.VALUE)"]

    def run(folder: Path, prefix: Path) -> str:
        env = {"PYTHONPYCACHEPREFIX": str(prefix)}
        return subprocess.run(
            command, cwd=folder, capture_output=True, text=True, env=env, check=True
        ).stdout

    assert run(theirs, other) == "1 1\n"
    shutil.copytree(theirs, mine, copy_function=shutil.copy2)
    (mine / "differs.py").write_text("VALUE = 2\n")
    os.utime(mine / "differs.py", (1_000_000_000, 1_000_000_000))
    before = {path: path.read_bytes() for path in other.rglob("*.pyc")}
    bytecode.link(own, other, (mine, theirs))
    assert run(mine, own) == "1 2\n"
    links = {path.name.partition(".")[0]: path.is_symlink() for path in own.rglob("*.pyc")}
    assert (links["same"], links["differs"]) == (True, False)
    assert {path: path.read_bytes() for path in other.rglob("*.pyc")} == before


def test_a_candidates_jobs_read_the_bytecode_of_its_base(workbench: Workbench) -> None:
    if sandbox.level() is not Isolation.SANDBOX:
        pytest.skip("bytecode is shared in the full sandbox alone; install bubblewrap")
    finished = workbench.run("test", "--candidate", "django/neutral", *QUICK)
    assert finished.status == DONE, finished.err
    made = list((workbench.home / "pycache").rglob("server.*.pyc"))
    assert [path for path in made if "neutral" in str(path)] == []
    assert [path for path in made if "/base-" in str(path)]
    links = [path for path in (workbench.home / "pycache").rglob("neutral-*") if path.is_symlink()]
    assert links
    assert all((link / "django").is_dir() for link in links)
