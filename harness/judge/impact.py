"""What a project's own tests say of a patch below it, and what all projects say together. Pure.

Owns: these two judgements, as total functions. May know only the words in ``model``. A
project that breaks is named however little of the change it ran; that one is left alone, its
tests say only if they ran a changed line and pass on the base.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from ..model import (
    Change,
    ChangedLines,
    ChangeKind,
    FileReach,
    ImpactState,
    Judgement,
    ProjectImpact,
    Reach,
    Result,
    Verdict,
)
from .steps import STANDING, Standing

NOTHING_RAN = "none of its tests ran"
NEVER_REACHED = "none of its tests runs a changed line"
ONLY_FAILING = "every test that runs a changed line fails on the base as well"
ALL_FAIL = "no test passes on the base"
UNSTEADY = "tests that run the change do not do the same in every run"
UNPROVED = "tests differ with the patch, and repeats did not prove it"


class BaseTests(NamedTuple):
    """The tests of a project on the base: those that pass in some run, and those that fail in
    every one."""

    passing: frozenset[str]
    failing: frozenset[str]


def base_tests(results: Iterable[Result]) -> BaseTests:
    """What became of each test in the runs on the base."""
    standings: dict[str, set[Standing]] = {}
    for result in results:
        for test, outcome in result.outcomes.items():
            standings.setdefault(test, set()).add(STANDING[outcome.status])
    good = {Standing.GOOD, Standing.WAIVED}
    return BaseTests(
        frozenset(test for test, seen in standings.items() if seen & good),
        frozenset(test for test, seen in standings.items() if seen == {Standing.BAD}),
    )


def project_impact(
    project: ProjectImpact,
    judged: Judgement,
    tests: BaseTests,
    files: Sequence[ChangedLines],
) -> ProjectImpact:
    """A project that was chosen, with what came of it; its tests ran so much of ``files``."""
    reaching = frozenset(test for file in _files(judged.reach) for test in file.tests)
    known = _with(
        project,
        project.state,
        "",
        tests=judged.tests,
        reaching=len(reaching),
        reached=sum(len(file.reached) for file in files),
        changed=sum(len(file.lines) for file in files),
        broken=_tests(c for c in judged.changes if c.kind.is_worse and c.confirmed),
        fixed=_tests(c for c in judged.changes if c.kind is ChangeKind.FIXED and c.confirmed),
        flaky=_tests(c for c in judged.changes if c.kind is ChangeKind.FLAKY or _is_doubtful(c)),
        doubtful=_tests(c for c in judged.changes if _is_doubtful(c)),
        failing=tuple(sorted(tests.failing)),
    )
    return _with(known, *_state(judged, known, reaching, tests))


def _state(
    judged: Judgement, known: ProjectImpact, reaching: frozenset[str], tests: BaseTests
) -> tuple[ImpactState, str]:
    """The first that holds, and why it is no other one."""
    ran = judged.verdict not in (Verdict.INCONCLUSIVE, Verdict.DOES_NOT_APPLY) and judged.tests
    said = (*judged.problems, *judged.notes, NOTHING_RAN)
    unsteady = not reaching.isdisjoint(known.flaky)
    only_failing = bool(reaching) and tests.failing.issuperset(reaching)
    states = (
        (judged.verdict is Verdict.BREAKS, ImpactState.REGRESSED, ""),
        (not ran, ImpactState.UNTESTABLE, said[0]),
        (bool(known.doubtful), ImpactState.FLAKY, UNPROVED),
        (judged.verdict is Verdict.FIXES, ImpactState.FIXED, ""),
        (unsteady, ImpactState.FLAKY, UNSTEADY),
        (not tests.passing, ImpactState.BROKEN_ALREADY, ALL_FAIL),
        (only_failing, ImpactState.BROKEN_ALREADY, ONLY_FAILING),
        (not known.reached, ImpactState.NO_EVIDENCE, NEVER_REACHED),
        (True, ImpactState.UNAFFECTED, ""),
    )
    return next((state, why) for holds, state, why in states if holds)


def reached_of(changed: Iterable[ChangedLines], reach: Reach | None) -> tuple[ChangedLines, ...]:
    """The changed statements, and which of them tests ran: what only an import runs is run by
    every project, and says nothing."""
    ran: dict[str, set[int]] = {}
    for file in _files(reach):
        ranges = [lines for each in file.ran if each.tests for lines in each.lines]
        numbers = {n for first, last in ranges for n in range(first, last + 1)}
        ran.setdefault(f"{file.upstream}:{file.path}", set()).update(numbers)
    return tuple(
        msgspec.structs.replace(
            file, reached=tuple(n for n in file.lines if n in ran.get(file.path, ()))
        )
        for file in changed
    )


def together(
    changed: Iterable[ChangedLines], found: Iterable[Sequence[ChangedLines]]
) -> tuple[ChangedLines, ...]:
    """The changed statements, with what several projects ran of them."""
    reached: dict[str, set[int]] = {}
    for files in found:
        for file in files:
            reached.setdefault(file.path, set()).update(file.reached)
    return tuple(
        msgspec.structs.replace(file, reached=tuple(sorted(reached.get(file.path, ()))))
        for file in changed
    )


def verdict_of(projects: Sequence[ProjectImpact], files: Sequence[ChangedLines]) -> Verdict:
    """What all projects say of a patch; ``files`` is what their steady tests ran of it."""
    states = {each.state for each in projects}
    if ImpactState.REGRESSED in states:
        return Verdict.BREAKS
    if states <= {ImpactState.UNTESTABLE}:
        return Verdict.INCONCLUSIVE
    if any(each.doubtful for each in projects):
        return Verdict.UNPROVEN
    if ImpactState.FIXED in states:
        return Verdict.FIXES
    is_whole = bool(files) and all(set(file.lines) <= set(file.reached) for file in files)
    return Verdict.NEUTRAL if is_whole else Verdict.UNPROVEN


def _with(project: ProjectImpact, state: ImpactState, why: str, **fields: object) -> ProjectImpact:
    return msgspec.structs.replace(project, state=state, why=why, **fields)


def _files(reach: Reach | None) -> tuple[FileReach, ...]:
    return reach.files if reach else ()


def _tests(changes: Iterable[Change]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.test for c in changes if not c.expected and not c.wait))


def _is_doubtful(change: Change) -> bool:
    """Whether it is another one with the patch, and no proof: by the rules of a verdict."""
    if change.kind is ChangeKind.FLAKY:
        return not change.unsteady
    return (change.kind.is_worse or change.kind is ChangeKind.FIXED) and not change.confirmed
