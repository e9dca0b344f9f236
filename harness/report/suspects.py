"""The trial of a suspected commit, on the terminal and in Markdown.

Owns: tables and the last word. Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..judge.causation import Counts, SuspectReport, SuspectState, SuspectTest
from ..model import Presence, Suspicion
from . import summary

COLOURS = {
    Suspicion.CONFIRMED: "red",
    Suspicion.NOT_THE_CAUSE: "green",
    Suspicion.UNTESTABLE: "yellow",
}


def show(report: SuspectReport, out: Console) -> None:
    """Print the whole report."""
    out.print(f"[bold]{report.commit}[/] {escape(report.subject)}", soft_wrap=True)
    for text in _head(report):
        out.print(f"  {escape(text)}", soft_wrap=True)
    title = "Tests that fail, of those that fail on any of these"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    for heading in ("behaviour", "link"):
        table.add_column(heading, no_wrap=True)
    for state in report.line.states:
        table.add_column(state.short.replace(" ", "\n"), justify="right")
    for symptom in report.symptoms:
        cells = [_cell(symptom.tests, state) for state in report.line.states]
        table.add_row(symptom.behaviour, symptom.link, *cells)
    out.print(table)
    for symptom in report.symptoms:
        colour = COLOURS[symptom.suspicion]
        because = escape(symptom.because)
        text = f"{symptom.name}: [{colour}]{symptom.suspicion}[/]: {because}."
        out.print(text, soft_wrap=True)
    out.print()
    out.print(f"[bold]{escape(last_word(report))}[/]", soft_wrap=True)
    for note in report.notes:
        out.print(f"[yellow]note[/]: {escape(summary.one_line(note))}", soft_wrap=True)


def markdown(report: SuspectReport) -> str:
    """The same for a ticket, with every test that goes wrong somewhere."""
    states = report.line.states
    lines = [f"# {report.commit[:10]}: is it the cause?", "", f"{report.subject}", ""]
    lines += [f"- {text}" for text in _head(report)]
    lines += ["", f"**{last_word(report)}**", ""]
    lines += [f"- **{s.name}**: {s.suspicion}: {s.because}." for s in report.symptoms]
    lines += ["", "Runs that failed, of all runs:", ""]
    lines += [
        f"| test | where | {' | '.join(map(str, states))} |",
        "| --- " * (len(states) + 2) + "|",
    ]
    for symptom in report.symptoms:
        for test in symptom.tests:
            cells = [_failed(test, state) for state in states]
            lines.append(
                f"| `{summary.test_name(test.test)}` | {test.presence} | {' | '.join(cells)} |"
            )
    lines += ["", *(f"- note: {summary.one_line(note)}" for note in report.notes)]
    return "\n".join(lines).rstrip() + "\n"


def last_word(report: SuspectReport) -> str:
    """How many symptoms are confirmed, and how many are not the commit's doing."""
    of = [symptom.suspicion for symptom in report.symptoms]
    parts = [f"{of.count(each)} {each}" for each in Suspicion]
    ended = sum(t.presence is Presence.DISAPPEARED for s in report.symptoms for t in s.tests)
    cured = f"; {ended} tests that fail before it pass since" if ended else ""
    return f"{report.commit[:10]}: of {len(of)} symptoms {', '.join(parts)}{cured}"


def _head(report: SuspectReport) -> Iterator[str]:
    pythons = (f"{state} (Python {version})" for state, version in report.pythons.items())
    yield f"tried on {', '.join(pythons)}"
    yield (
        f"{report.tests} tests, {report.runs} runs of a suite: all once, "
        f"and those that fail anywhere {report.repeat} times around the commit and today"
    )
    parts = [f"{report.counts[p]} {p}" for p in Presence if report.counts.get(p)]
    yield f"failures of the tests: {', '.join(parts)}"


def _cell(tests: Sequence[SuspectTest], state: SuspectState) -> str:
    """How many tests fail on a state, of those that could be tried there."""
    able = [test for test in tests if test.counts_on(state) != Counts()]
    if not able:
        return ""
    wrong = sum(not test.passes_on(state) for test in able)
    return f"[red]{wrong}/{len(able)}[/]" if wrong else f"[green]0/{len(able)}[/]"


def _failed(test: SuspectTest, state: SuspectState) -> str:
    """``2/3``: the runs of a test that failed on a state, of all; a dot for none."""
    counts = test.counts_on(state)
    total = counts.good + counts.bad
    return f"{counts.bad}/{total}" if total else "."
