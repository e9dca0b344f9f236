"""Patches whose paths leave open whose they are, or where: the trees tell."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from support.tiny import diff

from harness.catalog.catalog import Catalog
from harness.catalog.patchfile import check
from harness.cli.parser import OWN_FOLDER
from harness.model import RequestError

TREES = {
    "django": ("tests/servers/tests.py", "docs/ref/x.txt", "django/http/x.py"),
    "werkzeug": ("tests/test_wsgi.py", "docs/wsgi.rst", "src/werkzeug/x.py"),
}


def files(upstream: str) -> Collection[str]:
    return TREES.get(upstream, ())


def written(folder: Path, *names: str) -> str:
    """The path of a patch that changes files with those names."""
    file = folder / "x.patch"
    text = "".join(diff("a\n", "b\n", "X").replace("a/X", n).replace("b/X", n) for n in names)
    file.write_text(text, "utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("name", "whose", "path"),
    [
        ("tests/servers/tests.py", "django", "tests/servers/tests.py"),
        ("docs/wsgi.rst", "werkzeug", "docs/wsgi.rst"),
        ("django/tests/servers/tests.py", "django", "tests/servers/tests.py"),
        ("django/docs/docs/ref/x.txt", "django", "docs/ref/x.txt"),
    ],
)
def test_the_tree_that_has_the_file_tells(tmp_path: Path, name: str, whose: str, path: str) -> None:
    candidate = Catalog(OWN_FOLDER).add_stray(written(tmp_path, name), files=files)
    assert candidate.upstream == whose
    (text,) = candidate.patches.values()
    assert check(text, "x") == [path]


def test_without_a_tree_the_upstreams_are_named(tmp_path: Path) -> None:
    patch = written(tmp_path, "tests/servers/tests.py")
    with pytest.raises(RequestError, match=r"more than one upstream \(django, werkzeug\); say"):
        Catalog(OWN_FOLDER).add_stray(patch)


def test_no_tree_is_asked_where_the_paths_say_it(tmp_path: Path) -> None:
    def ask(upstream: str) -> Collection[str]:
        pytest.fail(f"{upstream} was asked")

    patch = written(tmp_path, "a/django/http/x.py")
    assert Catalog(OWN_FOLDER).add_stray(patch, files=ask).upstream == "django"


def test_the_releases_that_names_speak_of(tmp_path: Path) -> None:
    patch = written(tmp_path, "django-5.2.6/django/x.py", "django-5.2.6/docs/releases/5.2.7.txt")
    assert Catalog(OWN_FOLDER).add_stray(patch).versions == ("5.2.6", "5.2.7")
