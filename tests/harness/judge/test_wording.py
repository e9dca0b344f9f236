"""What changes from run to run is no part of a message's pattern; names are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.judge.wording import MOST, pattern


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3 != 12.5", "4 != 1"),
        ("<lamp.Light object at 0x7f10> is off", "<lamp.Light object at 0x7f2a> is off"),
        ("<Light: kitchen> is off", "<Light: hall 2> is off"),
        ("no file /tmp/a/tmpx81_2k/x.py", "no file /var/b.d/c"),
        ("no folder tmpx81_2k here", "no folder tmpab12cd3 here"),
        (
            "id 6fa459ea-ee8a-3ca4-894e-db77e160355e",
            "id 16fd2706-8baf-433b-82eb-8c7fada847da",
        ),
        ("no such column: T3.id", "no such column: U0.id"),
        ("'a b' != 'c d'", "'1' != ''"),
        ("Light() got a power", "lamp.Kitchen.<locals>.Light() got a power"),
        ("no attribute 'dim'. Did you mean: 'dime'?", "no attribute 'dim'"),
        ("first line\nsecond", "first   line\nother"),
    ],
)
def test_one_pattern(one: str, other: str) -> None:
    assert pattern(one) == pattern(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("no attribute 'dim'", "no attribute 'glow'"),
        ("No module named 'lamp.core'", "No module named 'lamp.light'"),
        ("no such column: id", "no such table: id"),
        ("<Light: kitchen> is off", "<Lamp: kitchen> is off"),
        ("can't dim", "can't glow"),
    ],
)
def test_two_patterns(one: str, other: str) -> None:
    assert pattern(one) != pattern(other)


@given(st.text())
def test_any_text_has_a_short_pattern_of_one_line(text: str) -> None:
    found = pattern(text)
    assert len(found) <= MOST
    assert "\n" not in found
