"""What people have in hand, as an overlay on the miniature: patches, commits, folders, files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.line import SERVER, commit
from support.real_git import git
from support.tiny import UPSTREAM, content, copied, diff

from harness.catalog.upstream import Upstream
from harness.model import RequestError, Stack, Tree
from harness.search.overlay.reading import fix_of, overlay_of
from harness.search.overlay.values import Fix, Overlay
from harness.sources.provider import Provider
from harness.system.home import Home

TESTS = "tests/servers/tests.py"
DOCS = "docs/releases.txt"
BEFORE = content(UPSTREAM)
GREETS = 'self.assertEqual(server.greeting("you"), "hello, you")'
NEW = BEFORE[TESTS].replace(GREETS, 'self.assertEqual(server.greeting("you"), "HELLO")')
LOUD = BEFORE[SERVER].replace('return f"hello, {name}"', 'return "HELLO"')
BOTH = diff(BEFORE[SERVER], LOUD) + diff(BEFORE[TESTS], NEW, TESTS)

Read = Callable[[str], Overlay]


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A repository with the miniature and, on it, a commit that fixes something."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "config", "uploadpack.allowFilter", "true")
    commit(folder, BEFORE, "Before")
    extra = {"tests/servers/page.html": "<p>", DOCS: "louder\n"}
    commit(folder, {SERVER: LOUD, TESTS: NEW, **extra}, "Fix")
    return folder


@pytest.fixture
def upstream(mirror: Path) -> Upstream:
    prefixes = ("django/", "tests/", "docs/")
    return Upstream("django", url=str(mirror), prefixes=prefixes, name="django")


@pytest.fixture
def provider(home: Home, upstream: Upstream) -> Provider:
    return Provider(home, {"django": upstream.project})


@pytest.fixture
def bad(provider: Provider) -> Tree:
    return provider.base(str(UPSTREAM), "django")


@pytest.fixture
def read(upstream: Upstream, bad: Tree, provider: Provider) -> Read:
    return lambda words: overlay_of(words, upstream, bad, provider)


@pytest.fixture
def fix(upstream: Upstream, bad: Tree, provider: Provider) -> Callable[[str], Fix]:
    return lambda words: fix_of(words, upstream, bad, provider)


def refusal(read: Callable[[str], object], words: str | Path) -> str:
    with pytest.raises(RequestError) as caught:
        read(str(words))
    (line,) = str(caught.value).splitlines()
    return line


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


# Patches ---------------------------------------------------------------------------------


def test_of_a_patch_only_its_tests_are_taken(read: Read, tmp_path: Path) -> None:
    found = read(str(written(tmp_path / "fix.patch", BOTH)))
    assert found.origin == "fix.patch"
    assert [tuple(each) for each in found.files] == [(TESTS, BEFORE[TESTS], NEW)]


def test_the_rest_of_a_patch_is_the_fix(
    fix: Callable[[str], Fix], bad: Tree, provider: Provider, tmp_path: Path
) -> None:
    found = fix(f"django={written(tmp_path / 'fix.patch', BOTH)}")
    (code,) = found.code
    made = provider.apply(bad, Stack((code.candidate,)), found.code).tree
    assert made is not None
    assert provider.trees.changed_paths(bad, made) == (SERVER,)
    assert provider.trees.files.texts(made, [SERVER]) == {SERVER: LOUD}


def test_names_without_git_s_letters_are_read_as_those_of_any_patch(
    read: Read, tmp_path: Path
) -> None:
    plain = BOTH.replace("--- a/", "--- ").replace("+++ b/", "+++ ")
    assert [f.path for f in read(str(written(tmp_path / "plain.diff", plain))).files] == [TESTS]


def test_a_patch_without_tests_is_refused(read: Read, tmp_path: Path) -> None:
    path = written(tmp_path / "code.patch", diff(BEFORE[SERVER], LOUD))
    assert refusal(read, path) == (
        f"{path}: it changes nothing below tests/, where the tests of django are; "
        "name what has a test"
    )


def test_tests_that_do_not_apply_are_refused(read: Read, tmp_path: Path) -> None:
    elsewhere = "one\n" * 9, "one\n" * 4 + "two\n" + "one\n" * 5
    path = written(tmp_path / "old.patch", diff(*elsewhere, TESTS))
    line = refusal(read, path)
    assert line.startswith(f"{path}: its tests do not apply to django ")
    assert TESTS in line


def test_a_file_that_is_no_patch_is_refused(read: Read, tmp_path: Path) -> None:
    assert "notes.txt" in refusal(read, written(tmp_path / "notes.txt", "to do\n"))


# Commits ---------------------------------------------------------------------------------


def test_of_a_commit_the_tests_are_compared_with_its_parent(
    fix: Callable[[str], Fix], mirror: Path, bad: Tree, provider: Provider
) -> None:
    id_ = git(mirror, "rev-parse", "main")
    found = fix(id_)
    assert found.overlay is not None
    assert found.overlay.origin == f"commit {id_[:10]}"
    assert [tuple(each) for each in found.overlay.files] == [
        ("tests/servers/page.html", None, "<p>"),
        (TESTS, BEFORE[TESTS], NEW),
    ]
    made = provider.apply(bad, Stack((found.code[0].candidate,)), found.code).tree
    assert made is not None
    # Documentation decides nothing, and may not go on elsewhere.
    assert provider.trees.changed_paths(bad, made) == (SERVER,)


def test_a_commit_without_tests_is_a_fix_and_no_overlay(
    fix: Callable[[str], Fix], read: Read, mirror: Path
) -> None:
    id_ = commit(mirror, {SERVER: BEFORE[SERVER] + "\nx = 1\n"}, "Code alone")
    assert fix(id_).overlay is None
    assert len(fix(id_).code) == 1
    assert refusal(read, id_).startswith(f"{id_}: it changes nothing below tests/")


def test_a_commit_that_there_is_not_is_refused(read: Read, mirror: Path) -> None:
    assert "has no branch or tag 'nobody'" in refusal(read, "nobody")
    first = git(mirror, "rev-list", "--max-parents=0", "main")
    assert refusal(read, first).startswith(f"{first}^: nothing was before")
    assert "there is no such file" in refusal(read, "nowhere/fix.patch")


# Folders ---------------------------------------------------------------------------------


@pytest.mark.parametrize("top", ["tests/servers/tests.py", "servers/tests.py"])
def test_a_folder_is_laid_out_like_the_tree_or_like_its_tests(
    read: Read, tmp_path: Path, top: str
) -> None:
    folder = tmp_path / "taken"
    written(folder / top, NEW)
    written(folder / top.replace("tests.py", "new/test_x.py"), "x = 1\n")
    written(folder / top.replace("tests.py", "__pycache__/tests.pyc"), "")
    assert [tuple(each) for each in read(str(folder)).files] == [
        ("tests/servers/new/test_x.py", None, "x = 1\n"),
        (TESTS, BEFORE[TESTS], NEW),
    ]


def test_a_whole_tree_gives_its_tests_and_nothing_else(read: Read, tmp_path: Path) -> None:
    tree = copied(UPSTREAM, tmp_path / "tree")
    paths = [each.path for each in read(str(tree)).files]
    assert TESTS in paths
    assert all(path.startswith("tests/") for path in paths)


def test_a_folder_that_fits_nowhere_is_refused(read: Read, tmp_path: Path) -> None:
    written(tmp_path / "odd" / "birds" / "tests.py", NEW)
    assert "laid out neither like a tree of django nor like its tests/" in refusal(
        read, tmp_path / "odd"
    )
    (tmp_path / "empty").mkdir()
    assert "laid out neither" in refusal(read, tmp_path / "empty")


def test_a_folder_is_no_fix(fix: Callable[[str], Fix], tmp_path: Path) -> None:
    assert "a folder is no change; name a patch or a commit" in refusal(fix, tmp_path)


# Test files ------------------------------------------------------------------------------


def test_a_test_file_is_where_the_end_of_its_path_is(read: Read, tmp_path: Path) -> None:
    path = written(tmp_path / "here" / "servers" / "tests.py", NEW)
    assert [tuple(each) for each in read(str(path)).files] == [(TESTS, BEFORE[TESTS], NEW)]


def test_a_test_file_of_a_name_that_is_there_once_needs_no_more(read: Read, tmp_path: Path) -> None:
    path = written(tmp_path / "statuses.py", "x = 1\n")
    assert [each.path for each in read(str(path)).files] == ["tests/odd/statuses.py"]


def test_a_test_file_that_fits_nowhere_or_twice_is_refused(read: Read, tmp_path: Path) -> None:
    path = written(tmp_path / "test_new.py", NEW)
    assert "has no test_new.py below tests/; say where it belongs: PATH_IN_TREE=" in refusal(
        read, path
    )
    path = written(tmp_path / "__init__.py", "")
    assert "it could be tests/odd/__init__.py, tests/servers/__init__.py; say" in refusal(
        read, path
    )


def test_its_path_in_the_tree_can_be_said(read: Read, tmp_path: Path) -> None:
    path = written(tmp_path / "x.py", NEW)
    found = read(f"tests/servers/test_new.py={path}")
    assert [tuple(each) for each in found.files] == [("tests/servers/test_new.py", None, NEW)]
    assert "a test of django stands below tests/" in refusal(read, f"django/x.py={path}")
    assert "stands below tests/" in refusal(read, f"tests/../../test_x.py={path}")
    assert "there is no such file" in refusal(read, f"tests/servers/test_new.py={path}.gone")
