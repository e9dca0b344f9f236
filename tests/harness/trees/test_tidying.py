"""Cleaning together with git: what somebody changed stays, and git knows what has gone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from support.real_git import git
from support.values import DJANGO

from harness.model import Base, Source
from harness.system import cleaning
from harness.system.home import Home
from harness.trees import tidying
from harness.trees.trees import Trees

REGULAR = 0o100644


@pytest.fixture
def checkout(home: Home) -> Path:
    """A worktree as the workbench makes it."""
    trees = Trees(home)
    base = Base(DJANGO, "1.0", Source.SDIST, "1.0")
    return trees.checkout(trees.take_in(base, [("a.py", REGULAR, b"a = 1\n")]))


def edit(checkout: Path) -> None:
    (checkout / "a.py").write_text("a = 2\n")


def add(checkout: Path) -> None:
    (checkout / "new.py").touch()


def commit(checkout: Path) -> None:
    edit(checkout)
    git(checkout, "commit", "-qam", "Mine")


def break_it(checkout: Path) -> None:
    (checkout / ".git").write_text("gitdir: /nowhere\n")


def test_a_worktree_as_it_was_made_is_not_changed(checkout: Path) -> None:
    (checkout / "__pycache__").mkdir()
    (checkout / "__pycache__" / "a.pyc").touch()  # made by running it
    assert not tidying.is_changed(checkout)


@pytest.mark.parametrize("do", [edit, add, commit, break_it])
def test_what_somebody_did_in_a_worktree_counts(checkout: Path, do: Callable[[Path], None]) -> None:
    do(checkout)
    assert tidying.is_changed(checkout)


def test_what_was_cleaned_can_be_made_again(home: Home, checkout: Path) -> None:
    cleaned = cleaning.remove(
        home, ["worktrees"], changed=tidying.is_changed, prune=partial(tidying.prune, home)
    )
    assert [entry.path for entry in cleaned.removed] == [checkout]
    repository = home.root / "repos" / "django.git"
    assert git(repository, "worktree", "list", "--porcelain").count("worktree ") == 1
    trees = Trees(home)
    tree = trees.known(Base(DJANGO, "1.0", Source.SDIST, "1.0"))
    assert tree is not None
    assert trees.checkout(tree) == checkout
    assert (checkout / "a.py").read_text() == "a = 1\n"


def test_a_repository_stays_as_long_as_a_changed_worktree_does(home: Home, checkout: Path) -> None:
    commit(checkout)
    clean = partial(cleaning.remove, home, changed=tidying.is_changed)
    assert {each.reason for each in clean().kept} == {cleaning.CHANGED, cleaning.NEEDED}
    assert git(checkout, "log", "-1", "--format=%s").strip() == "Mine"
