"""Real git in a temporary folder: bases, patches and checkouts."""

from __future__ import annotations

import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from filelock import Timeout
from support.real_git import git
from support.tiny import UPSTREAM, content, diff
from support.values import DJANGO, X

from harness.model import ApplyResult, Base, Isolation, Patch, Source, Stack, Tree
from harness.system import sandbox
from harness.system.home import Home
from harness.trees import fastimport
from harness.trees.trees import Application, Trees

REGULAR, EXECUTABLE, SYMLINK = 0o100644, 0o100755, 0o120000
OLD = "".join(f"line {number}\n" for number in range(40))
NEW = OLD.replace("line 20\n", "twenty\n")
# What a contributor's own configuration can do to a repository.
HOSTILE = """\
[core]
    autocrlf = true
    hooksPath = {folder}
    attributesFile = {folder}/attributes
    excludesFile = {folder}/ignore
[commit]
    gpgSign = true
[apply]
    whitespace = error-all
[fetch]
    fsckObjects = true
[user]
    name = Somebody Else
[filter "spoil"]
    smudge = tr a-z A-Z
    clean = tr A-Z a-z
"""


def base(version: str = "1.0") -> Base:
    return Base(DJANGO, version, Source.SDIST, version)


def entries(**files: str) -> list[fastimport.Entry]:
    return [(name.replace("__", "/"), REGULAR, text.encode()) for name, text in files.items()]


def series(text: str, name: str = "0001-x.patch") -> tuple[Patch, ...]:
    return (Patch(X.names[0], name, text),)


@pytest.fixture
def trees(home: Home) -> Trees:
    return Trees(home)


@pytest.fixture
def tree(trees: Trees) -> Tree:
    return trees.take_in(base(), entries(a=OLD, b="other\n"))


def apply(trees: Trees, tree: Tree, text: str) -> Application:
    return trees.apply(tree, X, series(text))


# Bases -------------------------------------------------------------------------------------


def test_the_same_content_is_the_same_tree_wherever_and_whenever(tmp_path: Path) -> None:
    first = Trees(Home(tmp_path / "one")).take_in(base(), entries(a=OLD, b="x"))
    second = Trees(Home(tmp_path / "two")).take_in(base(), entries(b="x", a=OLD))
    assert (first.tree, first.commit) == (second.tree, second.commit)


def test_taking_in_twice_gives_the_same_tree_and_no_more_files(trees: Trees) -> None:
    first = trees.take_in(base(), entries(a="1", b="2"))
    assert trees.take_in(base(), entries(a="1", b="2")) == first
    assert trees.known(base()) == first
    third = trees.take_in(base(), entries(a="1"))
    assert third.tree != first.tree
    assert sorted(content(trees.checkout(third))) == [".git", "a"]


def test_what_was_not_taken_in_is_not_known(trees: Trees, tree: Tree) -> None:
    assert trees.known(base("2.0")) is None
    assert trees.has(tree)
    assert not trees.has(Tree(base(), "c" * 40, "t" * 40))


def test_names_modes_and_bytes_are_kept_as_they_are(trees: Trees) -> None:
    odd = 'with "quotes", a \\ and ü\n.py'
    files = [
        (odd, REGULAR, b"\x00\r\n\xff"),
        ("tool", EXECUTABLE, b"#!/bin/sh\r\n"),
        ("link", SYMLINK, b"tool"),
        (".gitattributes", REGULAR, b"* text eol=lf ident working-tree-encoding=UTF-16\n"),
        ("id.txt", REGULAR, b"$Id$\r\n"),
    ]
    folder = trees.checkout(trees.take_in(base(), files))
    assert (folder / odd).read_bytes() == b"\x00\r\n\xff"
    assert os.access(folder / "tool", os.X_OK)
    assert (folder / "link").readlink() == Path("tool")
    assert (folder / "id.txt").read_bytes() == b"$Id$\r\n"
    assert git(folder, "status", "--porcelain") == ""


def test_nothing_of_the_users_own_git_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm = Trees(Home(tmp_path / "calm")).take_in(base(), entries(a=OLD))
    user = tmp_path / "user"
    user.mkdir()
    called = tmp_path / "called"
    (user / ".gitconfig").write_text(HOSTILE.format(folder=user), "utf-8")
    (user / "attributes").write_text("* filter=spoil text eol=crlf\n", "utf-8")
    (user / "ignore").write_text("*\n", "utf-8")
    for hook in ("post-checkout", "post-commit", "reference-transaction", "pre-applypatch"):
        (user / hook).write_text(f"#!/bin/sh\ntouch {called}\n", "utf-8")
        (user / hook).chmod(0o755)
    monkeypatch.setenv("HOME", str(user))
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    trees = Trees(Home(tmp_path / "home"))
    tree = trees.take_in(base(), entries(a=OLD))
    assert (tree.tree, tree.commit) == (calm.tree, calm.commit)
    applied = apply(trees, tree, diff(OLD, NEW, "a"))
    assert applied.applies is ApplyResult.CLEAN
    assert applied.tree is not None
    folder = trees.checkout(applied.tree)
    assert (folder / "a").read_text("utf-8") == NEW
    assert trees.checkout(applied.tree) == folder
    assert not called.exists()


