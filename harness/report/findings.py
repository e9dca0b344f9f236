"""A report as findings for tools that show them at lines of code. Pure.

Owns: which changes are findings, how they are called, where they are. Must not know SARIF.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..model import BaseName, Change, ChangeKind, Conflict, Judgement, Pair, Verdict
from . import summary
from .commands import command_for
from .names import base_names
from .places import Place, Places
from .plaintext import one_line, printable
from .schema import Report

NOT_REACHED, CONFLICT = "not-reached", "conflict"


class Rule(NamedTuple):
    """A kind of finding: what it is called, in one sentence, and whether it breaks something."""

    name: str
    says: str
    breaks: bool = True


RULES: Mapping[str, Rule] = {
    ChangeKind.BROKEN: Rule(
        "TestBroken", "A test that passes on the base goes wrong with the patch."
    ),
    ChangeKind.NEWLY_SKIPPED: Rule(
        "TestNewlySkipped", "A test that runs on the base is skipped with the patch."
    ),
    ChangeKind.VANISHED: Rule(
        "TestVanished", "A test of the base is gone with the patch, which does not remove it."
    ),
    ChangeKind.NEW_FAILING: Rule(
        "NewTestFails", "A test that is there only with the patch goes wrong."
    ),
    CONFLICT: Rule(
        "CandidatesConflict", "Two candidates together break what neither of them breaks alone."
    ),
    NOT_REACHED: Rule("LineNotReached", "No test that was run runs this changed line.", False),
}


class Finding(NamedTuple):
    """Something to look at; the first of ``places`` is where, the others belong to it.

    ``identity`` tells it from all others of its analysis, and is the same in the next run.
    ``by_design`` says why it is meant, if it is.
    """

    rule: str
    message: str
    places: tuple[Place, ...]
    identity: tuple[str, ...]
    by_design: str = ""
    facts: Mapping[str, object] = {}


class Analysis(NamedTuple):
    """What was found of one patch on one base.

    ``name`` and ``base`` are what a tool knows it by, which two runs have in common.
    ``roots`` are the upstreams that it changes, the main one first. ``whole``: everything was
    run that had to be; ``undone`` says what was not, or what has no place in any file.
    """

    name: str
    base: str
    ground: tuple[BaseName, ...]
    roots: tuple[str, ...]
    whole: bool
    found: tuple[Finding, ...]
    undone: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    facts: Mapping[str, object] = {}


def analyses(report: Report) -> list[Analysis]:
    """One for each candidate on each base, and for each pair with something to say."""
    bases = base_names(report)
    pairs = (pair for pair in report.pairs if pair.conflicts or pair.why)
    return [
        *(_of_candidate(report, judged, bases[judged.base]) for judged in report.candidates),
        *(_of_pair(pair, bases.get(pair.ground, pair.ground), report.candidates) for pair in pairs),
    ]


def _of_candidate(report: Report, judged: Judgement, base: str) -> Analysis:
    places = Places(judged)
    worse = [change for change in judged.changes if change.kind.is_worse and change.confirmed]
    found = [_breakage(report, judged, change, places.of(change.test)) for change in worse]
    whole = judged.verdict not in (Verdict.INCONCLUSIVE, Verdict.DOES_NOT_APPLY)
    undone = [*judged.problems, *([] if whole else judged.notes)]
    changed = dict.fromkeys(place.upstream for place in places.everything)
    return Analysis(
        judged.name,
        base,
        judged.ground,
        judged.stack.upstreams or tuple(changed),
        whole,
        (*(each for each in found if each.places), *_unreached(judged, places)),
        (*undone, *(each.message for each in found if not each.places)),
        judged.notes if whole else (),
        {
            "verdict": judged.verdict.value,
            "meaning": one_line(f"It {summary.meaning(judged)}."),
            "applies": judged.applies.value,
            "tests": judged.tests,
            "counts": judged.counts,
        },
    )


def _breakage(
    report: Report, judged: Judgement, change: Change, places: Sequence[Place]
) -> Finding:
    said = (f"{change.kind} with {judged.name} ({summary.step(change)})", change.note)
    head = f"{summary.test_name(change.test)}: {'; '.join(filter(None, said))}"
    facts = {
        "suite": one_line(change.suite),
        "test": one_line(change.test),
        "group": one_line(change.group),
        "baseRuns": change.base_runs,
        "patchedRuns": change.patched_runs,
        "chance": change.chance,
        "log": one_line(change.log),
        "command": command_for(report, judged, change),
        "detail": printable(change.detail),
    }
    return Finding(
        change.kind.value,
        one_line(f"{head}: {change.reason}" if change.reason else head),
        tuple(places),
        (judged.name, change.suite, change.test),
        one_line(change.why or "by design") if change.expected else "",
        {name: fact for name, fact in facts.items() if fact != ""},
    )


def _unreached(judged: Judgement, places: Places) -> Iterator[Finding]:
    looked = "no test of the whole suite runs" if judged.reach and judged.reach.whole else ""
    for number, place in enumerate(places.unreached()):
        what = "this changed line" if place.first == place.last else "these changed lines"
        text = f"{looked or 'no test that was run runs'} {what} of {judged.name}"
        yield Finding(
            NOT_REACHED,
            one_line(f"{text[0].upper()}{text[1:]}."),
            (place,),
            (judged.name, place.path, str(number)),
        )


def _of_pair(pair: Pair, base: str, candidates: Sequence[Judgement]) -> Analysis:
    halves = [each for each in candidates if set(each.stack.names) < set(pair.stack.names)]
    every = [Places(half) for half in halves]
    found = [
        _conflict(pair, each, next(filter(None, (p.of(each.test) for p in every)), []))
        for each in pair.conflicts
    ]
    return Analysis(
        str(pair.stack),
        base,
        (),
        pair.stack.upstreams,
        not pair.why,
        tuple(each for each in found if each.places),
        (*filter(None, [pair.why]), *(each.message for each in found if not each.places)),
        facts={"tests": pair.tests, "runs": pair.runs},
    )


def _conflict(pair: Pair, conflict: Conflict, places: Sequence[Place]) -> Finding:
    return Finding(
        CONFLICT,
        one_line(f"{pair.stack}: {summary.conflict_line(conflict)}"),
        tuple(places),
        (str(pair.stack), conflict.suite, conflict.test, conflict.wait),
        facts={"suite": one_line(conflict.suite), "test": one_line(conflict.test)},
    )
