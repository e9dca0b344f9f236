"""``PULL_REQUEST.md``: what to paste into the form, and what stands behind it.

Owns: that text. Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..model import ChangeKind, Judgement, Matrix
from ..report import summary
from ..report.schema import Report
from . import gate
from .checks import messages
from .checks.redgreen import RedGreenProof
from .gate import Checked, State
from .squash import SquashedCommit
from .stale import Provenance

MOST_LISTED = 30
TICK = {True: "x", False: " "}


class Contents(NamedTuple):
    """Everything that the text is made of."""

    squashed: SquashedCommit
    checks: Sequence[Checked]
    proof: RedGreenProof
    report: Report
    made: Provenance
    stale: Sequence[str] = ()

    @property
    def ready(self) -> bool:
        """Whether the gate lets it through."""
        return gate.ready(self.checks) and not self.stale


def render(contents: Contents) -> str:
    """The whole text as Markdown."""
    return "\n".join(_lines(contents)) + "\n"


def left_to_the_sender(squashed: SquashedCommit) -> list[str]:
    """What no machine can fill in: who sends it, and a ticket's number that is yet to be had."""
    rules = squashed.upstream.pull_request
    left = []
    if squashed.author.is_placeholder:
        left.append("the author: `git am`, then `git commit --amend --reset-author`")
    if rules and messages.number_in(squashed.message, rules) == 0:
        left.append("the ticket's number: 0 stands for it in the subject and in the news entry")
    if rules and rules.disclosure:
        left.append("the disclosure in PULL_REQUEST.md")
    return left


def _lines(contents: Contents) -> Iterator[str]:
    squashed = contents.squashed
    subject, _, body = squashed.message.partition("\n")
    yield f"# {_plain(subject) or squashed.name}"
    yield ""
    yield from _standing(contents)
    yield ""
    yield "## Description"
    yield ""
    yield (squashed.about.about.pull_request or body).strip() or squashed.about.about.title
    yield ""
    about = squashed.about.about
    yield f"Ticket: {_plain(about.ticket)}. Origin: {_plain(about.origin)}."
    yield from _tests(contents)
    yield from _verdict(contents.report, contents.made.narrowed)
    yield from _checks(contents.checks)
    yield from _reproduce(contents)
    rules = squashed.upstream.pull_request
    if rules and rules.disclosure:
        yield from ("", "## Disclosure", "", f"To be completed by the sender. {rules.disclosure}.")
    if rules and rules.checklist:
        yield from ("", "## Checklist", "")
        states = {check.name: check for check in contents.checks}
        for box in rules.checklist:
            done = bool(box.checks) and gate.ready(states[n] for n in box.checks if n in states)
            whose = "" if box.checks else " (the sender's to tick)"
            yield f"- [{TICK[done]}] {box.text}{whose}"


def _standing(contents: Contents) -> Iterator[str]:
    if contents.ready:
        yield f"**Ready** to be sent, made on {contents.made.version} ({contents.made.source})."
    else:
        yield "**Not ready.** What stands in the way:"
        yield ""
        yield from (f"- stale: {_plain(reason)}" for reason in contents.stale)
        for check in gate.in_the_way(contents.checks):
            yield f"- `{check.name}`: {_plain('; '.join(check.findings[:3]))}"
            if check.advice:
                yield f"  What to do: {_plain(check.advice)}."
    left = left_to_the_sender(contents.squashed)
    if left:
        yield ""
        yield "Left to the sender:"
        yield ""
        yield from (f"- {each}" for each in left)
    allowed = [check for check in contents.checks if check.state is State.ALLOWED]
    if allowed:
        yield ""
        yield "Let through on purpose:"
        yield ""
        for check in allowed:
            said = "; ".join(check.findings[:3])
            yield f"- `{check.name}`: {_plain(check.reason)} ({_plain(said)})"


def _tests(contents: Contents) -> Iterator[str]:
    proof = contents.proof
    if not proof.red:
        return
    yield from ("", "## Tests", "")
    yield f"Without the change these fail, with it they pass, in {proof.times} runs on each side:"
    yield ""
    yield from (f"- `{test}`" for test in proof.red[:MOST_LISTED])
    if len(proof.red) > MOST_LISTED:
        yield f"- and {len(proof.red) - MOST_LISTED} more (`evidence/red-green.json`)"
    if proof.guards:
        yield ""
        yield "New or changed, and passing on both sides; they hold what must stay:"
        yield ""
        yield from (f"- `{test}`" for test in proof.guards[:MOST_LISTED])


def _verdict(report: Report, narrowed: str) -> Iterator[str]:
    yield from ("", "## What it does to tests", "")
    if narrowed:
        yield from (f"Run with {_plain(narrowed)}.", "")
    yield "| on | verdict | broken | fixed | by design | tests | runs |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    for judged in report.candidates:
        fixed = summary.count(judged, ChangeKind.FIXED)
        cells = [judged.base, f"{judged.verdict}", f"{summary.worse(judged)}", f"{fixed}"]
        cells += [f"{summary.expected(judged)}", f"{judged.tests}", f"{judged.runs}"]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield summary.noise(report.controls)
    for judged in report.candidates:
        yield from _changes(judged)
    for matrix in report.matrices:
        yield from _wire(matrix)


def _changes(judged: Judgement) -> Iterator[str]:
    design = [change for change in judged.changes if change.expected]
    if design:
        yield from ("", f"Tests that change by design, on {judged.base}:", "")
        for change in design:
            yield f"- `{change.test}`: {change.kind} ({summary.step(change)}); {_plain(change.why)}"
    worse = [c for c in judged.changes if c.kind.is_worse and not c.expected]
    if worse:
        yield from ("", f"For the worse, on {judged.base}:", "")
        for change in worse[:MOST_LISTED]:
            yield f"- `{change.test}`: {change.kind} ({summary.step(change)})"
        if len(worse) > MOST_LISTED:
            yield f"- and {len(worse) - MOST_LISTED} more (`evidence/report.md`)"


def _wire(matrix: Matrix) -> Iterator[str]:
    """The behaviours in which the change shows."""
    rows = [row for row in matrix.rows if len({row.cells[0], row.cells[1]}) > 1]
    if rows:
        yield from ("", f"On the wire, {matrix.ground}: tests that pass (2h: two hung)", "")
        yield f"| behaviour | link | {' | '.join(matrix.columns)} |"
        yield f"| --- | --- |{' ---: |' * len(matrix.columns)}"
        for row in rows:
            cells = " | ".join(summary.cell(cell) for cell in row.cells)
            yield f"| {row.behaviour} | {row.link} | {cells} |"


def _checks(checks: Sequence[Checked]) -> Iterator[str]:
    yield from (
        "",
        "## Checks",
        "",
        "| check | state | what stands behind it |",
        "| --- | --- | --- |",
    )
    for check in checks:
        told = check.note or "; ".join(check.findings[:2])
        yield f"| {check.name} | {check.state} | {_plain(told)} |"


def _reproduce(contents: Contents) -> Iterator[str]:
    yield from ("", "## Reproduce", "", "In a checkout of the workbench:", "", "```console")
    yield f"$ {contents.made.replay}"
    yield "```"
    yield ""
    yield f"Hashes of tree, patch and tests are in `evidence/{_name()}`."


def _name() -> str:
    return "made-from.json"


def _plain(text: str) -> str:
    """Text from outside, without what Markdown or HTML would take for its own."""
    return summary.one_line(text).replace("<", "&lt;").replace("|", "\\|")
