"""What a patch's own tests prove: they run on a third tree, which has them and not its code.

Owns: how the step from that red tree to the patched one changes what the step from the
base says. Pure. Must not know how the red tree is made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from ..model import Change, ChangeKind, JobEnd, RedGreenProof, Result, Status
from . import verdict
from .changedtests import fits
from .runs import Run, sights
from .steps import STANDING, Standing

IDLE = "it passes with the patch's tests alone as well, and proves nothing"
# What unittest calls the test that stands for a module which does not load.
LOADER = re.compile(r"^unittest\.loader\._?\w+\.")
BY_ITSELF = "the patch's own change of the tests does it"
# What the patch's tests do themselves is no damage that its code does.
OWN = {ChangeKind.VANISHED: ChangeKind.REMOVED, ChangeKind.NEWLY_SKIPPED: ChangeKind.TURNED_OFF}


def with_proof(
    suite: str, changes: Sequence[Change], red: Sequence[Run], patched: Sequence[Run]
) -> list[Change]:
    """``changes`` from base to patched, read again in the light of the red tree's runs.

    A test that fails on the red tree and passes when patched is fixed, also where the base
    has no such test. One that the red tree lacks or skips as well was taken away by hand.
    Only runs of the red tree that completed say anything.
    """
    runs = [run for run in red if run.result.ended is JobEnd.COMPLETED]
    if not runs:
        return list(changes)
    fixed = {
        change.test: msgspec.structs.replace(
            change, reason=f"fails with the patch's tests alone: {change.reason}"
        )
        for change in verdict.changes(suite, runs, patched)
        if change.kind is ChangeKind.FIXED
    }
    found = []
    for change in changes:
        statuses = {each.outcome.status for each in sights(runs, change.test)}
        proof = fixed.pop(change.test, None)
        if change.kind is ChangeKind.NEW:
            found.append(proof or _idle(change, statuses))
        elif change.kind in OWN and statuses <= {change.patched}:
            own = OWN[change.kind]
            found.append(msgspec.structs.replace(change, kind=own, reason=BY_ITSELF))
        else:
            found.append(change)
    # The base has these tests in another wording, which passes there.
    return sorted([*found, *fixed.values()], key=lambda change: change.test)


def proof_of(
    own: Sequence[str],
    base: Sequence[Run],
    red: Sequence[Run],
    patched: Sequence[Run],
    flaky: int,
) -> RedGreenProof:
    """What the tests that a patch adds or changes prove, by the runs of one part.

    ``own`` are patterns of their ids. If only what they stand on has changed, tests prove
    that pass on the base and fail with the patch's tests alone. ``flaky`` is as in
    ``verdict.settled``.
    """
    runs = [run for run in red if run.result.ended is JobEnd.COMPLETED]
    if not runs:
        return RedGreenProof()
    tests = sorted({name for run in patched for name in run.result.outcomes})
    mine = [test for test in tests if fits(test, own)]
    with_code = {test: _statuses(patched, test) for test in mine}
    steps = {c.test: c for c in verdict.settled(verdict.changes("", runs, patched), flaky)}
    turned = [test for test, step in steps.items() if step.kind is ChangeKind.FIXED]
    proving = [test for test in turned if test in mine] or [
        test
        for test in turned
        if not fits(test, own) and not any(map(_is_bad, _statuses(base, test)))
    ]
    failing = {t: _why(patched, t) for t in mine if all(map(_is_bad, with_code[t]))}
    unsure = [t for t in dict.fromkeys([*proving, *mine]) if t in steps and _is_unsure(steps[t])]
    kept = {*proving, *failing, *unsure}
    sure = [test for test in proving if test not in unsure]
    return RedGreenProof(
        red=tuple(sure),
        guards=tuple(t for t in mine if t not in kept and not _is_lacking(runs, t)),
        failing=failing,
        unloaded=tuple(_unloaded(runs, patched)),
        wrong=tuple(map(_unsteady, (steps[test] for test in unsure))),
        times=min((_times(runs, patched, test) for test in sure or mine), default=len(runs)),
    )


def together(proofs: Sequence[RedGreenProof]) -> RedGreenProof:
    """What several parts prove; ``times`` is that of the part that ran least often, of those
    that prove something."""
    ran = [each for each in proofs if each.times]
    telling = [each for each in ran if each.red] or ran
    return RedGreenProof(
        red=tuple(test for each in ran for test in each.red),
        guards=tuple(test for each in ran for test in each.guards),
        failing={test: why for each in ran for test, why in each.failing.items()},
        unloaded=tuple(test for each in ran for test in each.unloaded),
        wrong=tuple(text for each in ran for text in each.wrong),
        times=min((each.times for each in telling), default=0),
    )


def obstacles(red: Sequence[Result], others: Sequence[Result]) -> list[str]:
    """Why runs of the red tree prove nothing, each reason once: they broke off, or a module
    could not even be loaded there, which looks like a test that no other tree has."""
    known = {name for result in others for name in result.outcomes}
    found = []
    for result in red:
        if result.ended is not JobEnd.COMPLETED:
            found.append(f"{result.ended}: {result.note}")
        for name, outcome in result.outcomes.items():
            if _is_bad(outcome.status) and name not in known:
                found.append(outcome.reason)
    return list(dict.fromkeys(found))


def _unloaded(red: Sequence[Run], patched: Sequence[Run]) -> list[str]:
    """The tests of modules that do not load on the red tree, and pass with the patch."""
    tests = {name for run in patched for name in run.result.outcomes}
    lost = {name for run in red for name in run.result.outcomes} - tests
    modules = tuple(f"{LOADER.sub('', name)}{end}" for name in lost for end in (".", "::"))
    return sorted(
        test
        for test in tests
        if test.startswith(modules)
        and _is_lacking(red, test)
        and set(_statuses(patched, test)) == {Status.PASSED}
    )


def _why(runs: Sequence[Run], test: str) -> str:
    return next((each.outcome.reason for each in sights(runs, test)), "")


def _statuses(runs: Sequence[Run], test: str) -> list[Status]:
    return [each.outcome.status for each in sights(runs, test)]


def _times(red: Sequence[Run], patched: Sequence[Run], test: str) -> int:
    """How often the test ran on each side, at least."""
    return min(len(sights(red, test)), len(sights(patched, test)))


def _is_bad(status: Status) -> bool:
    return STANDING[status] is Standing.BAD


def _is_lacking(runs: Sequence[Run], test: str) -> bool:
    """Whether no run of the red tree has the test: its module may not load there."""
    return all(test not in run.result.outcomes for run in runs)


def _is_unsure(step: Change) -> bool:
    return step.kind is ChangeKind.FLAKY or (step.kind is ChangeKind.FIXED and not step.confirmed)


def _unsteady(step: Change) -> str:
    runs = "; ".join(
        f"{side} the code: {', '.join(f'{status} {n}' for status, n in found.items())}"
        for side, found in (("without", step.base_runs), ("with", step.patched_runs))
    )
    return f"{step.test}: not sure, {runs}"


def _idle(change: Change, statuses: set[Status]) -> Change:
    if statuses <= {Status.PASSED}:
        return msgspec.structs.replace(change, reason=IDLE)
    return change
