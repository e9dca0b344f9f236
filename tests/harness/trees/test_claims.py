"""Checkouts of commits: they stand side by side, become each other, and are one process's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec
import pytest
from support.line import commit
from support.real_git import git
from support.tiny import PROJECT, changed_in
from support.values import DJANGO

from harness.model import Isolation, Tree
from harness.system import sandbox
from harness.system.home import Home
from harness.trees.history import history_of
from harness.trees.trees import Trees

COMMITS = 4
# Another search: it makes a checkout, says where it is, and is at work until it is told to end.
OTHER = """
import sys
from pathlib import Path
from harness.model import Project
from harness.system.home import Home
from harness.trees.history import history_of
from harness.trees.trees import Trees
home = Home(Path(sys.argv[1]))
history, trees = history_of(home, Project("django", "django", url=sys.argv[2])), Trees(home)
trees.claim_history("django")
print(trees.checkout(history.tree(history.commit(sys.argv[3]))), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def trees(home: Home) -> Trees:
    return Trees(home)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    for number in range(COMMITS):
        files = {"number.py": f"NUMBER = {number}\n", f"{number}.txt": "", "same.py": "SAME = 1\n"}
        commit(folder, files, f"No. {number}")
    return folder


@pytest.fixture
def commits(home: Home, clone: Path) -> list[Tree]:
    """The trees of the clone's commits, oldest first."""
    project = msgspec.structs.replace(DJANGO, url=str(clone))
    history = history_of(home, project)
    line = history.line(history.commit("main~3"), history.commit("main"))
    return [history.tree(each.id) for each in line]


@contextmanager
def another_search(home: Home, clone: Path, spec: str) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-c", OTHER, str(home.root), str(clone), spec]
    process = subprocess.Popen(
        words, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def said(stream: IO[str] | None) -> Path:
    assert stream is not None
    return Path(stream.readline().strip())


def spares(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def number_in(folder: Path) -> str:
    return (folder / "number.py").read_text("utf-8")


def test_what_is_given_up_becomes_the_next_one(trees: Trees, commits: list[Tree]) -> None:
    trees.claim_history("django")
    first = trees.checkout(commits[0])
    (first / "left.pyc").write_text("compiled", "utf-8")
    inode = (first / "same.py").stat().st_ino
    trees.give_up(commits[0])
    assert not first.exists()
    second = trees.checkout(commits[1])
    assert second.parent == first.parent
    assert (second / "same.py").stat().st_ino == inode
    assert number_in(second) == "NUMBER = 1\n"
    assert not (second / "left.pyc").exists()
    assert changed_in(second) == ""
    assert spares(second.parent) == [second.name]


def test_one_that_was_of_the_same_commit_is_taken_first(trees: Trees, commits: list[Tree]) -> None:
    trees.claim_history("django")
    made = {tree: trees.checkout(tree) for tree in commits[:3]}
    inodes = {tree: (path / "number.py").stat().st_ino for tree, path in made.items()}
    for tree in made:
        trees.give_up(tree)
    for tree in reversed(made):
        assert (trees.checkout(tree) / "number.py").stat().st_ino == inodes[tree]


def test_no_more_spares_are_left_than_asked_for(trees: Trees, commits: list[Tree]) -> None:
    trees.claim_history("django")
    folder = {trees.checkout(tree).parent for tree in commits}
    for tree in commits:
        trees.give_up(tree)
    (place,) = folder
    assert len(spares(place)) == COMMITS
    trees.free_spares(commits[0], kept=1)
    assert len(spares(place)) == 1


@pytest.mark.skipif(
    sandbox.level() is not Isolation.SANDBOX, reason="files are only shared behind a sandbox"
)
def test_checkouts_share_the_files_of_the_model(trees: Trees, commits: list[Tree]) -> None:
    trees.claim_history("django")
    trees.use_as_model(commits[-1])
    assert trees.model_of(commits[0]) == commits[-1]
    assert trees.model_of(commits[-1]) is None
    old, model = trees.checkout(commits[0]), trees.checkout(commits[-1])
    assert (old / "same.py").samefile(model / "same.py")
    assert not (old / "number.py").samefile(model / "number.py")
    # What is moved along is told apart from the model's, though both are of one second.
    trees.give_up(commits[0])
    next_ = trees.checkout(commits[1])
    times = {int((each / "number.py").stat().st_mtime) for each in (next_, model)}
    assert len(times) == 2


def test_two_processes_have_folders_of_their_own(
    home: Home, trees: Trees, clone: Path, commits: list[Tree]
) -> None:
    with another_search(home, clone, "main") as other:
        theirs = said(other.stdout)
        trees.claim_history("django")
        ours = trees.checkout(commits[-1])
        assert ours.parent != theirs.parent
        trees.give_up(commits[-1])
        trees.free_spares(commits[-1], kept=0)
        assert number_in(theirs) == "NUMBER = 3\n"
        assert changed_in(theirs) == ""


def test_what_a_killed_search_left_is_made_use_of(
    home: Home, trees: Trees, clone: Path, commits: list[Tree]
) -> None:
    with another_search(home, clone, "main") as other:
        theirs = said(other.stdout)
        inode = (theirs / "same.py").stat().st_ino
    trees.claim_history("django")
    assert not theirs.exists()
    ours = trees.checkout(commits[0])
    assert ours.parent == theirs.parent
    assert (ours / "same.py").stat().st_ino == inode
    assert number_in(ours) == "NUMBER = 0\n"
    assert spares(ours.parent) == [ours.name]


def test_a_second_claim_is_the_first_one(trees: Trees, commits: list[Tree]) -> None:
    trees.claim_history("django")
    first = trees.checkout(commits[0])
    trees.claim_history("django")
    assert trees.checkout(commits[0]) == first
    assert first.exists()
