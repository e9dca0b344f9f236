"""Where a patch would go whose outer context is another, and that it only goes there if told."""

from __future__ import annotations

import msgspec
import pytest
from support.tiny import diff
from support.values import DJANGO, X

from harness.model import ApplyResult, Base, Patch, Source
from harness.system.home import Home
from harness.trees.fuzz import enclosing, fuzzy
from harness.trees.trees import Trees

METHOD = """\
    def value(self):
        first = 1
        second = 2
        third = 3
        return first + second + third

"""
OLD = f"class One:\n{METHOD}\nclass Two:\n    other = 1\n\n{METHOD}"
PATH = "django/x.py"


def patch(old: str, new: str) -> str:
    return diff(old, new, PATH)


def changed(text: str) -> str:
    """The text with the last sum doubled."""
    head, _, tail = text.rpartition("return first")
    return f"{head}return 2 * first{tail}"


def test_a_hunk_whose_outer_context_differs_is_found_with_its_class() -> None:
    written = OLD.replace("        second = 2\n", "        second = 'b'\n")
    text = patch(written, changed(written))
    found = fuzzy(text, {PATH: OLD}.get)
    assert found is not None
    (place,) = found.places
    assert (place.line, place.fuzz, place.around) == (16, 2, "class Two, def value")
    assert found.text == patch(OLD, changed(OLD))


@pytest.mark.parametrize(
    "tree",
    [OLD, OLD.replace("third = 3", "fourth = 4"), OLD.replace("return first", "yield first")],
    ids=["none needed", "the line next to it", "the line itself"],
)
def test_what_needs_no_fuzz_or_too_much(tree: str) -> None:
    assert fuzzy(patch(OLD, changed(OLD)), {PATH: tree}.get) is None


def test_an_added_file_has_no_place() -> None:
    assert fuzzy(patch("", OLD), lambda path: None) is None


def test_what_stands_around_a_line() -> None:
    lines = OLD.split("\n")
    assert enclosing(lines, 1) == "class One"
    assert enclosing(lines, 3) == "class One, def value"
    assert enclosing(lines, 0) == ""
    assert enclosing(["static int", "value(void)", "{", "    return 1;", "}"], 3) == "value(void)"


def test_it_is_applied_only_if_that_was_asked_for(home: Home) -> None:
    trees = Trees(home)
    base = Base(DJANGO, "1.0", Source.SDIST, "1.0")
    tree = trees.take_in(base, [(PATH, 0o100644, OLD.encode())])
    written = OLD.replace("        second = 2\n", "        second = 'b'\n")
    asked = Patch(X.names[0], "x.patch", patch(written, changed(written)))
    refused = trees.apply(tree, X, (asked,))
    assert refused.tree is None
    (problem,) = map(str, refused.problems)
    assert "patch(1) would put it at line 16, in `class Two, def value`" in problem
    assert problem.endswith("with fuzz 2; --fuzz takes it there")
    taken = trees.apply(tree, X, (msgspec.structs.replace(asked, fuzz=True),))
    assert taken.applies is ApplyResult.FUZZY
    assert taken.tree is not None
    assert (trees.checkout(taken.tree) / PATH).read_text("utf-8") == changed(OLD)
