"""What a project's tests say of a patch below it, and what all projects say together."""

from __future__ import annotations

import msgspec
import pytest
from support.reports import judgement
from support.values import change, result

from harness.judge import impact
from harness.judge.impact import BaseTests
from harness.model import (
    Change,
    ChangedLines,
    ChangeKind,
    FileReach,
    ImpactState,
    Judgement,
    ProjectImpact,
    RanLines,
    Reach,
    Status,
    Verdict,
)

LISTED = ProjectImpact("library", "1.0", ImpactState.UNTESTABLE)
CODE = (ChangedLines("cpython:Lib/x.py", (3, 7, 9)),)
REACHING = Reach(
    (
        FileReach(
            "cpython",
            "Lib/x.py",
            3,
            tests=("t",),
            ran=(RanLines(((3, 4),)), RanLines(((7, 8),), (0,))),
        ),
    )
)
PASSES = BaseTests(frozenset({"t", "u"}), frozenset())
FAILS = BaseTests(frozenset({"u"}), frozenset({"t"}))
BROKEN = change(ChangeKind.BROKEN, test="t", confirmed=True)
UNPROVED = change(ChangeKind.BROKEN, test="t", confirmed=False)
FIXED = change(ChangeKind.FIXED, test="t", confirmed=True)
MOODY = change(ChangeKind.FLAKY, test="t", confirmed=False, unsteady=True)
MOODY_ELSEWHERE = change(ChangeKind.FLAKY, test="u", confirmed=False, unsteady=True)
MOODY_WITH_IT = change(ChangeKind.FLAKY, test="u", confirmed=False)


def judged(verdict: Verdict, *changes: Change, reach: Reach | None = REACHING) -> Judgement:
    return judgement(verdict, *changes, name="cpython/x", reach=reach)


@pytest.mark.parametrize(
    ("found", "tests", "state"),
    [
        (judged(Verdict.BREAKS, BROKEN), PASSES, ImpactState.REGRESSED),
        (judged(Verdict.BREAKS, BROKEN, reach=None), PASSES, ImpactState.REGRESSED),
        (judged(Verdict.FIXES, FIXED), FAILS, ImpactState.FIXED),
        (judged(Verdict.FIXES, FIXED, MOODY), FAILS, ImpactState.FIXED),
        (judged(Verdict.UNPROVEN, UNPROVED), PASSES, ImpactState.FLAKY),
        (judged(Verdict.UNPROVEN, MOODY_WITH_IT), PASSES, ImpactState.FLAKY),
        (judged(Verdict.UNPROVEN, MOODY), PASSES, ImpactState.FLAKY),
        (judged(Verdict.UNPROVEN, MOODY_ELSEWHERE), PASSES, ImpactState.UNAFFECTED),
        (judged(Verdict.UNPROVEN), PASSES, ImpactState.UNAFFECTED),
        (judged(Verdict.NEUTRAL), PASSES, ImpactState.UNAFFECTED),
        (judged(Verdict.NEUTRAL), FAILS, ImpactState.BROKEN_ALREADY),
        (
            judged(Verdict.NEUTRAL, reach=None),
            BaseTests(frozenset(), frozenset({"t"})),
            ImpactState.BROKEN_ALREADY,
        ),
        (judged(Verdict.UNPROVEN, reach=None), PASSES, ImpactState.NO_EVIDENCE),
        (judged(Verdict.UNPROVEN, reach=None), FAILS, ImpactState.NO_EVIDENCE),
        (judged(Verdict.INCONCLUSIVE), PASSES, ImpactState.UNTESTABLE),
        (judged(Verdict.DOES_NOT_APPLY), PASSES, ImpactState.UNTESTABLE),
        (
            msgspec.structs.replace(judged(Verdict.NEUTRAL), tests=0),
            PASSES,
            ImpactState.UNTESTABLE,
        ),
    ],
)
def test_the_state_of_a_project(found: Judgement, tests: BaseTests, state: ImpactState) -> None:
    files = impact.reached_of(CODE, found.reach)
    told = impact.project_impact(LISTED, found, tests, files)
    assert told.state is state
    assert bool(told.why) is not (state in EXPLAINED)


EXPLAINED = (ImpactState.REGRESSED, ImpactState.FIXED, ImpactState.UNAFFECTED)


def test_what_only_an_import_runs_is_run_by_nobody() -> None:
    """The statement on line 3 is one; that on line 7 a test ran; line 9 nothing ran."""
    (file,) = impact.reached_of(CODE, REACHING)
    assert file.reached == (7,)
    told = impact.project_impact(LISTED, judged(Verdict.NEUTRAL), PASSES, (file,))
    assert (told.reaching, told.reached, told.changed) == (1, 1, 3)


def test_projects_together_run_what_each_of_them_runs() -> None:
    other = (ChangedLines("cpython:Lib/x.py", (3, 7, 9), (3, 9)),)
    (file,) = impact.together(CODE, [impact.reached_of(CODE, REACHING), other])
    assert file == ChangedLines("cpython:Lib/x.py", (3, 7, 9), (3, 7, 9))
    assert impact.together(CODE, []) == CODE


def project(state: ImpactState, doubtful: tuple[str, ...] = ()) -> ProjectImpact:
    return ProjectImpact(state.value, "1.0", state, doubtful=doubtful)


WHOLE = (ChangedLines("cpython:Lib/x.py", (3,), (3,)),)


@pytest.mark.parametrize(
    ("states", "files", "verdict"),
    [
        ((ImpactState.REGRESSED, ImpactState.FIXED), WHOLE, Verdict.BREAKS),
        ((ImpactState.REGRESSED, ImpactState.UNTESTABLE), (), Verdict.BREAKS),
        ((ImpactState.FIXED, ImpactState.UNTESTABLE), (), Verdict.FIXES),
        ((ImpactState.UNAFFECTED, ImpactState.NO_EVIDENCE), WHOLE, Verdict.NEUTRAL),
        ((ImpactState.UNAFFECTED,), CODE, Verdict.UNPROVEN),
        ((ImpactState.UNAFFECTED,), (), Verdict.UNPROVEN),
        ((ImpactState.NO_EVIDENCE, ImpactState.BROKEN_ALREADY), CODE, Verdict.UNPROVEN),
        ((ImpactState.UNTESTABLE,), CODE, Verdict.INCONCLUSIVE),
        ((), (), Verdict.INCONCLUSIVE),
    ],
)
def test_the_verdict_on_the_patch(
    states: tuple[ImpactState, ...], files: tuple[ChangedLines, ...], verdict: Verdict
) -> None:
    assert impact.verdict_of([project(state) for state in states], files) is verdict


def test_what_differs_with_the_patch_alone_leaves_it_open() -> None:
    moody = project(ImpactState.FLAKY, doubtful=("t",))
    assert impact.verdict_of([moody, project(ImpactState.FIXED)], WHOLE) is Verdict.UNPROVEN
    quiet = project(ImpactState.FLAKY)
    assert impact.verdict_of([quiet, project(ImpactState.FIXED)], WHOLE) is Verdict.FIXES


def test_a_test_fails_on_the_base_if_it_does_so_in_every_run() -> None:
    found = impact.base_tests(
        [
            result(a=Status.PASSED, b=Status.FAILED, c=Status.FAILED, d=Status.SKIPPED),
            result(a=Status.PASSED, b=Status.PASSED, c=Status.HUNG),
        ]
    )
    assert found == BaseTests(frozenset({"a", "b"}), frozenset({"c"}))
