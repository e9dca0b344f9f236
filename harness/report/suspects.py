"""The trial of a suspected commit, on the terminal and in Markdown.

Owns: tables and the last word. Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from ..judge.causation import Counts, SuspectReport, SuspectState, SuspectTest
from ..model import Presence, Suspicion
from . import summary, tables
from .fitting import Part, put
from .tables import Column, Gives

COLOURS = {
    Suspicion.CONFIRMED: "red",
    Suspicion.NOT_THE_CAUSE: "green",
    Suspicion.UNTESTABLE: "yellow",
}

SIGNS = {Suspicion.CONFIRMED: "✗", Suspicion.NOT_THE_CAUSE: "✓", Suspicion.UNTESTABLE: "?"}


def show(report: SuspectReport, out: Console) -> None:
    """Print the whole report."""
    put(out, (last_word(report), "bold"))
    put(out, (report.commit, "bold"), f" {report.subject}")
    for text in head(report):
        put(out, text, indent=2)
    out.print()
    title = "Tests that fail, of those that fail on any of these"
    states = tables.numbers(*(state.short for state in report.line.states))
    columns = [Column("behaviour"), Column("link", gives=Gives.WRAPS), *states]
    rows = []
    for symptom in report.symptoms:
        cells = [_cell(symptom.tests, state) for state in report.line.states]
        rows.append([symptom.behaviour, symptom.link, *cells])
    tables.show(out, title, columns, rows, keys=2)
    for symptom in report.symptoms:
        colour = COLOURS[symptom.suspicion]
        sign, suspicion = (SIGNS[symptom.suspicion], colour), (symptom.suspicion, colour)
        put(out, sign, f" {symptom.name}: ", suspicion, f": {symptom.because}.")
    for note in report.notes:
        put(out, ("note", "yellow"), f": {note}")


def markdown(report: SuspectReport) -> str:
    """The same for a ticket, with every test that goes wrong somewhere."""
    states = report.line.states
    lines = [f"# {report.commit[:10]}: is it the cause?", "", f"{report.subject}", ""]
    lines += [f"- {text}" for text in head(report)]
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


def head(report: SuspectReport) -> Iterator[str]:
    """What was tried, a line for each thing to say."""
    pythons = (f"{state} (Python {version})" for state, version in report.pythons.items())
    yield f"tried on {', '.join(pythons)}"
    yield (
        f"{report.tests} tests, {report.runs} runs of a suite: all once, "
        f"and those that fail anywhere {report.repeat} times around the commit and today"
    )
    parts = [f"{report.counts[p]} {p}" for p in Presence if report.counts.get(p)]
    yield f"failures of the tests: {', '.join(parts)}"


def _cell(tests: Sequence[SuspectTest], state: SuspectState) -> Part:
    """How many tests fail on a state, of those that could be tried there."""
    able = [test for test in tests if test.counts_on(state) != Counts()]
    if not able:
        return ""
    wrong = sum(not test.passes_on(state) for test in able)
    return f"{wrong}/{len(able)}", "red" if wrong else "green"


def _failed(test: SuspectTest, state: SuspectState) -> str:
    """``2/3``: the runs of a test that failed on a state, of all; a dot for none."""
    counts = test.counts_on(state)
    total = counts.good + counts.bad
    return f"{counts.bad}/{total}" if total else "."
