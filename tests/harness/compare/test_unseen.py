"""What is said of a change that no test can see, or that a tree can not have."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.tiny import diff
from support.values import CPYTHON, DJANGO, PYTHON

from harness.catalog.catalog import Catalog
from harness.cli.parser import OWN_FOLDER
from harness.compare.unseen import Unseen
from harness.model import Base, Ground, NoteKind, Project, Source, Stack, Tree

NEWS = "Misc/NEWS.d/next/Library/2026-01-01-00-00-00.gh-issue-1.aaaaaa.rst"


def ground(project: Project, source: Source) -> Ground:
    return Ground((Tree(Base(project, "3.13.0", source, "3.13.0"), "c" * 40, "b" * 40),), PYTHON)


def taken(folder: Path, *paths: str) -> tuple[Unseen, Stack]:
    """A patch of those files, and who says what can not be seen of it."""
    file = folder / "x.patch"
    file.write_text("".join(diff("a\n", "b\n", path) for path in paths), "utf-8")
    catalog = Catalog(OWN_FOLDER)
    upstream = "cpython" if paths[0][0].isupper() else "django"
    return Unseen(catalog), Stack((catalog.add_stray(f"{upstream}={file}").name,))


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (["docs/ref/x.txt"], "documentation only (docs/ref/x.txt): no test can see it; a build of"),
        (["docs/x.txt", "setup.cfg"], "documentation and metadata only (docs/x.txt, setup.cfg)"),
        (["tox.ini"], "settings of tools only (tox.ini)"),
        (["docs/x.txt", "django/x.py"], ""),
        (["tests/x/tests.py"], ""),
    ],
)
def test_what_no_test_of_django_can_see(tmp_path: Path, paths: list[str], said: str) -> None:
    unseen, stack = taken(tmp_path, *paths)
    note = unseen.by_tests(stack, ground(DJANGO, Source.SDIST))
    assert (note is not None) == bool(said)
    if note is not None:
        assert note.kind is NoteKind.HINT
        assert said in note.text


def test_documentation_that_an_installed_interpreter_has_not(tmp_path: Path) -> None:
    unseen, stack = taken(tmp_path, "Doc/library/json.rst", NEWS)
    for source, is_lacking in ((Source.INSTALLED, True), (Source.DEB, False)):
        here = ground(CPYTHON, source)
        note = unseen.by_tests(stack, here)
        assert note is not None
        assert "documentation and news only" in note.text
        assert unseen.in_tree(stack, here) is is_lacking
        assert unseen.left_off(stack, here.trees[0]) == ""


def test_code_that_an_installed_interpreter_has_not(tmp_path: Path) -> None:
    unseen, stack = taken(tmp_path, "Lib/json/decoder.py", "Modules/_json.c", NEWS)
    said = unseen.left_off(stack, ground(CPYTHON, Source.INSTALLED).trees[0])
    assert said == (
        "cpython 3.13.0 from `installed` has not got Modules/_json.c; --base cpython=deb:3.13 has"
    )
    assert unseen.left_off(stack, ground(CPYTHON, Source.DEB).trees[0]) == ""