# Patches -----------------------------------------------------------------------------------


def test_a_patch_becomes_a_commit_with_its_own_author_and_message(trees: Trees, tree: Tree) -> None:
    head = "From: Jürgen <j@example.com>\nDate: Sun, 21 Feb 2021 12:00:00 +0000\n"
    text = f"{head}Subject: [PATCH] Fixed #1 -- It.\n\nWhy.\n---\n{diff(OLD, NEW, 'a')}"
    applied = apply(trees, tree, text)
    assert applied.tree is not None
    folder = trees.checkout(applied.tree)
    assert (folder / "a").read_text("utf-8") == NEW
    told = git(folder, "log", "-1", "--format=%an <%ae> %as%n%B")
    assert told == "Jürgen <j@example.com> 2021-02-21\nFixed #1 -- It.\n\nWhy."
    assert applied.tree.patches == series(text)
    assert apply(trees, tree, text) == applied


def test_a_patch_for_another_release_is_merged_three_ways(
    trees: Trees, tree: Tree, tmp_path: Path
) -> None:
    later = trees.take_in(base("2.0"), entries(a=OLD.replace("line 22\n", "twenty-two\n")))
    git(tmp_path, "init", "-q")
    (tmp_path / "a").write_text(OLD, "utf-8")
    git(tmp_path, "add", "a")
    (tmp_path / "a").write_text(NEW, "utf-8")
    text = git(tmp_path, "diff") + "\n"
    assert apply(trees, tree, text).applies is ApplyResult.CLEAN
    merged = apply(trees, later, text)
    assert merged.applies is ApplyResult.THREE_WAY
    assert merged.tree is not None
    whole = (trees.checkout(merged.tree) / "a").read_text("utf-8")
    assert "twenty\n" in whole
    assert "twenty-two\n" in whole


def test_a_patch_that_does_not_apply_names_file_and_hunk_and_writes_nothing(
    trees: Trees, tree: Tree, home: Home
) -> None:
    trees.checkout(tree)
    other = OLD.replace("line 33\n", "something else\n")
    text = diff(other, other.replace("something else\n", "gone\n").replace("line 2\n", "2\n"), "a")
    before = {path for path in home.root.rglob("*") if "objects" not in path.parts}
    applied = apply(trees, tree, text)
    assert (applied.applies, applied.tree) == (ApplyResult.NO, None)
    (problem,) = applied.problems
    assert (problem.patch, problem.file) == ("0001-x.patch", "a")
    assert problem.hunk == "hunk 2 of 2 (@@ -31,7 @@)"
    assert str(problem) == f"0001-x.patch: a, {problem.hunk}: the text there is another"
    assert {path for path in home.root.rglob("*") if "objects" not in path.parts} == before


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (diff("x\n", "y\n", "missing"), "does not exist in index"),
        (diff("", "b\n", "b").replace("--- a/b", "--- /dev/null"), "already exists in index"),
    ],
)
def test_files_that_are_not_as_the_patch_thinks(
    trees: Trees, tree: Tree, text: str, reason: str
) -> None:
    (problem,) = apply(trees, tree, text).problems
    assert reason in str(problem)


def test_lost_carriage_returns_are_named(trees: Trees) -> None:
    tree = trees.take_in(base(), entries(a=OLD.replace("\n", "\r\n")))
    application = trees.apply(tree, X, series(diff(OLD, NEW, "a")))
    assert application.applies is ApplyResult.NO
    assert "the carriage returns were lost on the way" in str(application.problems[0])


def test_a_patch_that_is_there_already_does_not_apply(trees: Trees, tree: Tree) -> None:
    applied = apply(trees, tree, diff(OLD, NEW, "a"))
    assert applied.tree is not None
    again = trees.apply(applied.tree, X, series(diff(OLD, NEW, "a")))
    assert again.applies is ApplyResult.NO


