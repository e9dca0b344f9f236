"""Breakages with one cause, under one name."""

from __future__ import annotations

import pytest
from support.values import change

from harness.judge.causes import CRASH, HANG, by_group, group_of, grouped
from harness.model import ChangeKind, Status, Wait
from harness.upstreams.django import REAL_OBJECTS as REAL

STUB = "stub artefact: the test's stand-in has no `peek`"


@pytest.mark.parametrize(
    ("reason", "group"),
    [
        ("AttributeError: '_io.BytesIO' object has no attribute 'peek'", STUB),
        ("AttributeError: 'StandIn' object has no attribute 'peek'. Did you mean: 'seek'?", STUB),
        (
            "AttributeError: 'Handler' object has no attribute 'colour'",
            "AttributeError: 'Handler' object has no attribute 'colour'",
        ),
        ("AssertionError: 3 != 12", "AssertionError: N != N"),
        ("KeyError: <object at 0x7f00aa>", "KeyError: <object at N>"),
        ("TimeoutError: timed out", HANG),
        ("", "passed to failed"),
    ],
)
def test_what_makes_two_reasons_the_same(reason: str, group: str) -> None:
    assert group_of(change(reason=reason), REAL) == group


def test_hangs_and_crashes_are_groups_whatever_was_said() -> None:
    assert group_of(change(patched=Status.HUNG, reason="AssertionError: x")) == HANG
    assert group_of(change(patched=Status.CRASHED, reason="signal 11")) == CRASH


def test_hangs_come_first_then_the_largest_group() -> None:
    listed = grouped(
        [
            change(test="a", reason="one"),
            change(test="b", reason="two"),
            change(test="c", reason="two"),
            change(test="d", patched=Status.HUNG),
        ]
    )
    assert [(name, len(group)) for name, group in by_group(listed)] == [
        (HANG, 1),
        ("two", 2),
        ("one", 1),
    ]


def test_waits_are_grouped_by_what_is_waited_for_and_come_last() -> None:
    """However many they are: what does not work is told first."""
    late = [
        change(ChangeKind.SLOWER, patched=Status.PASSED, test=test, wait=Wait("the end", 0, took))
        for test, took in (("a", 0.5), ("b", 2.0))
    ]
    listed = grouped([*late, change(test="c", reason="one")])
    assert [name for name, _ in by_group(listed)] == ["one", "slower: the end"]
