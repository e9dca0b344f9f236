"""Searches on the terminal: probes, findings, hunks.

Owns: their words. Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from ..judge.bisection import Finding
from ..judge.probes import Search
from ..model import Answer, Conclusion
from . import summary
from .fitting import for_terminal, put

COLOURS = {
    Answer.GOOD: "green",
    Answer.BAD: "red",
    Answer.NOT_YET: "blue",
    Answer.UNTESTABLE: "yellow",
}


def show(search: Search, out: Console) -> None:
    """What a search came to."""
    found = search.finding
    if not found.conclusion.is_boundary:
        return
    put(out, (summary.test_name(search.test), "bold"))
    before, after = (search.labels[i] for i in (found.before, found.after))
    if found.conclusion is Conclusion.FOUND:
        say(out, f"  changes with {after}")
    else:
        between = found.after - found.before - 1
        say(out, f"  changes after {before}, with {after} or one of {between} before it")
        for state in range(found.before + 1, found.after):
            reason = next((p.reason for p in search.probes if p.state == state), "")
            say(out, f"    {search.labels[state]} can not be tried: {reason}")
    for state in (found.before, found.after):
        say(out, f"  {search.labels[state]}: {_runs(search, state)}")
    for state in found.again:
        say(out, f"  {search.labels[state]} behaves as before it: this is not the only change")
    say(
        out,
        f"  {confidence(found)}; {found.runs} runs, {_tried(search)} states of {search.rules.size}",
    )


def show_probes(search: Search, out: Console) -> None:
    """Every run of a search, in the order of its rounds."""
    for probe in search.probes:
        reason = f"  {probe.reason}" if probe.reason else ""
        put(
            out,
            f"round {probe.round}  ",
            (f"{probe.answer:10}", COLOURS[probe.answer]),
            f"  {probe.label}, run {probe.attempt}, {probe.seconds:.1f} s{reason}",
        )


def show_hunks(findings: Sequence[Finding], hunks: int, patch: str, out: Console) -> None:
    """The smallest set of hunks that makes a change."""
    say(out, f"  {hunks_line(findings, hunks)}:")
    for line in patch.splitlines():
        quote(out, f"    {line}")


def hunks_line(findings: Sequence[Finding], hunks: int) -> str:
    """By how many hunks, and how sure that is."""
    runs = sum(found.runs for found in findings)
    least = min(found.confidence for found in findings)
    return (
        f"by {hunks} hunk{'s' * (hunks > 1)} ({len(findings)} searches, {runs} runs, each "
        f"with a confidence of at least {summary.percent(least)})"
    )


def confidence(found: Finding) -> str:
    """``confidence 99.98 %, if at most 1 % of runs lie``."""
    share = summary.percent(found.confidence)
    return f"confidence {share}, if at most {found.noise:.1%} of runs lie"


def say(out: Console, text: str) -> None:
    """A line of plain text, whatever stands in it; it is folded behind its own indent."""
    bare = text.lstrip(" ")
    put(out, bare, indent=len(text) - len(bare))


def quote(out: Console, text: str) -> None:
    """A line of a patch or of code, which is itself only if it is whole, however long."""
    out.print(for_terminal(text, out), markup=False, highlight=False, soft_wrap=True)


def _runs(search: Search, state: int) -> str:
    answers = [probe.answer for probe in search.probes if probe.state == state]
    counted = ((answers.count(answer), answer) for answer in Answer)
    return ", ".join(f"{count} {answer}" for count, answer in counted if count)


def _tried(search: Search) -> int:
    return len({probe.state for probe in search.probes})
