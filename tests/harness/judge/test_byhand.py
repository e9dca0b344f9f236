"""What runs mean where the text of a patch says that it changed a test by hand."""

from __future__ import annotations

import pytest
from support.values import change

from harness.judge.byhand import EditedTest, explained, weakened
from harness.judge.testedits import TestEdit
from harness.model import Change, ChangeKind, JobEnd, Outcome, Result, Status

TEST = "servers.tests.Test.test_it"
GONE = ChangeKind.VANISHED, Status.PASSED, Status.ABSENT
TAKEN = ChangeKind.REMOVED, Status.PASSED, Status.ABSENT


def edited(kind: ChangeKind, name: str = TEST, to: str = "") -> EditedTest:
    names = tuple(name.split(".")[2:])
    return EditedTest(TestEdit("tests/servers/tests.py", 12, names, kind), name, to)


def only(found: list[Change]) -> Change:
    (one,) = found
    return one


@pytest.mark.parametrize("step", [GONE, TAKEN])
@pytest.mark.parametrize("kind", [ChangeKind.REMOVED, ChangeKind.TURNED_OFF])
def test_the_text_says_whose_doing_it_is(
    step: tuple[ChangeKind, Status, Status], kind: ChangeKind
) -> None:
    found = only(explained([change(*step)], [edited(kind)], {}))
    assert (found.kind, found.place) == (kind, "tests/servers/tests.py:12")


def test_a_test_that_goes_missing_by_itself_vanishes() -> None:
    other = edited(ChangeKind.REMOVED, "servers.tests.Test.test_it_all")
    assert only(explained([change(*GONE)], [other], {})).kind is ChangeKind.VANISHED


def test_a_test_that_stands_in_a_mixin_is_found_by_its_name() -> None:
    mixin = edited(ChangeKind.RENAMED, "servers.tests.Mixin.test_it", "servers.tests.Mixin.test_x")
    found = only(explained([change(*TAKEN)], [mixin], {}))
    assert (found.kind, found.place, found.renamed_to) == (
        ChangeKind.REMOVED,
        "tests/servers/tests.py:12",
        "",
    )


def test_what_a_broken_module_takes_along_was_not_removed() -> None:
    found = only(explained([change(*TAKEN)], [], {"servers.tests.*": "NameError: x"}))
    assert (found.kind, found.reason) == (
        ChangeKind.VANISHED,
        "its module can not be imported: NameError: x",
    )


def test_parameters_are_no_part_of_a_name() -> None:
    edit = TestEdit("tests/test_a.py", 1, ("test_a",), ChangeKind.REMOVED)
    own = EditedTest(edit, "tests/test_a.py::test_a*")
    assert own.is_of("tests/test_a.py::test_a[1]")
    assert not own.is_of("tests/test_a.py::test_ab")


@pytest.mark.parametrize(
    ("base", "patched", "told"),
    [
        (Status.PASSED, Status.PASSED, 1),
        (Status.SKIPPED, Status.SKIPPED, 0),
        (Status.FAILED, Status.PASSED, 0),
    ],
)
def test_only_what_passes_on_both_sides_is_weakened(
    base: Status, patched: Status, told: int
) -> None:
    ends = ({TEST: Outcome(status)} for status in (base, patched))
    sides = [[Result(JobEnd.COMPLETED, end)] for end in ends]
    found = list(weakened("django", [], [edited(ChangeKind.WEAKENED)], *sides))
    assert len(found) == told
