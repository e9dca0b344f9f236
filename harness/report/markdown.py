"""A report as Markdown that can be pasted into a ticket or a pull request.

Owns: that text. Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..judge import causes
from ..judge.wire import layer_names
from ..model import Change, ChangeKind, Impact, Judgement, Matrix, Pair
from . import grids, impacts, summary
from .schema import Report

STACK_LINES = 25


def render(report: Report) -> str:
    """The whole report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    if report.made.partial:
        yield f"**{summary.PARTIAL}**"
        yield ""
    for impact in report.impacts:
        yield from _impact(impact)
    bases = ", ".join(f"{b.upstream} {b.version} on Python {b.python}" for b in report.bases)
    yield f"Judged on {bases}. A change is repeated until noise would look like it in at most"
    yield "1 of 100 reports, unless it says that it was not confirmed."
    yield ""
    kinds = (ChangeKind.BROKEN, ChangeKind.FIXED, ChangeKind.FLAKY, ChangeKind.SLOWER)
    numbers = (*kinds, "by design", "tests")
    yield f"| candidate | on | applies | verdict | {' | '.join(numbers)} |"
    yield f"| --- | --- | --- | --- |{' ---: |' * len(numbers)}"
    for judged in report.candidates:
        cells = [
            f"`{judged.name}`",
            judged.base,
            summary.APPLIES[judged.applies],
            f"**{judged.verdict}**",
            str(summary.count_worse(judged)),
            str(summary.count_of(judged, ChangeKind.FIXED)),
            str(summary.count_of(judged, ChangeKind.FLAKY)),
            str(summary.count_slower(judged)),
            str(summary.count_by_design(judged)),
            str(judged.tests),
        ]
        yield f"| {' | '.join(cells)} |"
    yield from grids.markdown(report)
    for found in report.matrices:
        yield from _matrix(found)
    for found in report.layers:
        yield from _layers(found)
    for swaps in summary.swap_tables(report.swaps):
        yield from _swaps(swaps)
    if report.pairs:
        yield from _pairs(report.pairs)
    yield ""
    yield summary.noise_floor(report.controls)
    if power := summary.power(report.candidates):
        yield power
    for judged in report.candidates:
        if judged.changes or judged.problems or judged.notes or judged.reach:
            yield from _details(judged)
    notes = (*report.hints, *report.notes, *filter(None, [report.made.hint]))
    if notes:
        yield ""
        yield from (f"- {plain(note)}" for note in notes)
    yield ""
    yield f"Made {report.made.at} with `{report.made.command}`; isolation: {report.made.isolation}."


def _impact(impact: Impact) -> Iterator[str]:
    yield f"### {impacts.title(impact)}"
    yield ""
    yield plain(impacts.sentence(impact))
    yield ""
    yield f"| {' | '.join(impacts.HEADS)} |"
    yield f"|{''.join(' ---: |' if h in impacts.NUMBERS else ' --- |' for h in impacts.HEADS)}"
    for row in impacts.rows(impact):
        yield f"| {' | '.join(map(plain, row.cells))} |"
    yield ""
    for line in (*impacts.details(impact), *impacts.imports(impact)):
        yield f"- {plain(line)}"
    yield ""


def _matrix(found: Matrix) -> Iterator[str]:
    yield ""
    yield f"### On the wire, {found.ground}"
    yield ""
    yield "Tests that pass in every run, by behaviour and by what stands between (2h: two hung)."
    yield ""
    yield f"| behaviour | link | {' | '.join(found.columns)} |"
    yield f"| --- | --- |{' ---: |' * len(found.columns)}"
    for row in found.rows:
        cells = " | ".join(summary.cell_text(cell) for cell in row.cells)
        yield f"| {row.behaviour} | {row.link} | {cells} |"


def _layers(found: Matrix) -> Iterator[str]:
    yield ""
    yield f"### {summary.layers_title(found)}"
    yield ""
    yield "Tests that pass with neither candidate, with each, and with both; `enough` is the least"
    yield "that passes as many as any, a dot where none passes more than the base."
    yield ""
    names = layer_names(found)
    yield f"| behaviour | link | {' | '.join(names)} | enough |"
    yield f"| --- | --- |{' ---: |' * len(names)} --- |"
    for row in found.rows:
        cells = " | ".join(summary.cell_text(cell) for cell in row.cells)
        enough = summary.sufficient_layer(row.cells, names)
        yield f"| {row.behaviour} | {row.link} | {cells} | {enough} |"


def _swaps(found: summary.SwapTable) -> Iterator[str]:
    yield ""
    yield f"### Tests against candidates, {found.ground}"
    yield ""
    yield "How many of the tests that prove a row's candidate pass on the code of a column's."
    yield ""
    yield f"| tests of | {' | '.join(found.columns)} |"
    yield f"| --- |{' ---: |' * len(found.columns)}"
    for row in found.rows:
        yield f"| {' | '.join(map(plain, row))} |"


def _pairs(pairs: Sequence[Pair]) -> Iterator[str]:
    yield ""
    yield "### Two candidates together"
    yield ""
    yield "A test that one half leaves alone and the other passes or fixes should pass with both."
    yield ""
    for pair in pairs:
        yield f"- {plain(summary.pair_line(pair))}"
        yield from (f"  - {plain(summary.conflict_line(each))}" for each in pair.conflicts)


def _details(judged: Judgement) -> Iterator[str]:
    yield ""
    yield f"### `{judged.name}` on {judged.base}"
    yield ""
    yield f"It {summary.meaning(judged)}."
    for line in (*judged.problems, *judged.notes, *summary.reach_lines(judged)):
        yield f"- {plain(line)}"
    if proof := summary.proof_line(judged):
        yield f"- {plain(proof)}"
    for group, changes in causes.by_group(judged.changes):
        yield ""
        shared = summary.shared_reason(group, changes)
        yield f"**{plain(group)}** ({len(changes)})" + (f": {_code(shared)}" if shared else "")
        yield ""
        for change in changes:
            yield from _change(change, "" if shared else change.reason)


def _change(change: Change, reason: str) -> Iterator[str]:
    design = f"; by design: {plain(change.why)}" if change.expected else ""
    name, kind = _code(summary.test_name(change.test)), plain(summary.kind_of_change(change))
    note = f"; {change.note}" if change.note else ""
    yield f"- {name}: {kind} ({summary.step(change)}){note}{design}"
    if reason and reason != change.group:
        yield f"  {_code(reason)}"
    if change.group == causes.HANG and change.detail:
        yield ""
        yield "  ```"
        yield from (
            f"  {_fenced(line)}" for line in change.detail.strip().splitlines()[:STACK_LINES]
        )
        yield "  ```"


def _code(text: str) -> str:
    return f"`{summary.one_line(text).replace('`', chr(39))}`"


def _fenced(line: str) -> str:
    """A line that can not end the block of code that it stands in."""
    return summary.one_line(line).replace("`", chr(39))


def plain(text: str) -> str:
    """Text from outside, without what Markdown or HTML would take for its own."""
    return summary.one_line(text).replace("<", "&lt;").replace("|", "\\|")
