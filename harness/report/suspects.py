"""The trial of a suspected commit, on the terminal and in Markdown.

Owns: tables and the last word. Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..judge.causation import SuspectReport, SuspectTest, Symptom
from ..model import Presence, Suspicion
from . import summary

COLOURS = {
    Suspicion.CONFIRMED: "red",
    Suspicion.NOT_THE_CAUSE: "green",
    Suspicion.UNTESTABLE: "yellow",
}


def show(trial: SuspectReport, out: Console) -> None:
    """Print the whole trial."""
    out.print(f"[bold]{trial.commit}[/] {escape(trial.subject)}", soft_wrap=True)
    for text in _head(trial):
        out.print(f"  {escape(text)}", soft_wrap=True)
    title = "Tests that fail, of those that fail on any of these"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    for heading in ("behaviour", "link"):
        table.add_column(heading, no_wrap=True)
    for state in trial.line.states:
        table.add_column(_short(state).replace(" ", "\n"), justify="right")
    for symptom in trial.symptoms:
        cells = [_cell(symptom.tests, state) for state in trial.line.states]
        table.add_row(symptom.behaviour, symptom.link, *cells)
    out.print(table)
    for symptom in trial.symptoms:
        colour = COLOURS[symptom.suspicion]
        word, _, rest = symptom.sentence.partition(":")
        text = f"{_name(symptom)}: [{colour}]{word}[/]:{escape(rest)}."
        out.print(text, soft_wrap=True)
    out.print()
    out.print(f"[bold]{escape(last_word(trial))}[/]", soft_wrap=True)
    for note in trial.notes:
        out.print(f"[yellow]note[/]: {escape(summary.one_line(note))}", soft_wrap=True)


def markdown(trial: SuspectReport) -> str:
    """The same for a ticket, with every test that goes wrong somewhere."""
    states = trial.line.states
    lines = [f"# {trial.commit[:10]}: is it the cause?", "", f"{trial.subject}", ""]
    lines += [f"- {text}" for text in _head(trial)]
    lines += ["", f"**{last_word(trial)}**", ""]
    lines += [f"- **{_name(s)}**: {s.sentence}." for s in trial.symptoms]
    lines += ["", "Runs that failed, of all runs:", ""]
    lines += [f"| test | where | {' | '.join(states)} |", "| --- " * (len(states) + 2) + "|"]
    for symptom in trial.symptoms:
        for test in symptom.tests:
            cells = [_failed(test, state) for state in states]
            lines.append(f"| `{test.test}` | {test.presence} | {' | '.join(cells)} |")
    lines += ["", *(f"- note: {summary.one_line(note)}" for note in trial.notes)]
    return "\n".join(lines).rstrip() + "\n"


def last_word(trial: SuspectReport) -> str:
    """How many symptoms are confirmed, and how many are not the commit's doing."""
    of = [symptom.suspicion for symptom in trial.symptoms]
    parts = [f"{of.count(each)} {each}" for each in Suspicion]
    ended = sum(t.presence is Presence.DISAPPEARED for s in trial.symptoms for t in s.tests)
    cured = f"; {ended} tests that fail before it pass since" if ended else ""
    return f"{trial.commit[:10]}: of {len(of)} symptoms {', '.join(parts)}{cured}"


def _head(trial: SuspectReport) -> Iterator[str]:
    pythons = (f"{state} (Python {version})" for state, version in trial.pythons.items())
    yield f"tried on {', '.join(pythons)}"
    yield (
        f"{trial.tests} tests, {trial.runs} runs of a suite: all once, "
        f"and those that fail anywhere {trial.repeat} times around the commit and today"
    )
    parts = [f"{trial.counts[p]} {p}" for p in Presence if trial.counts.get(p)]
    yield f"failures of the tests: {', '.join(parts)}"


def _name(symptom: Symptom) -> str:
    return f"{symptom.behaviour} over {symptom.link}" if symptom.link else symptom.behaviour


def _short(state: str) -> str:
    """A release by its number, a commit by the beginning of its id."""
    return state.partition(" ")[2] or state[:10]


def _cell(tests: Sequence[SuspectTest], state: str) -> str:
    able = [t for t in tests if t.runs[state].good or t.runs[state].bad]
    if not able:
        return ""
    wrong = sum(not test.passes_on(state) for test in able)
    return f"[red]{wrong}/{len(able)}[/]" if wrong else f"[green]0/{len(able)}[/]"


def _failed(test: SuspectTest, state: str) -> str:
    counts = test.runs[state]
    total = counts.good + counts.bad
    return f"{counts.bad}/{total}" if total else "."
