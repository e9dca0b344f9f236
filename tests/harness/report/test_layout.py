"""How a report is laid out: values that fit a line stand on one."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from harness.report.layout import WIDTH, laid_out

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
VALUES = st.recursive(SCALARS, lambda v: st.lists(v) | st.dictionaries(st.text(), v))


def test_what_fits_a_line_stands_on_one() -> None:
    word = "word " * 20
    assert laid_out({"small": {"a": [1, 2]}, "great": [word, word]}) == (
        f'{{\n "small": {{"a":[1,2]}},\n "great": [\n  "{word}",\n  "{word}"\n ]\n}}'
    )


def test_a_list_of_numbers_is_one_line() -> None:
    numbers = list(range(WIDTH))
    assert laid_out({"numbers": numbers}).count("\n") == 2


def test_each_row_is_one_line() -> None:
    rows = [{"word": "x" * WIDTH, "more": ["y" * WIDTH]}] * 3
    assert laid_out({"a": rows}, rows=["a"]).splitlines()[2].endswith('y"]},')
    assert len(laid_out({"a": rows}, rows=["a"]).splitlines()) == 7


@given(VALUES)
def test_it_is_the_same_value(value: object) -> None:
    assert msgspec.json.decode(laid_out(value)) == value
    rows = laid_out({"rows": [value, value]}, rows=["rows"])
    assert msgspec.json.decode(rows) == {"rows": [value, value]}
