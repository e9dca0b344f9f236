"""The door to git: one environment, whoever opened the repository and wherever."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from support.real_git import git
from support.tiny import Workbench
from support.values import DJANGO

from harness.model import Base, Source
from harness.system.home import Home
from harness.trees.repository import GitError, Repository, open_repo
from harness.trees.trees import Trees


@pytest.fixture
def repository(home: Home) -> Repository:
    return open_repo(home, "django")


def test_text_has_no_last_line_end_and_bytes_have_it(repository: Repository, home: Home) -> None:
    file = home.folder("scratch") / "file"
    file.write_bytes(b"\xff\n\n")
    blob = repository.text("hash-object", "-w", file)
    assert repository.raw("cat-file", "blob", blob) == b"\xff\n\n"
    assert repository.text("cat-file", "blob", blob) == "\udcff\n"
    with file.open("rb") as stream:
        assert repository.text("hash-object", "--stdin", stdin=stream) == blob


def test_a_call_adds_to_the_environment_and_the_next_one_does_not(repository: Repository) -> None:
    tree = repository.text("mktree", stdin=None)
    words = ("commit-tree", tree, "-m", "x")
    usual = repository.text(*words)
    other = repository.text(*words, env={"GIT_AUTHOR_NAME": "Somebody Else"})
    assert other != usual
    assert repository.text("log", "-1", "--format=%an", other) == "Somebody Else"
    assert repository.text(*words) == usual


def test_a_refusal_is_one_line_with_all_of_it_beside(repository: Repository) -> None:
    with pytest.raises(GitError, match=r"^`git cat-file -e nothing` failed: fatal: ") as caught:
        repository.raw("cat-file", "-e", "nothing")
    assert caught.value.said == caught.value.first_line
    assert "Not a valid object name nothing" in caught.value.said
    assert not repository.accepts("cat-file", "-e", "nothing")
    assert not repository.has("a" * 40)


def test_a_folder_that_is_no_repository_is_none_whatever_lies_around_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "below").mkdir()
    with pytest.raises(GitError, match="not a git repository"):
        Repository(tmp_path / "below").raw("status")
    with pytest.raises(GitError, match="cannot change to"):
        Repository(tmp_path / "gone").raw("status")


def test_a_hook_that_starts_the_workbench_keeps_its_repository(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git tells a hook its repository by variables, which whatever it starts inherits."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "mine").write_text("x", "utf-8")
    git(tmp_path, "add", "mine")
    git(tmp_path, "commit", "-q", "-m", "mine")
    before = git(tmp_path, "for-each-ref"), git(tmp_path, "status", "--porcelain", "mine")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / ".git" / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / ".git" / "objects"))
    trees = Trees(home)
    tree = trees.take_in(Base(DJANGO, "1", Source.SDIST, "1"), [("a", 0o100644, b"1")])
    assert (trees.checkout(tree) / "a").read_text("utf-8") == "1"
    assert git(home.root / "repos" / "django.git", "for-each-ref", "--format=%(refname)")
    assert (git(tmp_path, "for-each-ref"), git(tmp_path, "status", "--porcelain", "mine")) == before


def test_settings_that_come_by_the_environment_do_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``git -c KEY=VALUE`` hands its settings to whatever an alias starts."""
    hook, called = tmp_path / "reference-transaction", tmp_path / "called"
    hook.write_text(f"#!/bin/sh\ntouch {called}\n", "utf-8")
    hook.chmod(0o755)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.hooksPath")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'core.hookspath'='{tmp_path}'")
    trees = Trees(Home(tmp_path / "home"))
    trees.checkout(trees.take_in(Base(DJANGO, "1", Source.SDIST, "1"), []))
    assert not called.exists()


def test_without_git_there_is_one_clear_line(workbench: Workbench, tmp_path: Path) -> None:
    workbench.env["PATH"] = str(tmp_path)
    finished = workbench.run("apply")
    assert finished.status == 3
    (line,) = (finished.out + finished.err).splitlines()
    assert line.endswith(": git is not installed; install git 2.32 or newer")


def test_a_relative_folder_is_the_same_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "-q", "it")
    monkeypatch.chdir(tmp_path)
    repository = Repository(Path("it"))
    monkeypatch.chdir(os.path.dirname(sys.executable))
    assert repository.text("rev-parse", "--show-toplevel") == str(tmp_path / "it")
