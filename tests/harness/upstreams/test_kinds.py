"""The list of kinds, and that nobody else knows an upstream by its name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from support.tiny import PROJECT

from harness.model import Project, RequestError
from harness.upstreams import KINDS, kind_of

HARNESS = PROJECT / "harness"
# What is special about one upstream stands in these. The lab's table of servers names
# families, and programs of old trees import the upstream that they are for.
ALLOWED = ("upstreams/", "lab/")


def test_every_kind_is_found_by_its_name() -> None:
    for name, kind in KINDS.items():
        assert kind_of(Project("x", name)) is kind


def test_a_kind_that_there_is_not() -> None:
    with pytest.raises(RequestError, match="no kind 'pytest-project'; did you mean 'pytest_pro"):
        kind_of(Project("library", "pytest-project"))


@pytest.mark.parametrize(
    ("kind", "path", "found"),
    [
        ("django", "django/db/models/query.py", ("", "django.db.models.query")),
        ("django", "django/db/__init__.py", ("", "django.db")),
        ("django", "tests/queries/tests.py", ("tests", "queries.tests")),
        ("django", "tests/runtests.py", None),
        ("django", "docs/conf.py", None),
        ("cpython", "Lib/http/server.py", ("Lib", "http.server")),
        ("cpython", "Lib/test/test_json/__main__.py", None),
        ("cpython", "Tools/scripts/x.py", None),
        ("pytest_project", "src/package/x.py", ("src", "package.x")),
        ("pytest_project", "tests/test_x.py", ("tests", "test_x")),
        ("pytest_project", "setup.py", None),
    ],
)
def test_how_a_touched_file_is_imported(
    tmp_path: Path, kind: str, path: str, found: tuple[str, str] | None
) -> None:
    (tmp_path / "src/package").mkdir(parents=True)
    (tmp_path / "src/package/__init__.py").touch()
    assert KINDS[kind].imported_as(path, tmp_path, Project("x", kind)) == found


def comparisons(path: Path) -> list[int]:
    """Lines in which the name of an upstream is compared, or looked up in a table."""
    names = {folder.parent.name for folder in (PROJECT / "patches").glob("*/upstream.toml")}
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.Dict):
            parts = [key for key in node.keys if key is not None]
        elif isinstance(node, ast.Subscript):
            parts = [node.slice]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            parts = node.args if node.func.attr in ("startswith", "get", "partition") else []
        elif isinstance(node, ast.MatchValue):
            parts = [node.value]
        leaves = [leaf for part in parts for leaf in ast.walk(part)]
        texts = [leaf.value for leaf in leaves if isinstance(leaf, ast.Constant)]
        if any(isinstance(text, str) and text.strip("/") in names for text in texts):
            found.append(getattr(node, "lineno", 0))
    return found


def test_no_other_module_compares_the_name_of_an_upstream() -> None:
    told = []
    for path in sorted(HARNESS.rglob("*.py")):
        name = path.relative_to(HARNESS).as_posix()
        if not name.startswith(ALLOWED) and "/programs/" not in name:
            told += [f"{name}:{line}" for line in comparisons(path)]
    # The names of suites are those of their runners: the one dict of them.
    assert [each for each in told if not each.startswith("suites/__init__.py")] == []


def test_the_search_for_comparisons_finds_them(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    for text in (
        'if name == "django": pass',
        'x = {"cpython": 1}[name]',
        'x = table["django"]',
        'x = name in ("django", "cpython")',
        'x = name.startswith("django/")',
    ):
        file.write_text(text + "\n", "utf-8")
        assert comparisons(file) == [1] or len(comparisons(file)) > 1, text
