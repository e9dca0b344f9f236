"""Tests put into another version of their module: what holds whatever the two look like."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as some

from harness.search.overlay.grafting import graft, has_all
from harness.search.overlay.source import Source, members

NAMES = ("One", "Two", "Three")
PARTS = ("setUp", "helper", "test_a", "test_b", "test_c")
WHOLE = {"One": {"test_a", "test_c"}}

Shape = dict[str, dict[str, int]]
shapes: some.SearchStrategy[Shape] = some.dictionaries(
    some.sampled_from(NAMES),
    some.dictionaries(some.sampled_from(PARTS), some.integers(0, 3), min_size=1),
)
indents = some.sampled_from(("    ", "  ", "\t"))


def module(shape: Shape, indent: str) -> str:
    """A module of such classes; the number is what a method does."""
    text = "import os\n\nFLAG = os.sep\n"
    for name, parts in shape.items():
        text += f"\n\nclass {name}:\n"
        for part, number in parts.items():
            text += f"{indent}@staticmethod\n{indent}def {part}(self=FLAG):\n"
            text += f'{indent * 2}return """\n    {number}"""\n\n'
    return text


def bodies(text: str) -> dict[tuple[str, str], str]:
    return {
        (name, part): ast.dump(node)
        for name, found in Source(text).classes.items()
        for part, node in members(found).items()
    }


@given(onto=shapes, new=shapes, indent=indents)
def test_the_wanted_tests_are_there_and_the_others_as_they_were(
    onto: Shape, new: Shape, indent: str
) -> None:
    new = {**new, "One": {**new.get("One", {}), "test_a": 8, "test_c": 9}}
    before, source = module(onto, indent), module(new, "    ")
    text = graft(Source(before), Source(source), None, WHOLE, ())
    assert has_all(text, WHOLE, ())
    was, wanted, now = bodies(before), bodies(source), bodies(text)
    mine = {("One", "test_a"), ("One", "test_c")}
    assert {key: now[key] for key in was.keys() - mine} == {
        key: was[key] for key in was.keys() - mine
    }
    assert {key: now[key] for key in mine} == {key: wanted[key] for key in mine}
    assert now.keys() - was.keys() <= mine | {("One", part) for part in PARTS}


@given(shape=shapes)
def test_a_module_that_has_the_tests_so_already_is_not_changed(shape: Shape) -> None:
    text = module({**shape, "One": {"test_a": 1, "test_c": 2}}, "    ")
    assert graft(Source(text), Source(text), None, WHOLE, ()) == text


@given(shape=shapes)
def test_it_may_be_done_twice(shape: Shape) -> None:
    new = Source(module({"One": {"test_a": 1, "test_c": 2}}, "    "))
    once = graft(Source(module(shape, "    ")), new, None, WHOLE, ())
    assert graft(Source(once), new, None, WHOLE, ()) == once
