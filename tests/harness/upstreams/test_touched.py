"""Which tests a touched path asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.values import CPYTHON, DJANGO

from harness.model import Project
from harness.upstreams import cpython, django, pytest_project, touched

LIBRARY = Project("library", "pytest_project")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Folders of tests as Django has them, and modules as CPython has them."""
    for label in ("auth_tests", "queries", "ordering", "servers", "view_tests", "utils_tests"):
        write(tmp_path / "tests" / label / "__init__.py")
        write(tmp_path / "tests" / label / "tests.py")
    write(tmp_path / "tests/queries/tests.py", "from django.utils import tree\n")
    write(tmp_path / "tests/ordering/tests.py", "import django.utils.text\nimport broken(\n")
    modules = ("shelve", "httpservers", "json", "zlib", "set", "builtin", "grammar", "sysconfig")
    for name in (f"test_{module}" for module in modules):
        write(tmp_path / "Lib/test" / f"{name}.py")
    write(tmp_path / "Lib/test/test_httpservers.py", "from http.server import HTTPServer\n")
    write(tmp_path / "Lib/test/test_asyncio/__init__.py")
    return tmp_path


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_folders_that_runtests_runs_nothing_of_are_no_labels(tree: Path) -> None:
    """Models for other tests, and tests of a database that is not there."""
    write(tree / "tests/base/__init__.py")
    write(tree / "tests/base/models.py", "from django.utils import tree\n")
    write(tree / "tests/gis_tests/__init__.py")
    write(tree / "tests/gis_tests/tests.py", "from django.utils import tree\n")
    found = set(django.labels_touched(["django/utils/tree.py"], tree, DJANGO))
    assert found == {"utils_tests", "queries"}


def test_what_everything_uses_is_judged_by_a_few_of_every_kind(tree: Path) -> None:
    for label in django.SAMPLE:
        write(tree / "tests" / label / "__init__.py")
        write(tree / "tests" / label / "test_it.py")
    for path in ("django/apps/registry.py", "tests/runtests.py"):
        assert set(django.labels_touched([path], tree, DJANGO)) == set(django.SAMPLE)


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("tests/queries/tests.py", {"queries"}),
        ("django/contrib/auth/hashers.py", {"auth_tests"}),
        ("django/core/servers/basehttp.py", {"servers"}),
        ("django/views/static.py", {"view_tests"}),
        ("django/utils/tree.py", {"utils_tests", "queries"}),
        ("django/db/models/sql/compiler.py", {"queries", "ordering"}),
        ("django/apps/registry.py", {"all"}),
        ("tests/runtests.py", {"all"}),
        ("docs/releases/6.1.4.txt", set()),
        ("tests/gone/tests.py", set()),
    ],
)
def test_a_path_of_django(tree: Path, path: str, labels: set[str]) -> None:
    assert set(django.labels_touched([path], tree, DJANGO)) == labels


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("Lib/shelve.py", {"test_shelve"}),
        ("Lib/json/decoder.py", {"test_json"}),
        ("Lib/http/server.py", {"test_httpservers"}),
        ("Lib/test/test_set.py", {"test_set"}),
        ("Lib/test/test_asyncio/test_events.py", {"test_asyncio"}),
        ("Modules/zlibmodule.c", {"test_zlib"}),
        ("Objects/setobject.c", {"test_set"}),
        ("Objects/object.c", {"test_builtin"}),
        ("Python/ceval.c", {"test_builtin", "test_grammar"}),
        ("configure.ac", {"test_builtin", "test_sysconfig"}),
        ("Doc/library/json.rst", set()),
    ],
)
def test_a_path_of_cpython(tree: Path, path: str, labels: set[str]) -> None:
    assert set(cpython.labels_touched([path], tree, CPYTHON)) == labels


@pytest.mark.parametrize(("path", "labels"), [("src/x.py", ("all",)), ("README.md", ())])
def test_a_path_of_any_library(tree: Path, path: str, labels: tuple[str, ...]) -> None:
    assert pytest_project.labels_touched([path], tree, LIBRARY) == labels


def test_what_stands_on_an_interpreter_imports_its_modules(tree: Path) -> None:
    paths = ["Lib/http/server.py", "Lib/test/test_set.py", "Doc/x.rst", "Modules/zlibmodule.c"]
    assert cpython.modules_of(paths) == ("http.server",)
    assert touched.importers(tree, ["http.server"]) == ["Lib/test/test_httpservers.py"]


def test_who_imports_a_module_is_read_and_not_guessed(tree: Path) -> None:
    """A word in a comment is no import, and a file with a wrong syntax imports nothing."""
    write(tree / "tests/servers/tests.py", "# django.utils.text\n")
    assert touched.importers(tree / "tests", ["django.utils.text"]) == []


@pytest.mark.parametrize(
    ("text", "is_importer"),
    [
        ("import http.server\n", True),
        ("import os, http.server as other\n", True),
        ("from http import (\n    client,\n    server,\n)\n", True),
        ("def f():\n    if 1: from http.server import HTTPServer\n", True),
        ("from http import client\nserver = 1\n", False),
        ("from xhttp.server import a\n", False),
        ("# import http.server\n", False),
        ("from .http import server\n", False),
    ],
)
def test_what_is_an_import(tmp_path: Path, text: str, is_importer: bool) -> None:
    write(tmp_path / "user.py", text)
    assert touched.importers(tmp_path, ["http.server"]) == ["user.py"] * is_importer


def test_what_can_not_be_imported_without_a_module_stands_on_it(tmp_path: Path) -> None:
    """An import within a function is no such thing, nor is that of a test."""
    write(tmp_path / "Lib/base.py")
    write(tmp_path / "Lib/net/server.py", "import os, base\n")
    write(tmp_path / "Lib/net/upper.py", "from net.server import Server\n")
    write(tmp_path / "Lib/lazy.py", "def serve():\n    import base\n")
    write(tmp_path / "Lib/test/test_base.py", "import base\n")
    found = touched.standing_on(tmp_path, ["base"], cpython.modules_of)
    assert found == {"net.server": "base", "net.upper": "net.server"}


def test_each_module_is_told_with_the_files_that_import_it(tmp_path: Path) -> None:
    write(tmp_path / "a.py", "import http.server\n")
    write(tmp_path / "b/c.py", "from http import server\nimport socketserver\n")
    write(tmp_path / "d.py", "import json\n")
    wanted = ["http.server", "socketserver", "wsgiref"]
    assert touched.importers_of_each(tmp_path, wanted) == {
        "http.server": ("a.py", "b/c.py"),
        "socketserver": ("b/c.py",),
    }
