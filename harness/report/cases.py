"""A report as cases for tools that know only passed, failed, error, skipped and flaky. Pure.

Owns: what each verdict and each change is to such a tool, and in which group. Must not know
JUnit or TAP. A case fails only for what is proved against a patch, and is an error only where
something did not run: a tool that stops a merge for these stops it for the same as
``--fail-on any``, but for a verdict that proves nothing, which is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from statistics import median
from typing import NamedTuple

from ..model import Change, ChangeKind, Judgement, Pair, Side, Status, Verdict
from . import summary
from .commands import command_for
from .names import base_names
from .plaintext import one_line, printable
from .schema import Report

THE_RUN, VERDICT, NOISE, TOGETHER = "the run", "verdict", "noise", "verdict of both together"
EVERYTHING_RAN = "everything ran that had to"


class CaseResult(Enum):
    """What a tool counts a case as. ``FLAKY`` passes, and is told for not always doing so."""

    PASSED = auto()
    FAILED = auto()
    ERROR = auto()
    SKIPPED = auto()
    FLAKY = auto()


class Case(NamedTuple):
    """One line in a tool's list: ``message`` is one line, ``detail`` may have many.

    ``kind`` is the word for what happened, ``seconds`` how long the test took where that is
    known, ``output`` the end of what was printed. Every text is printable, but for the ends of
    lines in ``detail`` and ``output``.
    """

    name: str
    result: CaseResult
    kind: str
    message: str
    detail: str = ""
    facts: Mapping[str, str] = {}
    seconds: float | None = None
    output: str = ""


class Group(NamedTuple):
    """Cases that belong together; ``name`` tells them from those of every other group."""

    name: str
    cases: tuple[Case, ...]
    facts: Mapping[str, str] = {}


RESULT_OF_VERDICT: Mapping[Verdict, CaseResult] = {
    Verdict.BREAKS: CaseResult.FAILED,
    Verdict.DOES_NOT_APPLY: CaseResult.FAILED,
    Verdict.INCONCLUSIVE: CaseResult.ERROR,
    Verdict.UNPROVEN: CaseResult.SKIPPED,
    Verdict.FIXES: CaseResult.PASSED,
    Verdict.NEUTRAL: CaseResult.PASSED,
}
# Of a change that is confirmed and not by design. What fails on the base as well is nobody's
# fault, and no success.
RESULT_OF_KIND: Mapping[ChangeKind, CaseResult] = {
    ChangeKind.UNCHANGED: CaseResult.PASSED,
    ChangeKind.BROKEN: CaseResult.FAILED,
    ChangeKind.FIXED: CaseResult.PASSED,
    ChangeKind.STILL_FAILING: CaseResult.SKIPPED,
    ChangeKind.FAILS_DIFFERENTLY: CaseResult.SKIPPED,
    ChangeKind.NEWLY_SKIPPED: CaseResult.FAILED,
    ChangeKind.NO_LONGER_SKIPPED: CaseResult.PASSED,
    ChangeKind.VANISHED: CaseResult.FAILED,
    ChangeKind.REMOVED: CaseResult.SKIPPED,
    ChangeKind.RENAMED: CaseResult.SKIPPED,
    ChangeKind.TURNED_OFF: CaseResult.SKIPPED,
    ChangeKind.WEAKENED: CaseResult.PASSED,
    ChangeKind.NEW: CaseResult.PASSED,
    ChangeKind.NEW_FAILING: CaseResult.FAILED,
    ChangeKind.SLOWER: CaseResult.PASSED,
    ChangeKind.FASTER: CaseResult.PASSED,
    ChangeKind.FLAKY: CaseResult.FLAKY,
    ChangeKind.UNKNOWN: CaseResult.ERROR,
}


def result_of(change: Change) -> CaseResult:
    """What a tool counts a change as; what is by design or not proved decides nothing."""
    result = RESULT_OF_KIND[change.kind]
    if result is CaseResult.PASSED:
        return CaseResult.SKIPPED if change.patched is Status.SKIPPED else result
    undecided = result is CaseResult.FAILED and not change.confirmed
    return CaseResult.SKIPPED if change.expected or undecided else result


def groups(report: Report) -> list[Group]:
    """Everything that a report has to say: the run, each judgement, each pair, the noise."""
    bases = base_names(report)
    return [
        _the_run(report),
        *(
            group
            for judged in report.candidates
            for group in _judgement(report, judged, bases[judged.base])
        ),
        *(_pair(pair, bases.get(pair.ground, pair.ground)) for pair in report.pairs),
        *(_control(control, bases[control.base]) for control in report.controls),
    ]


def _the_run(report: Report) -> Group:
    made = report.made
    undone = [*([summary.PARTIAL] if made.partial else []), *report.notes]
    cases = [
        Case(one_line(note), CaseResult.ERROR, "not done", one_line(note)) for note in undone
    ] or [Case(EVERYTHING_RAN, CaseResult.PASSED, "done", "", printable("\n".join(report.hints)))]
    facts = {
        "workbench": made.workbench,
        "made": made.at,
        "command": one_line(made.command),
        "isolation": made.isolation,
    }
    facts |= {
        f"{base.upstream} {base.version}": f"{base.source}, tree {base.tree}, Python {base.python}"
        for base in report.bases
    }
    return Group(THE_RUN, tuple(cases), {key: one_line(value) for key, value in facts.items()})


def _judgement(report: Report, judged: Judgement, base: str) -> Iterator[Group]:
    name = one_line(f"{judged.name} on {base}")
    said = [*judged.problems, *judged.notes, *summary.reach_lines(judged)]
    proof = summary.proof_line(judged)
    verdict = Case(
        VERDICT,
        RESULT_OF_VERDICT[judged.verdict],
        judged.verdict.value,
        one_line(f"{judged.verdict}: it {summary.meaning(judged)}"),
        printable("\n".join([*said, *([proof] if proof else [])])),
    )
    listed = {(c.suite, c.test) for c in judged.changes if c.base is not Status.ABSENT}
    facts = {
        "base": one_line(judged.base),
        "applies": judged.applies.value,
        "tests": str(judged.tests),
        ChangeKind.UNCHANGED.value: str(max(0, judged.tests - len(listed))),
        "runs": str(judged.runs),
    }
    facts |= {f"changes {kind}": str(number) for kind, number in judged.counts.items()}
    yield Group(name, (verdict,), facts)
    ends = judged.log_ends()
    for suite in dict.fromkeys(change.suite for change in judged.changes):
        cases = (
            _change(change, command_for(report, judged, change), ends)
            for change in judged.changes
            if change.suite == suite
        )
        yield Group(f"{name}, {one_line(suite)}", tuple(cases))


def _change(change: Change, command: str, ends: Mapping[str, str]) -> Case:
    """``command`` runs the test again; ``ends`` are those of logs."""
    kind = f"{summary.kind_of_change(change)} ({summary.step(change)})"
    design = f"by design: {change.why}" if change.expected else ""
    said = filter(None, (kind, change.note, design, change.reason))
    facts = {
        "test": change.test,
        "kind": change.kind.value,
        "base": change.base.value,
        "patched": change.patched.value,
        "group": change.group,
        "chance": f"{change.chance:g}",
        "log": change.log,
        "command": command,
    }
    wait = change.wait
    return Case(
        summary.test_name(change.test) + (f": {one_line(wait.name)}" if wait else ""),
        result_of(change),
        change.kind.value,
        one_line("; ".join(said)),
        printable(change.detail),
        {key: one_line(value) for key, value in facts.items() if value},
        wait.patched if wait else _seconds(change),
        printable(ends.get(change.log, "") if change.kind.is_worse and change.confirmed else ""),
    )


def _seconds(change: Change) -> float | None:
    """How long the test takes with the patch, by the median of its runs."""
    runs = [run.seconds for run in change.trail if run.side is Side.PATCHED]
    return median(runs) if runs else None


def _pair(pair: Pair, base: str) -> Group:
    """Two candidates together: what neither of them does alone is no verdict of either."""
    name = one_line(f"{pair.stack} on {base}")
    result = CaseResult.FAILED if pair.conflicts else CaseResult.PASSED
    verdict = Case(
        TOGETHER,
        CaseResult.ERROR if pair.why else result,
        "conflict" if pair.conflicts else "pair",
        one_line(summary.pair_line(pair)),
    )
    conflicts = [
        Case(
            summary.test_name(each.test) + (f": {one_line(each.wait)}" if each.wait else ""),
            CaseResult.FAILED,
            "conflict",
            one_line(summary.conflict_line(each)),
            facts={"test": one_line(each.test), "suite": one_line(each.suite)},
        )
        for each in pair.conflicts
    ]
    facts = {"tests": str(pair.tests), "runs": str(pair.runs)}
    return Group(f"{name}, together", (verdict, *conflicts), facts)


def _control(control: Judgement, base: str) -> Group:
    """The base against itself: noise is no fault of a patch, and has to be seen."""
    steady = not control.changes and control.verdict.is_good
    changed = (f"{summary.test_name(c.test)}: {summary.step(c)}" for c in control.changes)
    noise = Case(
        NOISE,
        CaseResult.PASSED if steady else CaseResult.SKIPPED,
        control.verdict.value,
        one_line(summary.noise_floor((control,))),
        "\n".join(changed),
    )
    return Group(one_line(f"{control.name} on {base}"), (noise,))
