"""The evidence for a diff, as sections of ``PULL_REQUEST.md``.

Owns: their text. Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Change, ChangeKind, Judgement, Matrix, RedGreenProof
from ..report import summary
from ..report.markdown import plain
from ..report.schema import Report
from .gate import CheckResult

MOST_LISTED = 30


def proof_section(proof: RedGreenProof) -> Iterator[str]:
    """Lines about the tests that need the change; none if nothing is proved."""
    if not proof.red:
        return
    yield from ("", "## Tests", "")
    yield f"Without the change these fail, with it they pass, in {proof.times} runs on each side:"
    yield ""
    yield from (f"- `{summary.test_name(test)}`" for test in proof.red[:MOST_LISTED])
    if len(proof.red) > MOST_LISTED:
        yield f"- and {len(proof.red) - MOST_LISTED} more (`evidence/red-green.json`)"
    if proof.guards:
        yield ""
        yield "New or changed, and passing on both sides; they hold what must stay:"
        yield ""
        yield from (f"- `{summary.test_name(test)}`" for test in proof.guards[:MOST_LISTED])


def verdict_section(report: Report, narrowed: str) -> Iterator[str]:
    """Lines about the verdicts, one for each ground, and the changes behind them.

    ``narrowed`` says what they were restricted to, if they were.
    """
    yield from ("", "## What it does to tests", "")
    if narrowed:
        yield from (f"Run with {plain(narrowed)}.", "")
    yield "| on | verdict | broken | fixed | by design | tests | runs |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    for judged in report.candidates:
        fixed = summary.count_of(judged, ChangeKind.FIXED)
        cells = [judged.base, f"{judged.verdict}", f"{summary.count_worse(judged)}", f"{fixed}"]
        cells += [f"{summary.count_by_design(judged)}", f"{judged.tests}", f"{judged.runs}"]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield summary.noise_floor(report.controls)
    for judged in report.candidates:
        yield from _changes(judged)
    for matrix in report.matrices:
        yield from _wire(matrix)


def _changes(judged: Judgement) -> Iterator[str]:
    design = [change for change in judged.changes if change.expected]
    if design:
        yield from ("", f"Tests that change by design, on {judged.base}:", "")
        for change in design:
            yield f"{_line(change)}; {plain(change.why)}"
    worse = [c for c in judged.changes if c.kind.is_worse and not c.expected]
    if worse:
        yield from ("", f"For the worse, on {judged.base}:", "")
        for change in worse[:MOST_LISTED]:
            yield _line(change)
        if len(worse) > MOST_LISTED:
            yield f"- and {len(worse) - MOST_LISTED} more (`evidence/report.md`)"


def _line(change: Change) -> str:
    return f"- `{summary.test_name(change.test)}`: {change.kind} ({summary.step(change)})"


def _wire(matrix: Matrix) -> Iterator[str]:
    """The behaviours in which the change shows."""
    rows = [row for row in matrix.rows if len({row.cells[0], row.cells[1]}) > 1]
    if rows:
        yield from ("", f"On the wire, {matrix.ground}: tests that pass (2h: two hung)", "")
        yield f"| behaviour | link | {' | '.join(matrix.columns)} |"
        yield f"| --- | --- |{' ---: |' * len(matrix.columns)}"
        for row in rows:
            cells = " | ".join(summary.cell_text(cell) for cell in row.cells)
            yield f"| {row.behaviour} | {row.link} | {cells} |"


def check_section(results: Sequence[CheckResult]) -> Iterator[str]:
    """Lines with a table of every check, and what stands behind its state."""
    yield from (
        "",
        "## Checks",
        "",
        "| check | state | what stands behind it |",
        "| --- | --- | --- |",
    )
    for each in results:
        told = each.note or "; ".join(each.findings[:2])
        yield f"| {each.name} | {each.state} | {plain(told)} |"
