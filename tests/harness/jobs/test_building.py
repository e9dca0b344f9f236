"""Builds that move along with their sources, kept and found again: real make, real git."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from support.real_git import git
from support.tiny_cpython import CONFIGURE, SETUP, TinyCPython
from support.values import CPYTHON

from harness.model import Patch, Stack, WorkbenchError
from harness.pythons import tracing
from harness.pythons.making import Unbuildable
from harness.sources.provider import Provider
from harness.system import cleaning
from harness.system.home import Home
from harness.trees import tidying

ALL = ["main.c", "one.c", "other.c", "two.c"]
OTHER = {"Objects/other.c": "echo changed\n"}
BROKEN = {"Objects/other.c": "#error no such thing\n"}


@pytest.fixture
def tiny(home: Home, tmp_path: Path) -> TinyCPython:
    return TinyCPython(Provider(home, {CPYTHON.name: CPYTHON}), tmp_path / "cpython")


def test_one_build_serves_every_library(tiny: TinyCPython) -> None:
    old, new = tiny.tree(), tiny.tree({"Lib/words.py": "others\n", "Doc/x.rst": "", "PC/x.c": ""})
    assert tiny.printed(old) == "python internal other library"
    assert tiny.printed(new) == "python internal other others"
    assert tiny.compiled == ALL
    assert len(tiny.kept) == 1


@pytest.mark.parametrize(
    ("changes", "compiled"),
    [
        pytest.param(OTHER, ["other.c"], id="a file"),
        pytest.param({"Include/Python.h": "echo 3\n"}, ["main.c", "other.c"], id="a known header"),
        pytest.param({"Include/internal.h": "echo 2\n"}, ["main.c", "two.c"], id="any header"),
        pytest.param({"Modules/one.c": None}, ["two.c"], id="a module that went"),
        pytest.param({"Modules/six.c": ""}, ["one.c", "six.c", "two.c"], id="one that came"),
        pytest.param({"setup.py": f"{SETUP}\n: more"}, ["one.c", "two.c"], id="how modules are"),
        pytest.param({"Lib/distutils/compiler.py": "1"}, ["one.c", "two.c"], id="what makes them"),
    ],
)
def test_only_what_changed_is_compiled_and_nothing_else_differs(
    tiny: TinyCPython, tmp_path: Path, changes: dict[str, str | None], compiled: list[str]
) -> None:
    """A build that moved along is what one from nothing is."""
    tiny.runtime(tiny.tree())
    new = tiny.tree(changes)
    tiny.runtime(new)
    assert tiny.compiled == sorted([*ALL, *compiled])
    clean = TinyCPython(Provider(Home(tmp_path / "clean"), {"cpython": CPYTHON}), tmp_path / "x")
    clean.runtime(clean.tree(changes))
    (afresh,) = clean.kept
    assert _content(tiny.provider.home.root / "builds" / afresh.name) == _content(afresh)


def test_what_was_compiled_again_is_not_compiled_a_third_time(tiny: TinyCPython) -> None:
    header = {"Include/internal.h": "echo 2\n"}
    for changes in ({}, header, header | {"Modules/one.c": "two\n"}):
        tiny.runtime(tiny.tree(changes))
    assert tiny.compiled == sorted([*ALL, "main.c", "two.c", "one.c"])


def test_another_configuration_leaves_nothing(tiny: TinyCPython) -> None:
    tiny.runtime(tiny.tree())
    tiny.runtime(tiny.tree({"configure": f"{CONFIGURE}\n: more", **OTHER}))
    assert tiny.compiled == ALL


def test_what_was_built_is_not_built_again(tiny: TinyCPython) -> None:
    old, new = tiny.tree(), tiny.tree(OTHER)
    for tree in (old, new, old):
        tiny.runtime(tree)
    assert tiny.compiled == sorted([*ALL, "other.c"])
    first, second = (place / "build/lib/one.so" for place in tiny.kept)
    assert first.samefile(second)  # one file for both, since neither is written any more


def test_links_within_a_build_are_kept_and_no_others(tiny: TinyCPython) -> None:
    tiny.runtime(tiny.tree())
    (place,) = tiny.kept
    kept = sorted(path.name for path in (place / "build/lib").iterdir())
    assert kept == ["link.so", "one.so", "two.so"]
    assert (place / "build/lib/link.so").is_symlink()
    assert (place / "build/lib/link.so").read_text() == "one\n"


def test_sources_that_can_not_be_built_say_so_once(tiny: TinyCPython) -> None:
    good, bad = tiny.tree(), tiny.tree(BROKEN)
    tiny.runtime(good)
    for _ in range(2):
        with pytest.raises(Unbuildable, match=r"3\.99\.0 can not .*other\.c:1:2: error: no such"):
            tiny.runtime(bad)
        tried = tiny.compiled
        assert tried.count("other.c") == 1  # from nothing, and then never again
    assert tiny.printed(tiny.tree(OTHER)) == "python internal changed"
    assert tiny.compiled == ALL  # nothing of what failed was gone on with


def test_a_build_that_was_stopped_is_not_gone_on_with(tiny: TinyCPython) -> None:
    tiny.runtime(tiny.tree())
    with pytest.raises(WorkbenchError, match="ended at its output limit"):
        tiny.runtime(tiny.tree({"compile": "yes >&2", **OTHER}))
    assert tiny.printed(tiny.tree(OTHER)) == "python internal changed"
    assert tiny.compiled == ALL


@pytest.mark.parametrize("is_first", [False, True])
def test_a_patch_is_built_in_a_copy(tiny: TinyCPython, *, is_first: bool) -> None:
    base = tiny.tree()
    if not is_first:
        tiny.runtime(base)
    text = (
        "diff --git a/Modules/one.c b/Modules/one.c\n"
        "--- a/Modules/one.c\n+++ b/Modules/one.c\n@@ -1 +1 @@\n-one\n+patched\n"
    )
    stack = Stack.read("cpython/x")
    patched = tiny.provider.apply(base, stack, (Patch(stack.names[0], "0001-x.patch", text),)).tree
    assert patched is not None
    own = Path(tiny.runtime(patched).python[0]).parent
    assert (own / "build/lib/one.so").read_text() == "patched\n"
    assert [each.name for each in tiny.moving.parent.parent.iterdir()] == ["sources"]
    tiny.runtime(base)
    assert tiny.compiled == ALL
    assert (tiny.moving / "build/lib/one.so").read_text() == "one\n"


def test_a_worktree_that_moves_is_no_changed_one_and_is_made_again(tiny: TinyCPython) -> None:
    old, new = tiny.tree(), tiny.tree(OTHER)
    tiny.runtime(old)
    sources = tiny.moving.parent
    git(sources, "worktree", "list")
    assert not tidying.is_changed(sources)
    home = tiny.provider.home
    cleaning.remove(home, ["builds", "worktrees"], prune=lambda: tidying.prune(home))
    assert not sources.exists()
    shutil.rmtree(home.root / "repos/cpython.git/worktrees", ignore_errors=True)
    assert tiny.printed(new) == "python internal changed"
    assert not tidying.is_changed(sources)


def test_a_checkout_finds_another_build_when_its_own_has_gone(tiny: TinyCPython) -> None:
    tree = tiny.tree()
    tiny.runtime(tree)
    cleaning.remove(tiny.provider.home, ["builds"])
    assert tiny.kept == []
    assert tiny.printed(tree) == "python internal other library"
    assert tiny.compiled == ALL  # make found nothing to do


def test_a_commit_is_the_python_that_its_sources_say(tiny: TinyCPython, tmp_path: Path) -> None:
    tiny.tree()
    repository = tmp_path / "cpython"
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        git(repository, *words)
    project = msgspec.structs.replace(CPYTHON, url=str(repository))
    provider = Provider(tiny.provider.home, {CPYTHON.name: project})
    python = provider.python_for(provider.base(git(repository, "rev-parse", "HEAD"), "cpython"))
    assert (python.version, python.minor) == ("3.99.0", "3.99")
    old = msgspec.structs.replace(python, version="3.9.0a1")
    with pytest.raises(WorkbenchError, match=r"3\.9\.0a1 can not be watched"):
        tracing.provide(tiny.provider.home, old)


def _content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
