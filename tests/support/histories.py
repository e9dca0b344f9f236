"""A suspect's trial and histories of releases as they are when they are over, made up.

For tests of how they are shown.
"""

from __future__ import annotations

from harness.judge import causation
from harness.judge.causation import SuspectReport, SuspectState, SuspectStates
from harness.judge.history import BehaviourChange, History, ReleaseColumn
from harness.judge.passing import PassingReport, ReleaseAnswer, TestHistory, Turn
from harness.model import Answer, Cell, Conclusion, Matrix, Presence, Row

GOOD, BAD = Answer.GOOD, Answer.BAD
BEFORE, AFTER, TODAY, REVERTED = (
    SuspectState(name, name[:10]) for name in ("a" * 40, "b" * 40, "x 2.0", "x 2.0 reverted")
)
LINE = SuspectStates(BEFORE, AFTER, (), TODAY, REVERTED)
VERSIONS = ("1.11.29", "2.0.13", "2.1.15")
CELLS = (Cell(0, 4), Cell(2, 4, 1), Cell(4, 4))


def trial(name: str = "test_new", behaviour: str = "full body") -> SuspectReport:
    """A test that fails since the commit, one that passes since, one that was not tried before."""
    answers = {
        name: ([GOOD] * 3, [BAD] * 3, [BAD] * 3, [GOOD] * 3),
        "test_old": ([BAD] * 3, [GOOD] * 3, [GOOD] * 2 + [BAD], [BAD] * 3),
        "test_late": ([], [BAD], [BAD], [BAD]),
    }
    seen = {
        state.name: {test: of[at] for test, of in answers.items()}
        for at, state in enumerate(LINE.states)
    }
    tests = [causation.suspect_test(test, LINE, seen) for test in answers]
    groups = {(behaviour, "bridge"): tests[:1], ("keep alive", "direct"): tests[1:]}
    return SuspectReport(
        commit="b" * 40,
        subject=f"Changed it {behaviour}",
        line=LINE,
        pythons={BEFORE.name: "3.9.18"},
        tests=3,
        runs=12,
        symptoms=tuple(causation.symptoms(groups, LINE)),
        counts={Presence.APPEARED: 1},
        notes=(f"{behaviour} was left out",),
    )


def change(behaviour: str = "keep alive", first: str = "2.1.4") -> BehaviourChange:
    """Two tests that pass since a release."""
    tests = ("servers.tests.T.test_a", "servers.tests.T.test_b")
    found = Conclusion.FOUND
    return BehaviourChange(behaviour, "direct", "2.1.3", first, Answer.GOOD, found, 0.9998, tests)


def history(*turns: BehaviourChange, behaviour: str = "keep alive") -> History:
    """Three releases: a behaviour that came bit by bit, and one that could not be tried."""
    rows = (Row(behaviour, "direct", CELLS), Row("full body", "bridge", (Cell(),) * 3))
    return History(
        "django",
        tuple(ReleaseColumn(version, "3.9.18") for version in VERSIONS),
        Matrix("django", VERSIONS, (), rows),
        turns,
        notes=(f"django 1.8 is left out: {behaviour}",),
        runs=40,
        seconds=12.0,
    )


def passing(test: str = "servers.tests.T.test_a", why: str = "it fails") -> PassingReport:
    """A test that can not exist, then not be tried, then passes, then fails."""
    answers = (Answer.NOT_YET, Answer.UNTESTABLE, Answer.GOOD, Answer.BAD)
    versions = ("1.0", "2.0", "3.0", "3.1")
    told = tuple(
        ReleaseAnswer(version, answer, "hunks", why)
        for version, answer in zip(versions, answers, strict=True)
    )
    turn = Turn("3.0", "3.1", Answer.BAD, Conclusion.FOUND, 0.999)
    return PassingReport(
        "django", (TestHistory(test, told, (turn,)),), {"3.0": "3.13.0"}, why, 4, 2.0
    )
