"""The judgement: a truth table over every pair of statuses, and what always holds."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.values import alone, change, result, runs

from harness.judge.steps import step
from harness.judge.verdict import changes, counts, settled, verdict
from harness.model import Change, ChangeKind, JobEnd, Result, Status, Verdict

LETTERS = {
    "=": ChangeKind.UNCHANGED,
    "B": ChangeKind.BROKEN,
    "F": ChangeKind.FIXED,
    "s": ChangeKind.STILL_FAILING,
    "d": ChangeKind.FAILS_DIFFERENTLY,
    "S": ChangeKind.NEWLY_SKIPPED,
    "N": ChangeKind.NO_LONGER_SKIPPED,
    "V": ChangeKind.VANISHED,
    "n": ChangeKind.NEW,
    "b": ChangeKind.NEW_FAILING,
    "?": ChangeKind.UNKNOWN,
}
# Rows: the base. Columns: with the patch, in the same order. Blanks only divide.
TABLE = """
                    pas fai err ski exp une hun cra not spu abs
passed               =   B   B   S   S   B   B   B   ?   ?   V
failed               F   s   d   S   S   d   d   d   ?   ?   V
error                F   d   s   S   S   d   d   d   ?   ?   V
skipped              N   B   B   =   N   B   B   B   ?   ?   V
expected-failure     F   B   B   S   =   B   B   B   ?   ?   V
unexpected-success   F   d   d   S   S   s   d   d   ?   ?   V
hung                 F   d   d   S   S   d   s   d   ?   ?   V
crashed              F   d   d   S   S   d   d   s   ?   ?   V
not-run              ?   ?   ?   ?   ?   ?   ?   ?   ?   ?   ?
spurious             ?   ?   ?   ?   ?   ?   ?   ?   ?   ?   ?
absent               n   b   b   n   n   b   b   b   ?   ?   =
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [
    (Status(row[0]), patched, LETTERS[letter])
    for row in ROWS[1:]
    for patched, letter in zip(Status, row[1:], strict=True)
]

FAILING = frozenset(
    {Status.FAILED, Status.ERROR, Status.UNEXPECTED_SUCCESS, Status.HUNG, Status.CRASHED}
)
LONG = 60.0  # seconds; nothing here takes any
SILENT_ON = frozenset({Status.NOT_RUN, Status.SPURIOUS})

statuses = st.sampled_from(Status)
tests = st.sampled_from(["a", "b", "c"])
results = st.builds(
    lambda ended, found: result(ended, **found),
    st.sampled_from(JobEnd),
    st.dictionaries(tests, statuses),
)
some = st.lists(results, min_size=1, max_size=6)
both_sides = st.tuples(some, some)


def test_the_table_names_every_status_in_the_order_of_the_model() -> None:
    assert [row[0] for row in ROWS[1:]] == [status.value for status in Status]
    assert ROWS[0] == [status.value[:3] for status in Status]


@pytest.mark.parametrize(("base", "patched", "kind"), CELLS, ids=lambda value: value.value)
def test_the_truth_table(base: Status, patched: Status, kind: ChangeKind) -> None:
    assert step(base, patched) is kind


@given(statuses, statuses)
def test_a_change_for_the_worse_is_no_change_for_the_better_the_other_way_round(
    base: Status, patched: Status
) -> None:
    if step(base, patched) is ChangeKind.FIXED:
        assert step(patched, base).is_worse
    if step(base, patched) is ChangeKind.UNCHANGED:
        assert step(patched, base) is ChangeKind.UNCHANGED


@given(statuses, statuses)
def test_nothing_is_known_of_what_did_not_run(base: Status, patched: Status) -> None:
    assert (step(base, patched) is ChangeKind.UNKNOWN) == bool(SILENT_ON & {base, patched})


def test_a_test_missing_from_a_whole_run_is_absent_and_from_a_broken_off_one_unknown() -> None:
    base = runs(result(a=Status.PASSED))
    for ended, kind in (
        (JobEnd.COMPLETED, ChangeKind.VANISHED),
        (JobEnd.CUT_OFF, ChangeKind.UNKNOWN),
        (JobEnd.NOT_RUN, ChangeKind.UNKNOWN),
        (JobEnd.SPURIOUS, ChangeKind.UNKNOWN),
    ):
        (found,) = changes("django", base, runs(result(ended)))
        assert found.kind is kind, ended


