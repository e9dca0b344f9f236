"""Searches on the terminal: probes, findings, hunks.

Owns: their words. Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from ..judge.bisection import Finding
from ..judge.probes import Search
from ..model import Answer, Conclusion
from . import summary

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
    out.print(f"[bold]{escape(summary.test_name(search.test))}[/]", soft_wrap=True)
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
        reason = f"  {summary.one_line(probe.reason)}" if probe.reason else ""
        out.print(
            f"round {probe.round}  [{COLOURS[probe.answer]}]{probe.answer:10}[/]  "
            f"{escape(probe.label)}, run {probe.attempt}, {probe.seconds:.1f} s{escape(reason)}",
            soft_wrap=True,
        )


def show_hunks(findings: Sequence[Finding], hunks: int, patch: str, out: Console) -> None:
    """The smallest set of hunks that makes a change."""
    runs = sum(found.runs for found in findings)
    least = min(found.confidence for found in findings)
    plural = "s" if hunks > 1 else ""
    say(
        out,
        f"  by {hunks} hunk{plural} ({len(findings)} searches, {runs} runs, each "
        f"with a confidence of at least {summary.percent(least)}):",
    )
    for line in patch.splitlines():
        say(out, f"    {line}")


def confidence(found: Finding) -> str:
    """``confidence 99.98 %, if at most 1 % of runs lie``."""
    share = summary.percent(found.confidence)
    return f"confidence {share}, if at most {found.noise:.1%} of runs lie"


def say(out: Console, text: str) -> None:
    """A line of plain text, whatever stands in it."""
    out.print(summary.one_line(text), markup=False, highlight=False, soft_wrap=True)


def _runs(search: Search, state: int) -> str:
    answers = [probe.answer for probe in search.probes if probe.state == state]
    counted = ((answers.count(answer), answer) for answer in Answer)
    return ", ".join(f"{count} {answer}" for count, answer in counted if count)


def _tried(search: Search) -> int:
    return len({probe.state for probe in search.probes})
