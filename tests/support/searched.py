"""Searches of a history as they are when they are over, made up.

For tests of how they are shown. The culprit is at 6 of 10 commits.
"""

from __future__ import annotations

from harness.judge import bisection
from harness.judge.bisection import Rules
from harness.judge.culprit import (
    ByHand,
    CommitName,
    Culprit,
    CulpritHunks,
    CulpritReport,
    SideRuns,
    TakenBack,
    Unfound,
)
from harness.judge.probes import Probe, Search
from harness.model import Answer, Conclusion

TEST = "servers.tests.GreetingTests.test_greets"
SIZE, CULPRIT = 11, 6
PATCH = "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n"
ANSWERS = (
    (0, Answer.GOOD),
    (10, Answer.BAD),
    (5, Answer.UNTESTABLE),
    (3, Answer.NOT_YET),
    (6, Answer.BAD),
    (4, Answer.GOOD),
    (5, Answer.GOOD),
    (6, Answer.BAD),
    (5, Answer.GOOD),
)


def commit(number: int, subject: str = "") -> CommitName:
    """The commit at a place of the history."""
    return CommitName(f"{number:x}" * 40, subject or f"Number {number}", "2024-05-31", "Ada")


def search(test: str = TEST, subject: str = "", reason: str = "") -> Search:
    """A search of a test, whose commits all have that subject, and probes that reason."""
    rules = Rules(size=SIZE)
    labels = tuple(str(commit(number, subject)) for number in range(SIZE))
    record: dict[int, list[Answer]] = {}
    probes = []
    for number, (state, answer) in enumerate(ANSWERS):
        runs = record.setdefault(state, [])
        runs.append(answer)
        round_, seconds = number // 2 + 1, 0.5 + number
        probes.append(
            Probe(
                round_, state, labels[state], len(runs), answer, seconds, reason, "hunks", "a/log"
            )
        )
    found = bisection.finding(record, rules)
    assert found is not None
    return Search(test, labels, rules, tuple(probes), found)


def culprit(*tests: str, subject: str = "", **fields: object) -> Culprit:
    """The culprit of that search, with every proof that there is."""
    known: dict[str, object] = {
        "tests": tests or (TEST,),
        "conclusion": Conclusion.FOUND,
        "culprit": SideRuns(commit(CULPRIT, subject), {"bad": 5}, "hunks"),
        "before": SideRuns(commit(CULPRIT - 1, subject), {"good": 5}, "module"),
        "confidence": 0.999,
        "failure": "AssertionError: 'HELLO' != 'hello'\nand more",
        "chance": 0.001,
        "taken_back": TakenBack("3way", 1, 1),
        "hunks": CulpritHunks(1, 3, PATCH),
        "equals": (commit(9, subject),),
    }
    return Culprit(**{**known, **fields})  # type: ignore[arg-type]


def report(*culprits: Culprit, subject: str = "", **fields: object) -> CulpritReport:
    """The report of that search."""
    known: dict[str, object] = {
        "upstream": "django",
        "good": commit(0, subject),
        "bad": commit(10, subject),
        "first": Answer.GOOD,
        "python": "3.13.0",
        "overlay": "commit abcdef",
        "commits": 10,
        "can_matter": 4,
        "culprits": culprits or (culprit(),),
        "searches": (search(),),
        "unfound": (Unfound("servers.tests.Other.test_x", "both ends pass"),),
        "probes": len(ANSWERS),
        "runs": 20,
        "seconds": 9.0,
        "proof_seconds": 3.0,
        "by_hand": ByHand(f"run {TEST}"),
    }
    return CulpritReport(**{**known, **fields})  # type: ignore[arg-type]