def test_what_did_not_change_is_not_listed() -> None:
    same = runs(result(a=Status.PASSED, b=Status.FAILED))
    assert changes("django", same, same) == []


def test_what_ran_on_no_side_is_listed_as_unknown() -> None:
    """The fixture of its class fails with the patch and without."""
    same = runs(result(a=Status.NOT_RUN))
    (found,) = changes("django", same, same)
    assert found.kind is ChangeKind.UNKNOWN


def test_what_takes_far_longer_is_listed() -> None:
    slow = result(a=Status.PASSED)
    slow.outcomes["a"] = msgspec.structs.replace(slow.outcomes["a"], seconds=LONG)
    (found,) = changes("django", runs(result(a=Status.PASSED)), runs(slow))
    assert (found.kind, found.reason) == (ChangeKind.SLOWER, "60.0 s, on the base 0.0 s")


@given(both_sides)
def test_nothing_breaks_without_a_confirmed_change_for_the_worse(
    sides: tuple[list[Result], list[Result]],
) -> None:
    base, patched = sides
    found = changes("django", runs(*base), runs(*patched))
    if verdict(found, [*base, *patched]) is Verdict.BREAKS:
        worse = [each for each in found if each.kind.is_worse and each.confirmed]
        assert worse
        for each in worse:
            assert len(base) >= 2
            assert len(patched) >= 2
            assert step(each.base, each.patched).is_worse


@given(both_sides)
def test_silence_is_never_success(sides: tuple[list[Result], list[Result]]) -> None:
    base, patched = sides
    both = [*base, *patched]
    found = verdict(changes("django", runs(*base), runs(*patched)), both)
    if any(run.ended is not JobEnd.COMPLETED for run in both) or not any(r.outcomes for r in both):
        assert found in (Verdict.BREAKS, Verdict.INCONCLUSIVE)


@given(both_sides)
def test_a_fix_is_proved_by_every_run_of_a_test(
    sides: tuple[list[Result], list[Result]],
) -> None:
    base, patched = sides
    found = changes("django", runs(*base), runs(*patched))
    if verdict(found, [*base, *patched]) is Verdict.FIXES:
        fixed = [each for each in found if each.kind is ChangeKind.FIXED and each.confirmed]
        assert any(set(each.patched_runs) <= {Status.PASSED, Status.SPURIOUS} for each in fixed)


@given(some)
def test_the_base_against_itself_breaks_nothing_and_fixes_nothing(same: list[Result]) -> None:
    found = changes("django", runs(*same), runs(*same))
    assert verdict(found, same) not in (Verdict.BREAKS, Verdict.FIXES)


WHOLE = [result(a=Status.PASSED)]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([], Verdict.NEUTRAL),
        ([change(ChangeKind.BROKEN)], Verdict.BREAKS),
        ([change(ChangeKind.NEWLY_SKIPPED)], Verdict.BREAKS),
        ([change(ChangeKind.VANISHED)], Verdict.BREAKS),
        ([change(ChangeKind.NEW_FAILING)], Verdict.BREAKS),
        ([change(ChangeKind.BROKEN, expected=True)], Verdict.NEUTRAL),
        ([change(ChangeKind.BROKEN, confirmed=False)], Verdict.UNPROVEN),
        ([change(ChangeKind.FIXED)], Verdict.FIXES),
        ([change(ChangeKind.FIXED, confirmed=False)], Verdict.UNPROVEN),
        ([change(ChangeKind.FIXED), change(ChangeKind.BROKEN)], Verdict.BREAKS),
        ([change(ChangeKind.UNKNOWN), change(ChangeKind.FIXED)], Verdict.INCONCLUSIVE),
        ([change(ChangeKind.UNKNOWN), change(ChangeKind.BROKEN)], Verdict.BREAKS),
        ([change(ChangeKind.FLAKY)], Verdict.UNPROVEN),
        ([change(ChangeKind.FLAKY, unsteady=True)], Verdict.NEUTRAL),
        ([change(ChangeKind.NEW)], Verdict.NEUTRAL),
        ([change(ChangeKind.NO_LONGER_SKIPPED)], Verdict.NEUTRAL),
    ],
)
def test_changes_add_up_to_one_verdict(listed: list[Change], expected: Verdict) -> None:
    assert verdict(listed, WHOLE) is expected


