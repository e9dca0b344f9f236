"""CPython itself, built in a folder that moves along: minutes, and Debian's archive."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.values import CPYTHON

from harness.jobs import building
from harness.model import Tree
from harness.pythons import making
from harness.sources.provider import Provider
from harness.system import processes
from harness.system.home import Home

LONG = 3600  # seconds: two builds from nothing, on a machine that may be busy
pytestmark = [pytest.mark.timeout(LONG), pytest.mark.long]
RELEASE = "deb:3.13"
# What its Makefile does not name as a source of anything: written by Argument Clinic.
EDITS = {
    "Python/clinic/sysmodule.c.h": ("``Intern\\'\\' the given string", "Edited"),
    "Modules/clinic/_randommodule.c.h": ("getrandbits(k) -> x.", "Edited"),
}
OUR_OWN = shutil.ignore_patterns(".git", making.FOLDER)
ASK = "import sys, _random; print(sys.intern.__doc__, _random.Random.getrandbits.__doc__)"


def test_a_build_that_moved_along_is_one_from_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")  # the executable has the time of its build in it
    provider = Provider(home, {CPYTHON.name: CPYTHON})
    released = provider.base(RELEASE, CPYTHON.name)
    _built(provider, released, edits=0)
    folder = tmp_path / "edited"
    shutil.copytree(provider.trees.checkout(released), folder, symlinks=True, ignore=OUR_OWN)
    for name, (old, new) in EDITS.items():
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")
    edited = provider.base(str(folder), CPYTHON.name)
    place = _built(provider, edited, edits=2)
    moved = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    shutil.rmtree(place)
    shutil.rmtree(home.root / "worktrees/cpython/building/sources" / making.FOLDER)
    assert _built(provider, edited, edits=2) == place
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == moved


def _built(provider: Provider, tree: Tree, edits: int) -> Path:
    """The build of a tree, which was seen to have that many of the edits in it."""
    runtime = building.runtime_of(provider, tree, provider.trees.checkout(tree))
    answer = processes.run([*runtime.python, "-c", ASK], deadline=60, check=True)
    assert answer.stdout.count("Edited") == edits
    return runtime.readable[1]
