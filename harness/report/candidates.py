"""What is known of one candidate, on the terminal.

Owns: its paragraphs, and how many examples stand for a group. Must not know how anything was
found out.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from ..judge import causes
from ..model import Change, Judgement, Wait
from . import summary
from .fitting import BETTER, COLOURS, MEANT, OTHER, SIGNS, UNSURE, WORSE, first_words, put, shorten
from .fitting import sign_of as _sign
from .groups import Group, groups_of

MOST_GROUPS, MOST_NAMED, MOST_LINES = 4, 3, 3
EXAMPLES_OF_THE_FIRST, EXAMPLES = 2, 1
GROUP_WIDTH = 46
WHOLE = "report.md has all"


def show(judged: Judgement, console: Console, like: Judgement | None = None) -> None:
    """The sentence on a candidate, and its breakages by cause with an example of each.

    ``like`` is a candidate above with the same changes, which are not told again."""
    console.print()
    colour = COLOURS[judged.verdict]
    head = (f"{SIGNS[judged.verdict]} ", colour), (judged.name, "bold")
    meaning = summary.meaning(judged)
    # `breaks, it breaks tests` would say it twice.
    verdict = "" if meaning.startswith(judged.verdict) else f"{judged.verdict}, it "
    put(console, *head, f" on {judged.base}: ", (f"{verdict}{meaning}", colour))
    _lines(judged.problems, "red", console)
    _lines(judged.notes, "yellow", console)
    proof = judged.proof
    proved = f"{len(proof.red)} of its own tests prove it" if proof.red else ""
    if not proved and proof.guards:
        proved = "none of its own tests proves it"
    if said := "; ".join(filter(None, (summary.reach_sentence(judged), proved))):
        put(console, said, indent=2)
    if like is not None:
        put(console, f"Its changes are those of {like.name}, test by test.", indent=2)
        return
    found = groups_of(judged)
    _examples(found.worse, console, (WORSE, "red"))
    _examples(found.unsure, console, (UNSURE, "yellow"))
    if found.fixed:
        number = sum(len(changes) for _, changes in found.fixed)
        named = [
            f"{first_words(name, GROUP_WIDTH)} ({len(changes)})"
            for name, changes in found.fixed[:MOST_NAMED]
        ]
        left = number - sum(len(changes) for _, changes in found.fixed[:MOST_NAMED])
        more = [f"{left} more"] if left else []
        put(console, (BETTER, "green"), f" fixes {number}: {'; '.join([*named, *more])}", indent=2)
    for why, changes in found.meant:
        tests = f"{len(changes)} test{'s' * (len(changes) != 1)}"
        put(console, (MEANT, "cyan"), f" by design, {tests}: {why}", indent=2)
    for name, changes in found.waits:
        put(console, (OTHER, ""), f" {name} ({len(changes)}), {_longest(changes)}", indent=2)
    if found.rest:
        rest = ", ".join(f"{number} {kind}" for kind, number in found.rest.items())
        put(console, (OTHER, ""), f" and {rest}", indent=2)


def show_in_full(judged: Judgement, console: Console, most: int | None = None) -> None:
    """Every line that is known of a candidate, and every change, or so many of each cause."""
    console.print()
    colour = COLOURS[judged.verdict]
    head = (f"{SIGNS[judged.verdict]} ", colour), (judged.name, "bold")
    verdict = judged.verdict, colour
    put(console, *head, f" on {judged.base}: ", verdict, f", it {summary.meaning(judged)}")
    said = (*judged.problems, *judged.notes, *summary.reach_lines(judged))
    for line in filter(None, (*said, summary.proof_line(judged))):
        put(console, line, indent=2)
    for group, changes in causes.by_group(judged.changes):
        put(console, (group, "bold"), f" ({len(changes)})", indent=2)
        shared = summary.shared_reason(group, changes)
        if shared:
            put(console, (shared, "dim"), indent=4)
        for change in changes[:most]:
            _change(change, console, "" if shared else change.reason)
        if most is not None and len(changes) > most:
            put(console, f"… and {len(changes) - most} more; {WHOLE}", indent=4)


def _lines(lines: Sequence[str], style: str, console: Console) -> None:
    for line in lines[:MOST_LINES]:
        put(console, (line, style), indent=2)
    if len(lines) > MOST_LINES:
        put(console, f"… and {len(lines) - MOST_LINES} more lines; {WHOLE}", indent=2)


def _examples(found: Sequence[Group], console: Console, sign: tuple[str, str]) -> None:
    for number, (group, changes) in enumerate(found[:MOST_GROUPS]):
        put(console, sign, (f" {group}", "bold"), f" ({len(changes)})", indent=2)
        shared = summary.shared_reason(group, changes)
        if shared and len(changes) > 1:
            put(console, (shared, "dim"), indent=6)
        most = EXAMPLES if number else EXAMPLES_OF_THE_FIRST
        for place, change in enumerate(changes[:most], 1):
            _example(change, console, len(changes) - most if place == most else 0)
    rest = found[MOST_GROUPS:]
    if rest:
        tests = sum(len(changes) for _, changes in rest)
        causes_of = f"{len(rest)} more cause{'s' * (len(rest) != 1)}"
        put(console, sign, f" {causes_of} ({tests}); {WHOLE}", indent=2)


def _example(change: Change, console: Console, more: int) -> None:
    """A test in one line, its middle cut where it does not fit; and how many are not named."""
    rest = f", and {more} more" if more > 0 else ""
    name = summary.test_name(change.test)
    put(console, shorten(name, max(console.width - 8 - len(rest), 12)) + rest, indent=6)
    if change.note:
        put(console, (change.note, "yellow"), indent=8)


def _longest(changes: Sequence[Change]) -> str:
    """The step of the change that costs or saves most."""
    waits: list[Wait] = [change.wait for change in changes if change.wait]
    if not waits:
        return summary.step(changes[0])
    wait = max(waits, key=lambda each: abs(each.patched - each.base))
    return f"{'at most ' if len(waits) > 1 else ''}{summary.seconds(wait.base, wait.patched)}"


def _change(change: Change, console: Console, reason: str) -> None:
    name, kind = summary.test_name(change.test), summary.kind_of_change(change)
    note = f"; {change.note}" if change.note else ""
    put(console, _sign(change), f" {name}: {kind} ({summary.step(change)}){note}", indent=4)
    if change.expected:
        put(console, (f"by design: {change.why}", "cyan"), indent=6)
    if reason and reason != change.group:
        put(console, (reason, "dim"), indent=6)
