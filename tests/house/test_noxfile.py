"""The menu: which sessions there are, and the one environment that they share.

Real nox runs in a copy of the project's noxfile; only what it runs is a stub, and
what is installed is there already, so no index is asked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from filelock import FileLock
from support.tiny import DEADLINE, PROJECT, without_configuration

from harness.cli.verbs import HELP

ENVIRONMENT = ".nox/workbench"
PYPROJECT = """\
[project]
name = "stub"
requires-python = ">=3.11"
dependencies = ["pip"]

[dependency-groups]
test = ["pip"]
lint = []
docs = []
dask = []
store = []
"""
# What a session runs: it says where it runs, and leaves when its standard input ends.
STUB = "import sys; print('ran', *sys.argv[1:], 'in', sys.prefix, flush=True); sys.stdin.read()\n"
REVERTS = '[reverts]\ncommit = "{commit}"\nsubject = "Brought a fault."\n'


def nox(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start nox there; it waits in each session for the end of its standard input."""
    return subprocess.Popen(
        [sys.executable, "-m", "nox", *words],
        cwd=folder,
        env=without_configuration() | {"PIP_NO_INDEX": "1", "NOX_COLOR": "no"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(folder: Path, *words: str) -> str:
    """What nox prints when all goes well."""
    with nox(folder, *words) as process:
        out, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, out
    return out


def sessions(folder: Path) -> list[str]:
    """The names on the menu."""
    marked = [line for line in said(folder, "--list").splitlines() if line[:2] in ("* ", "- ")]
    return [line.split()[1] for line in marked]


def write_project(folder: Path) -> Path:
    """A copy of the noxfile with a stub in place of the workbench."""
    shutil.copy(PROJECT / "noxfile.py", folder)
    (folder / "pyproject.toml").write_text(PYPROJECT, "utf-8")
    (folder / "constraints.txt").write_text("# nothing is held\n", "utf-8")
    (folder / "harness").mkdir()
    (folder / "harness" / "__main__.py").write_text(STUB, "utf-8")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in which nothing has run."""
    return write_project(tmp_path)


def candidate(project: Path, name: str, text: str) -> None:
    folder = project / "patches" / name
    folder.mkdir(parents=True)
    (folder / "candidate.toml").write_text(text, "utf-8")


def python_of(project: Path) -> Path:
    return project / ENVIRONMENT / "bin" / "python"


@pytest.fixture(scope="session")
def first_made(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A project in which a first session has run, made once for all processes."""
    root = tmp_path_factory.getbasetemp()
    folder = (root if worker_id == "master" else root.parent) / "made"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            folder.mkdir()
            write_project(folder)
            assert f"ran apply in {folder / ENVIRONMENT}" in said(folder, "-s", "apply")
    return folder


@pytest.fixture
def made(first_made: Path, tmp_path: Path) -> Path:
    """A copy of it for one test: an environment finds itself wherever it stands."""
    return Path(shutil.copytree(first_made, tmp_path / "project", symlinks=True))


def test_each_commit_that_a_candidate_takes_back_has_its_session() -> None:
    assert "bisect-934acf1" in sessions(PROJECT)


def test_every_verb_is_on_the_menu() -> None:
    assert set(HELP) - set(sessions(PROJECT)) == set()


def test_a_new_candidate_gets_its_session_by_itself(project: Path) -> None:
    before = sessions(project)
    candidate(project, "flask/undo", REVERTS.format(commit="0123456789" * 4))
    candidate(project, "flask/again", REVERTS.format(commit="0123456789" * 4))
    candidate(project, "flask/no-commit", REVERTS.format(commit="main"))
    candidate(project, "flask/malformed", "title = [unfinished\n")
    candidate(project, "flask/plain", 'title = "takes nothing back"\n')
    assert [name for name in sessions(project) if name not in before] == ["bisect-0123456"]
    text = said(project, "-s", "bisect-0123456", "--", "--jobs", "1")
    assert f"ran bisect --suspect {'0123456789' * 4} --jobs 1 in" in text


def test_all_verbs_share_one_environment_and_the_second_start_is_free(made: Path) -> None:
    text = said(made, "-s", "apply", "test", "--", "--django", "6.1.3")
    for verb in ("apply", "test"):
        assert f"ran {verb} --django 6.1.3 in {made / ENVIRONMENT}\n" in text
    assert "pip" not in text and "venv" not in text


def test_a_group_is_added_to_the_environment_that_is_there(made: Path) -> None:
    first = python_of(made).lstat().st_ctime_ns
    with nox(made, "-s", "selftest", "--", "--version") as process:
        # The stub's environment has no pytest: how it ends does not matter here.
        out, _ = process.communicate(timeout=DEADLINE)
    assert out.count("-m pip install") == 1
    assert python_of(made).lstat().st_ctime_ns == first
    assert "-m pip install" not in said(made, "-s", "apply")


def test_another_lock_makes_it_anew(made: Path) -> None:
    (made / "constraints.txt").write_text("pip>1\n", "utf-8")
    assert "-m venv" in said(made, "-s", "apply")
    assert "-m venv" not in said(made, "-s", "apply")


def test_other_requirements_make_it_anew(made: Path) -> None:
    (made / "pyproject.toml").write_text(PYPROJECT.replace('["pip"]', '["pip>1"]'), "utf-8")
    assert "-m venv" in said(made, "-s", "apply")


def test_it_is_made_anew_when_its_python_has_gone(made: Path) -> None:
    python_of(made).unlink()
    python_of(made).symlink_to(made / "no-longer-here")
    assert f"ran apply in {made / ENVIRONMENT}" in said(made, "-s", "apply")


def test_it_is_made_anew_when_it_was_left_half_made(made: Path) -> None:
    (made / ENVIRONMENT / "installed.json").unlink()
    assert "-m venv" in said(made, "-s", "apply")


def test_two_runs_at_once_make_it_once(project: Path) -> None:
    with ExitStack() as stack:
        runs = [stack.enter_context(nox(project, "-s", "apply")) for _ in range(2)]
        texts = [run.communicate(timeout=DEADLINE)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], texts
    assert sorted(text.count("-m venv") for text in texts) == [0, 1]


def test_it_is_not_made_anew_under_a_run_that_uses_it(made: Path) -> None:
    with nox(made, "-s", "test") as first:
        assert first.stdout is not None
        while "ran test" not in first.stdout.readline():
            assert first.poll() is None
        (made / "constraints.txt").write_text("pip>1\n", "utf-8")
        with nox(made, "-s", "apply") as second:
            assert second.stdout is not None
            while "waiting for another nox run" not in (line := second.stdout.readline()):
                assert line and "ran apply" not in line
            assert python_of(made).exists()
            first.communicate(timeout=DEADLINE)
            out, _ = second.communicate(timeout=DEADLINE)
    assert (first.returncode, second.returncode) == (0, 0), out
    assert "-m venv" in out


def test_the_lock_names_no_place() -> None:
    text = (PROJECT / "constraints.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all("==" in line for line in lines)
    assert "/" not in text and os.sep not in text
