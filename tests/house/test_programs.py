"""What a tree's own Python runs is held to the oldest one, 3.6.

``nox -s lint`` asks vermin and ruff about syntax and about names of the standard
library. Neither knows what a method is called on; that is looked at here.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from support.tiny import PROJECT

OLDEST = (3, 6)
PROGRAMS = sorted(PROJECT.glob("harness/**/programs/*.py"))
# Methods and arguments of built-in types and of pathlib that came later.
LATER = {"removeprefix", "removesuffix", "is_relative_to", "readlink", "with_stem", "isascii"}
LATER_ARGUMENTS = {"missing_ok", "capture_output"}


def too_new(text: str) -> set[str]:
    """The names in a program that Python 3.6 does not have. Raises SyntaxError for syntax."""
    found = set()
    for node in ast.walk(ast.parse(text, feature_version=OLDEST)):
        if isinstance(node, ast.Attribute) and node.attr in LATER:
            found.add(node.attr)
        if isinstance(node, ast.keyword) and node.arg in LATER_ARGUMENTS:
            found.add(node.arg)
    return found


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_a_program_runs_on_the_oldest_python(program: Path) -> None:
    assert too_new(program.read_text("utf-8")) == set()


def test_there_are_programs_in_every_package_that_has_them() -> None:
    packages = {path.relative_to(PROJECT / "harness").parts[0] for path in PROGRAMS}
    assert packages == {"export", "lab", "suites", "system"}


def test_what_is_too_new_is_seen() -> None:
    assert too_new("'a'.removeprefix('b')") == {"removeprefix"}
    assert too_new("run([], capture_output=True)") == {"capture_output"}
    with pytest.raises(SyntaxError):
        too_new("if (a := 1): pass")
