"""The judgement: a truth table over every pair of statuses, and what always holds."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.values import change, result

from harness.judge.verdict import changes, counts, judge, step, verdict
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
SILENT_ON = frozenset({Status.NOT_RUN, Status.SPURIOUS})

statuses = st.sampled_from(Status)
runs = st.lists(statuses, max_size=5)
tests = st.sampled_from(["a", "b", "c"])
results = st.builds(
    lambda ended, found: result(ended, **found),
    st.sampled_from(JobEnd),
    st.dictionaries(tests, statuses),
)
both_sides = st.tuples(
    st.lists(results, min_size=1, max_size=4), st.lists(results, min_size=1, max_size=4)
)


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


@given(runs, runs, st.integers(2, 4))
def test_every_pair_of_runs_is_judged(base: list[Status], patched: list[Status], n: int) -> None:
    kind, confirmed = judge(base, patched, n)
    assert kind in ChangeKind
    if confirmed:
        assert kind not in (ChangeKind.FLAKY, ChangeKind.UNKNOWN)
        assert min(len(base), len(patched)) >= n


@given(runs, runs)
def test_the_order_of_runs_does_not_matter_to_the_judgement(
    base: list[Status], patched: list[Status]
) -> None:
    kind, confirmed = judge(base, patched, 2)
    backwards, again = judge(base[::-1], patched[::-1], 2)
    if len(set(base)) <= 1 and len(set(patched)) <= 1:
        assert (backwards, again) == (kind, confirmed)
    assert (kind is ChangeKind.FLAKY) == (backwards is ChangeKind.FLAKY)


@pytest.mark.parametrize(
    ("base", "patched", "expected"),
    [
        (["passed"] * 3, ["failed"] * 3, (ChangeKind.BROKEN, True)),
        (["passed"] * 3, ["failed"] * 2, (ChangeKind.BROKEN, False)),
        (["passed"] * 3, ["failed", "failed", "error"], (ChangeKind.BROKEN, True)),
        (["passed"] * 3, ["failed", "passed", "failed"], (ChangeKind.FLAKY, False)),
        (["passed", "failed", "passed"], ["failed"] * 3, (ChangeKind.FLAKY, False)),
        (["passed"] * 3, ["failed", "failed", "spurious"], (ChangeKind.BROKEN, False)),
        (["failed"] * 3, ["passed"] * 3, (ChangeKind.FIXED, True)),
        (["failed"] * 3, ["passed", "passed", "failed"], (ChangeKind.FLAKY, False)),
        ([], ["passed"] * 3, (ChangeKind.UNKNOWN, False)),
        (["passed"] * 3, ["spurious"] * 3, (ChangeKind.UNKNOWN, False)),
        (["passed"] * 3, ["passed", "passed", "skipped"], (ChangeKind.FLAKY, False)),
    ],
)
def test_repeats_confirm_or_they_do_not(
    base: list[str], patched: list[str], expected: tuple[ChangeKind, bool]
) -> None:
    assert judge([*map(Status, base)], [*map(Status, patched)], 3) == expected


def test_a_test_missing_from_a_whole_run_is_absent_and_from_a_broken_off_one_unknown() -> None:
    base = [result(a=Status.PASSED)]
    for ended, kind in (
        (JobEnd.COMPLETED, ChangeKind.VANISHED),
        (JobEnd.CUT_OFF, ChangeKind.UNKNOWN),
        (JobEnd.NOT_RUN, ChangeKind.UNKNOWN),
        (JobEnd.SPURIOUS, ChangeKind.UNKNOWN),
    ):
        (found,) = changes("django", base, [result(ended)], 1)
        assert found.kind is kind, ended


def test_what_did_not_change_is_not_listed() -> None:
    same = [result(a=Status.PASSED, b=Status.FAILED)]
    assert changes("django", same, same, 1) == []


@given(both_sides)
def test_nothing_breaks_without_a_confirmed_change_for_the_worse(
    sides: tuple[list[Result], list[Result]],
) -> None:
    base, patched = sides
    found = changes("django", base, patched, 2)
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
    found = verdict(changes("django", base, patched, 2), both)
    if any(run.ended is not JobEnd.COMPLETED for run in both) or not any(r.outcomes for r in both):
        assert found in (Verdict.BREAKS, Verdict.INCONCLUSIVE)


@given(both_sides)
def test_a_fix_is_proved_by_every_run_of_a_test(
    sides: tuple[list[Result], list[Result]],
) -> None:
    base, patched = sides
    found = changes("django", base, patched, 2)
    if verdict(found, [*base, *patched]) is Verdict.FIXES:
        fixed = [each for each in found if each.kind is ChangeKind.FIXED and each.confirmed]
        assert any(set(each.patched_runs) <= {Status.PASSED, Status.SPURIOUS} for each in fixed)


@given(st.lists(results, min_size=1, max_size=4))
def test_the_base_against_itself_breaks_nothing_and_fixes_nothing(runs: list[Result]) -> None:
    found = changes("django", runs, runs, 2)
    assert verdict(found, runs) not in (Verdict.BREAKS, Verdict.FIXES)


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
        ([change(ChangeKind.FLAKY, base_runs={"failed": 1, "passed": 2})], Verdict.NEUTRAL),
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
    (found,) = changes("django", [result(a=Status.PASSED)], [told], 1)
    assert (found.reason, found.detail, found.log) == ("why", "where", "logs/it.txt")