def test_one_patch_of_a_series_that_fails_fails_the_series(trees: Trees, tree: Tree) -> None:
    good = Patch(X.names[0], "1", diff(OLD, NEW, "a"))
    bad = Patch(X.names[0], "2", diff("x\n", "y\n", "b"))
    applied = trees.apply(tree, X, (good, bad))
    assert applied.tree is None
    assert applied.problems[0].patch == "2"


def test_a_patch_through_a_symbolic_link_does_not_apply(trees: Trees) -> None:
    files = [("real/x", REGULAR, b"x\n"), ("link", SYMLINK, b"real")]
    tree = trees.take_in(base(), files)
    for text in (diff("x\n", "y\n", "link/x"), diff("", "y\n", "link/new")):
        applied = apply(trees, tree, text.replace("--- a/link/new", "--- /dev/null"))
        assert applied.tree is None, text


def test_a_patch_that_turns_a_link_elsewhere_does_not_apply(trees: Trees) -> None:
    tree = trees.take_in(base(), [("link", SYMLINK, b"real"), ("real", REGULAR, b"x\n")])
    end = "\\ No newline at end of file\n"
    text = f"--- a/link\n+++ b/link\n@@ -1 +1 @@\n-real\n{end}+/etc/passwd\n{end}"
    applied = apply(trees, tree, text)
    assert applied.tree is None


# Checkouts ---------------------------------------------------------------------------------


def test_a_checkout_is_made_once(trees: Trees, tree: Tree) -> None:
    folder = trees.checkout(tree)
    made = folder.stat().st_ino
    assert trees.checkout(tree) == folder
    assert folder.stat().st_ino == made


@pytest.mark.parametrize("change", ["edit", "add", "remove", "commit"])
def test_a_checkout_that_somebody_changed_is_moved_aside_and_not_overwritten(
    home: Home, trees: Trees, tree: Tree, change: str
) -> None:
    folder = trees.checkout(tree)
    if change == "remove":
        (folder / "a").unlink()
    else:
        (folder / ("new" if change == "add" else "a")).write_text("mine\n", "utf-8")
    if change == "commit":
        git(folder, "commit", "-qam", "mine")
    mine = {name: text for name, text in content(folder).items() if name != ".git"}
    assert Trees(home).checkout(tree) == folder
    assert git(folder, "status", "--porcelain") == ""
    assert (folder / "a").read_text("utf-8") == OLD
    assert content(folder.with_name(f"{folder.name}.changed-1")) == mine


@pytest.fixture
def shared(trees: Trees, tree: Tree) -> tuple[Path, Path]:
    """The checkouts of a base, and of a patch on it that changes ``a`` and not ``b``."""
    if sandbox.level() is not Isolation.SANDBOX:
        pytest.skip("checkouts share files in the full sandbox alone; install bubblewrap")
    patched = apply(trees, tree, diff(OLD, NEW, "a")).tree
    assert patched is not None
    return trees.checkout(tree), trees.checkout(patched)


def test_a_patched_checkout_shares_the_files_that_are_its_bases(
    shared: tuple[Path, Path],
) -> None:
    base, patched = shared
    assert (patched / "b").samefile(base / "b")
    assert not (patched / "a").samefile(base / "a")
    assert (patched / "a").read_text("utf-8") == NEW
    assert (base / "a").read_text("utf-8") == OLD
    assert git(patched, "status", "--porcelain") == git(base, "status", "--porcelain") == ""


def test_a_file_that_differs_has_another_time_than_its_bases(shared: tuple[Path, Path]) -> None:
    """Bytecode is told from other bytecode by a whole second and a size."""
    base, patched = shared
    assert int((patched / "a").stat().st_mtime) != int((base / "a").stat().st_mtime)
    assert (patched / "b").stat().st_mtime == (base / "b").stat().st_mtime


def test_a_content_has_the_same_time_in_every_checkout_that_wrote_it(
    trees: Trees, tree: Tree, shared: tuple[Path, Path]
) -> None:
    """So that the bytecode of one commit is known again for another one."""
    _, patched = shared
    written = (patched / "a").stat().st_mtime
    one = apply(trees, tree, diff(OLD, NEW, "a")).tree
    assert one is not None
    other = apply(trees, tree, diff(OLD, NEW.replace("line 3\n", "three\n"), "a")).tree
    assert other is not None
    trees.give_up(one)
    moved = trees.checkout(other)
    assert (moved / "a").stat().st_mtime != written
    trees.give_up(other)
    assert (trees.checkout(one) / "a").stat().st_mtime == written


