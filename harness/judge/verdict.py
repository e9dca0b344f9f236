"""Results become changes, and changes become one verdict. Pure.

Owns: the judgement, as total functions over the closed set of statuses. May know
only the words in ``model``. How the runs of one test are weighed stands in ``weighing``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from ..model import Change, ChangeKind, JobEnd, Outcome, Result, Status, Verdict
from . import exact, weighing
from .runs import Run, sights
from .steps import STANDING, Standing, step
from .weighing import Weight


def weights(base: Sequence[Run], patched: Sequence[Run]) -> dict[str, Weight]:
    """The tests of the runs on both sides, by their ids, with their steps.

    Those of which every run says the same are left out: that is nearly all of them.
    """
    every = (*base, *patched)
    tests = sorted({test for run in every for test in run.tests})
    return {
        test: weighing.weigh(sights(base, test), sights(patched, test))
        for test in tests
        if not _is_quiet(every, test)
    }


def _is_quiet(runs: Sequence[Run], test: str) -> bool:
    """Whether a test did the same in each run, in no time that could be called slow."""
    outcomes = [run.result.outcomes.get(test) for run in runs if not run.only or test in run.only]
    status = outcomes[0].status if outcomes[0] else Status.NOT_RUN
    return STANDING[status] is not Standing.UNKNOWN and all(
        each is not None and each.status is status and each.seconds <= weighing.SLOWER_SECONDS
        for each in outcomes
    )


def changes(
    suite: str, base: Sequence[Run], patched: Sequence[Run], below: Sequence[Run] = ()
) -> list[Change]:
    """Every test of the runs on both sides whose step is not silent, by test id.

    What is confirmed is so as long as no other test of the report is flaky: ``settled``
    says what is left of it. ``below`` are runs of the tree at the bottom of a series, on
    which the base stands: a test that disagrees with itself there decides nothing here.
    """
    found = []
    for test, weight in weights(base, patched).items():
        if not weight.kind.is_silent:
            known = _at_bottom(weight, weighing.unsteady(sights(below, test)))
            found.append(_change(suite, test, known, patched))
    return found


def _at_bottom(weight: Weight, unsteady: str) -> Weight:
    """The weight of a test whose runs below the series disagree in that way, if they do."""
    if weight.unsteady or not unsteady:
        return weight
    return weight._replace(kind=ChangeKind.FLAKY, chance=1.0, unsteady=unsteady)


def settled(changes: Iterable[Change], flaky: int) -> list[Change]:
    """The changes of one stack, with what is proved in a report with so many flaky tests.

    A test that is steady on the base and fails often enough with the patch is broken, even
    if not every time. A fix is every time.
    """
    return [_settled(change, flaky) for change in changes]


def _settled(change: Change, flaky: int) -> Change:
    if change.kind is not ChangeKind.FLAKY:
        is_known = change.kind is not ChangeKind.UNKNOWN
        confirmed = is_known and exact.is_proof(change.chance, flaky)
        return msgspec.structs.replace(change, confirmed=confirmed)
    kind = step(change.base, change.patched)
    others = max(0, flaky - 1)
    if kind.is_worse and exact.is_proof(change.chance, others):
        note = "not in every run, but too often for noise"
        return msgspec.structs.replace(change, kind=kind, confirmed=True, note=note)
    return change


def _change(suite: str, test: str, weight: Weight, patched: Sequence[Run]) -> Change:
    shown = _telling(weight)
    change = Change(
        suite=suite,
        test=test,
        base=weight.base,
        patched=weight.patched,
        kind=weight.kind,
        confirmed=False,
        base_runs=_rates(weight.before),
        patched_runs=_rates(weight.after),
        reason=_reason(weight, shown),
        detail=shown.detail,
        log=next((r.result.log for r in patched if r.result.outcomes.get(test) is shown), ""),
        chance=weight.chance,
        note=weight.note,
        unsteady=bool(weight.unsteady),
    )
    return change if weight.kind is ChangeKind.FLAKY else _settled(change, 0)


def verdict(changes: Iterable[Change], results: Iterable[Result]) -> Verdict:
    """What all changes of one stack on one base add up to.

    ``results`` are the runs of both sides: where one did not complete, or none
    ran a test, silence is not success.
    """
    listed = [change for change in changes if not change.expected]
    if any(change.kind.is_worse and change.confirmed for change in listed):
        return Verdict.BREAKS
    runs = list(results)
    silent = not any(run.outcomes for run in runs)
    cut = any(run.ended is not JobEnd.COMPLETED for run in runs)
    if silent or cut or any(change.kind is ChangeKind.UNKNOWN for change in listed):
        return Verdict.INCONCLUSIVE
    if any(_is_suspicious(change) for change in listed):
        return Verdict.UNPROVEN
    if any(change.kind is ChangeKind.FIXED and change.confirmed for change in listed):
        return Verdict.FIXES
    return Verdict.NEUTRAL


def counts(changes: Iterable[Change]) -> dict[str, int]:
    """How many changes of each kind there are; ``expected`` counts flips by design."""
    listed = list(changes)
    kinds = Counter(change.kind.value for change in listed if not change.expected)
    expected = sum(change.expected for change in listed)
    return dict(sorted(kinds.items())) | ({"expected": expected} if expected else {})


def _is_suspicious(change: Change) -> bool:
    """Worse or better, but not proved; or flaky with the patch and steady without."""
    if change.kind is ChangeKind.FLAKY:
        return not change.unsteady
    better_or_worse = change.kind.is_worse or change.kind is ChangeKind.FIXED
    return better_or_worse and not change.confirmed


def _reason(weight: Weight, shown: Outcome) -> str:
    if weight.kind is ChangeKind.SLOWER:
        now, then = weight.after[0].seconds, weight.before[0].seconds
        return f"{now:.1f} s, on the base {then:.1f} s"
    if weight.unsteady:
        return f"flaky on the base: {weight.unsteady}"
    return shown.reason


def _rates(outcomes: Sequence[Outcome]) -> dict[str, int]:
    return dict(sorted(Counter(outcome.status.value for outcome in outcomes).items()))


def _telling(weight: Weight) -> Outcome:
    """The outcome that explains the change: a failing one, the patched side first."""
    for outcome in (*weight.after, *weight.before):
        if STANDING[outcome.status] in (Standing.BAD, Standing.SKIPPED, Standing.UNKNOWN):
            return outcome
    return weight.after[0] if weight.after else Outcome(Status.NOT_RUN)
