"""``PULL_REQUEST.md``: what to paste into the form, and what stands behind it.

Owns: that text, but for the sections with the evidence. Must not know how anything was
found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..catalog.upstream import ChecklistItem
from ..model import MutationProof, RedGreenProof
from ..report.markdown import plain
from ..report.schema import Report
from . import evidence, gate
from .checks import messages
from .gate import CheckResult, CheckState
from .provenance import FILE as PROVENANCE
from .provenance import Provenance
from .squash import SquashedCommit

TICK = {True: "x", False: " "}


class Contents(NamedTuple):
    """Everything that a diff's folder is made of.

    ``checks`` are as the gate leaves them, ``report`` is the part about this candidate.
    """

    squashed: SquashedCommit
    checks: Sequence[CheckResult]
    proof: RedGreenProof
    mutation: MutationProof
    report: Report
    made: Provenance

    @property
    def is_ready(self) -> bool:
        """Whether the gate lets it through."""
        return gate.is_ready(self.checks)


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
    yield f"# {plain(subject) or squashed.name}"
    yield ""
    yield from _standing(contents)
    about = squashed.about.about
    yield from ("", "## Description", "")
    yield (about.pull_request or body).strip() or about.title
    yield ""
    tickets = plain(" and ".join(about.tickets))
    yield f"Ticket: {tickets}. Origin: {plain(about.origin)}."
    yield from evidence.proof_section(contents.proof)
    yield from evidence.verdict_section(contents.report, contents.made.narrowed)
    yield from evidence.check_section(contents.checks)
    yield from _reproduce(contents)
    rules = squashed.upstream.pull_request
    if rules and rules.disclosure:
        yield from ("", "## Disclosure", "", f"To be completed by the sender. {rules.disclosure}.")
    if rules and rules.checklist:
        yield from _checklist(rules.checklist, contents.checks)


def _standing(contents: Contents) -> Iterator[str]:
    if contents.is_ready:
        yield f"**Ready** to be sent, made on {contents.made.version} ({contents.made.source})."
    else:
        yield "**Not ready.** What stands in the way:"
        yield ""
        for check in gate.in_the_way(contents.checks):
            yield f"- `{check.name}`: {plain('; '.join(check.findings[:3]))}"
            if check.advice:
                yield f"  What to do: {plain(check.advice)}."
    left = left_to_the_sender(contents.squashed)
    if left:
        yield ""
        yield "Left to the sender:"
        yield ""
        yield from (f"- {each}" for each in left)
    allowed = [check for check in contents.checks if check.state is CheckState.ALLOWED]
    if allowed:
        yield ""
        yield "Let through on purpose:"
        yield ""
        for check in allowed:
            said = "; ".join(check.findings[:3])
            yield f"- `{check.name}`: {plain(check.reason)} ({plain(said)})"


def _checklist(items: Sequence[ChecklistItem], checks: Sequence[CheckResult]) -> Iterator[str]:
    """The upstream's own list: ticked is what checks have found in order."""
    yield from ("", "## Checklist", "")
    for item in items:
        is_done = gate.is_ready(check for check in checks if check.name in item.checks)
        whose = "" if item.checks else " (the sender's to tick)"
        yield f"- [{TICK[is_done]}] {item.text}{whose}"


def _reproduce(contents: Contents) -> Iterator[str]:
    yield from ("", "## Reproduce", "", "In a checkout of the workbench:", "", "```console")
    yield f"$ {contents.made.replay}"
    yield "```"
    yield ""
    yield f"Hashes of tree, patch and tests are in `{PROVENANCE}`."