def test_what_is_moved_aside_shares_nothing(
    home: Home, trees: Trees, tree: Tree, shared: tuple[Path, Path]
) -> None:
    base, patched = shared
    (patched / "new").write_text("mine\n", "utf-8")
    named = apply(trees, tree, diff(OLD, NEW, "a")).tree
    assert named is not None
    assert Trees(home).checkout(named) == patched
    (patched.with_name(f"{patched.name}.changed-1") / "b").write_text("mine too\n", "utf-8")
    assert git(base, "status", "--porcelain") == git(patched, "status", "--porcelain") == ""


def test_what_running_a_tree_leaves_is_no_change(trees: Trees, tree: Tree) -> None:
    folder = trees.checkout(tree)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").write_bytes(b"")
    trees.checkout(tree)
    assert (folder / "__pycache__" / "a.pyc").exists()


def test_a_checkout_whose_folder_was_deleted_is_made_again(trees: Trees, tree: Tree) -> None:
    shutil.rmtree(trees.checkout(tree))
    assert (trees.checkout(tree) / "a").read_text("utf-8") == OLD


def test_the_next_checkout_is_made_of_one_that_nobody_needs(trees: Trees, tree: Tree) -> None:
    """Only what differs is written, and nothing is left of what was there."""
    first = apply(trees, tree, diff(OLD, NEW, "a")).tree
    assert first is not None
    trees.checkout(tree)
    old = trees.checkout(first)
    made = old.stat().st_ino
    (old / "left").write_text("over\n", "utf-8")
    trees.give_up(first)
    assert not old.exists()
    second = apply(trees, tree, diff(OLD, "third\n", "a")).tree
    assert second is not None
    new = trees.checkout(second)
    assert new.stat().st_ino == made
    assert (new / "a").read_text("utf-8") == "third\n"
    assert git(new, "status", "--porcelain", "--ignored") == ""
    assert trees.checkout(first).stat().st_ino != made


def test_a_tree_is_spare_once(trees: Trees, tree: Tree) -> None:
    """It was made twice before anybody took over the first one."""
    first = trees.checkout(tree)
    aside = first.with_name("aside")
    git(first, "worktree", "move", str(first), str(aside))
    trees.checkout(tree)
    trees.give_up(tree)
    (spare,) = first.parent.glob("spare-*")
    git(aside, "worktree", "move", str(aside), str(first))
    trees.give_up(tree)
    assert list(first.parent.iterdir()) == [spare]
    assert not (spare / first.name).exists()


def test_many_threads_share_one_checkout(trees: Trees, tree: Tree) -> None:
    found: list[Path] = []
    threads = [
        threading.Thread(target=lambda: found.append(trees.checkout(tree))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(threads)
    assert len(set(found)) == 1


def test_no_lock_is_held_afterwards(trees: Trees, tree: Tree, home: Home) -> None:
    apply(trees, tree, diff("x\n", "y\n", "b"))
    trees.checkout(tree)
    for lock in (home.root / "locks").iterdir():
        try:
            home.lock(lock.stem).acquire(blocking=False).lock.release()
        except Timeout:
            pytest.fail(f"{lock.name} is still held")


def test_the_miniature_goes_in_and_out_unchanged(trees: Trees) -> None:
    files = [(name, REGULAR, text.encode()) for name, text in content(UPSTREAM).items()]
    folder = trees.checkout(trees.take_in(base(), files))
    mine = {name: text for name, text in content(folder).items() if name != ".git"}
    assert mine == content(UPSTREAM)


def test_many_checkouts_at_once_do_not_disturb_each_other(home: Home) -> None:
    """git itself fails on the half-made entry of another worktree when it adds one."""
    trees = Trees(home)
    base = trees.take_in(Base(DJANGO, "1", Source.PATH, "/x"), [("a", 0o100644, b"x")])
    many = [msgspec.structs.replace(base, stack=Stack.read(f"django/c{n}")) for n in range(120)]
    with ThreadPoolExecutor(8) as threads:
        paths = list(threads.map(trees.checkout, many))
    assert len(set(paths)) == len(many)
    assert all((path / "a").read_bytes() == b"x" for path in paths)


def test_what_a_tree_has_not_of_a_series_stops_it_only_if_it_is_all(trees: Trees) -> None:
    tree = trees.take_in(base(), entries(django__x=OLD))
    docs, code = diff("", "new\n", "docs/new.txt"), diff(OLD, NEW, "django/x")
    both = (*series(docs, "docs.patch"), *series(code, "code.patch"))
    applied = trees.apply(tree, X, both, ("django/*",))
    assert applied.applies is ApplyResult.CLEAN
    refused = trees.apply(tree, X, both[:1], ("django/*",))
    assert refused.tree is None
    assert "docs.patch: it changes nothing that this tree has" in map(str, refused.problems)