def test_flips_by_design_are_counted_apart() -> None:
    listed = [
        change(ChangeKind.BROKEN),
        change(ChangeKind.BROKEN, expected=True),
        change(ChangeKind.FIXED),
    ]
    assert counts(listed) == {"broken": 1, "fixed": 1, "expected": 1}


def test_a_change_shows_the_outcome_that_explains_it() -> None:
    told = msgspec.structs.replace(result(a=Status.FAILED), log="logs/it.txt")
    told.outcomes["a"] = msgspec.structs.replace(told.outcomes["a"], reason="why", detail="where")
    (found,) = changes("django", runs(result(a=Status.PASSED)), runs(told))
    assert (found.reason, found.detail, found.log) == ("why", "where", "logs/it.txt")


def test_runs_of_some_tests_alone_say_nothing_of_others() -> None:
    both = [result(a=Status.PASSED, b=Status.PASSED)]
    assert alone(a=Status.PASSED).sight("b") is None
    base = [*runs(*both, first=1), *[alone(a=Status.PASSED)] * 4]
    patched = [*runs(result(a=Status.FAILED, b=Status.PASSED), first=1)]
    patched += [alone(a=Status.FAILED)] * 4
    (found,) = changes("django", base, patched)
    assert (found.test, found.kind, found.confirmed) == ("a", ChangeKind.BROKEN, True)
    assert (found.base_runs, found.patched_runs) == ({"passed": 5}, {"failed": 5})


def test_a_run_of_some_tests_alone_that_breaks_off_says_nothing_of_those_left() -> None:
    off = alone(a=Status.FAILED, b=Status.NOT_RUN)
    off = off._replace(result=msgspec.structs.replace(off.result, ended=JobEnd.CUT_OFF))
    assert off.sight("a") is not None
    assert off.sight("b") is None
    assert off.sight("c") is None


def test_a_test_that_disagrees_with_itself_on_the_base_says_how_and_decides_nothing() -> None:
    base = runs(*[result(a=Status.PASSED)] * 5, result(a=Status.FAILED), first=1)
    patched = runs(*[result(a=Status.FAILED)] * 9, first=1)
    (found,) = changes("django", base, patched)
    assert (found.kind, found.reason) == (
        ChangeKind.FLAKY,
        "flaky on the base: passed 5, failed 1",
    )
    assert verdict(settled([found], 1), WHOLE) is Verdict.NEUTRAL


def test_what_is_flaky_below_a_series_is_flaky_for_its_patches() -> None:
    base = runs(*[result(a=Status.PASSED)] * 5, first=1)
    patched = runs(*[result(a=Status.FAILED)] * 5, first=1)
    below = runs(result(a=Status.PASSED), result(a=Status.FAILED))
    assert changes("django", base, patched)[0].kind is ChangeKind.BROKEN
    (found,) = changes("django", base, patched, below)
    assert (found.kind, found.unsteady) == (ChangeKind.FLAKY, True)
    assert found.reason == "flaky on the base: passed 1, failed 1"
    assert changes("django", base, base, below) == []


@pytest.mark.parametrize(
    ("chance", "flaky", "confirmed"),
    [(0.004, 0, True), (0.004, 1, False), (0.001, 4, True), (1.0, 0, False)],
)
def test_the_more_tests_are_flaky_the_more_a_proof_takes(
    chance: float, flaky: int, confirmed: bool
) -> None:
    (found,) = settled([change(chance=chance)], flaky)
    assert (found.kind, found.confirmed) == (ChangeKind.BROKEN, confirmed)


@pytest.mark.parametrize(
    ("base", "patched", "chance", "kind"),
    [
        (Status.PASSED, Status.FAILED, 0.001, ChangeKind.BROKEN),
        (Status.PASSED, Status.SKIPPED, 0.001, ChangeKind.NEWLY_SKIPPED),
        (Status.PASSED, Status.FAILED, 0.02, ChangeKind.FLAKY),
        (Status.FAILED, Status.PASSED, 0.001, ChangeKind.FLAKY),
    ],
)
def test_what_fails_too_often_for_noise_is_broken_and_what_sometimes_passes_is_not_fixed(
    base: Status, patched: Status, chance: float, kind: ChangeKind
) -> None:
    flaky = change(ChangeKind.FLAKY, base, patched, chance=chance, confirmed=False)
    (found,) = settled([flaky], 1)
    assert (found.kind, found.confirmed) == (kind, kind is not ChangeKind.FLAKY)
