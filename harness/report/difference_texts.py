"""A comparison of two reports for a terminal and for a ticket.

Owns: layout and colours. Must not know what a difference is, nor its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.markup import escape

from . import difference_words as words
from . import summary
from .difference import CandidateDifference, Differences
from .markdown import plain
from .pages import tones

MOST_SHOWN = 12
ALL_OF_THEM = "comparison.html has all"
COLOURS = {tones.GOOD: "green", tones.BAD: "red", tones.WARN: "yellow", tones.PLAIN: "cyan"}
SIGNS = {tones.GOOD: "✓", tones.BAD: "✗", tones.WARN: "!", tones.PLAIN: "·"}


def show(found: Differences, out: Console) -> None:
    """Print it; every line has a sign beside its colour, and none is cut."""
    for letter, side in (("A", found.before), ("B", found.after)):
        _say(out, f"{letter}: made {side.at}: {side.command}")
    if found.conditions:
        _say(out, words.LIMITS, "bold")
        for each in found.conditions:
            _line(out, tones.WARN, f"{each.what}: {each.before} in A, {each.after} in B")
    _say(out, words.headline(found), "bold")
    for candidate in found.candidates:
        if candidate.is_in_both and not candidate.is_same:
            _candidate(candidate, out)
    if alone := [each for each in found.candidates if not each.is_in_both]:
        out.print()
        for one in alone:
            _line(out, tones.OF_VERDICT[one.side.verdict], words.alone_line(one), indent=0)
    for conflict in found.conflicts:
        _line(out, words.conflict_tone(conflict), words.conflict_line(conflict), indent=0)
    _notes(found.came, found.went, out, indent=0)
    if same := [each.side.name for each in found.candidates if each.is_same]:
        _say(out, f"The same in both: {', '.join(dict.fromkeys(same))}.")


def _candidate(found: CandidateDifference, out: Console) -> None:
    out.print()
    tone = tones.OF_VERDICT[found.side.verdict]
    head = f"{SIGNS[tone]} [bold]{_safe(found.side.name)}[/] on {_safe(found.side.base)}"
    out.print(f"{head}: [{COLOURS[tone]}]{words.verdicts(found)}[/]", soft_wrap=True)
    for fact in words.facts(found):
        _say(out, f"  {fact}")
    for group in words.groups(found):
        title = f"{SIGNS[group.tone]} {group.title} ({len(group.found)})"
        _say(out, f"  {title}", COLOURS[group.tone])
        for change in group.found[:MOST_SHOWN]:
            _say(out, f"    {words.change_line(change)}")
            if reason := words.reason_line(change):
                _say(out, f"      {reason}", "dim")
        if len(group.found) > MOST_SHOWN:
            _say(out, f"    … and {len(group.found) - MOST_SHOWN} more; {ALL_OF_THEM}")
    for reach in found.reach:
        _line(out, words.reach_tone(reach), f"reach: {words.reach_line(reach)}")
    _notes(found.came, found.went, out, indent=2)


def _notes(came: Iterable[str], went: Iterable[str], out: Console, indent: int) -> None:
    for sign, note in _signed(came, went):
        _say(out, f"{' ' * indent}{sign} note: {note}")


def _line(out: Console, tone: str, text: str, indent: int = 2) -> None:
    _say(out, f"{' ' * indent}{SIGNS[tone]} {text}", COLOURS[tone])


def _say(out: Console, text: str, style: str = "") -> None:
    out.print(_safe(text), style=style or None, soft_wrap=True)


def _safe(text: str) -> str:
    return escape(summary.one_line(text))


def markdown(found: Differences) -> str:
    """The same for a ticket; the details of a candidate are folded where that is known."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Differences) -> Iterator[str]:
    yield "# Two reports compared"
    yield ""
    for letter, side in (("A", found.before), ("B", found.after)):
        yield f"- {letter}: made {side.at} with {_code(side.command)}"
    yield ""
    if found.conditions:
        yield from (f"**{words.LIMITS}**", "", "| | A | B |", "| --- | --- | --- |")
        for each in found.conditions:
            yield f"| {' | '.join(map(plain, (each.what, each.before, each.after)))} |"
        yield ""
    yield words.headline(found)
    if found.candidates:
        yield from ("", "| candidate | A | B |", "| --- | --- | --- |")
    for candidate in found.candidates:
        sides = (candidate.before, candidate.after)
        verdicts = [f"**{side.verdict}** on {plain(side.base)}" if side else "." for side in sides]
        yield f"| {_code(candidate.side.name)} | {' | '.join(verdicts)} |"
    for candidate in found.candidates:
        if candidate.is_in_both and not candidate.is_same:
            yield from _details(candidate)
    ends = [plain(words.conflict_line(each)) for each in found.conflicts]
    ends += [f"{sign} {plain(note)}" for sign, note in _signed(found.came, found.went)]
    yield from ("", *(f"- {line}" for line in ends)) if ends else ()


def _details(found: CandidateDifference) -> Iterator[str]:
    yield from ("", f"### {_code(found.side.name)}: {words.verdicts(found)}", "")
    yield from (f"- {plain(fact)}" for fact in words.facts(found))
    for group in words.groups(found):
        yield from ("", f"**{SIGNS[group.tone]} {group.title}** ({len(group.found)})", "")
        for change in group.found:
            yield f"- {_code(words.change_line(change))}"
            if reason := words.reason_line(change):
                yield f"  {_code(reason)}"
    ends = [f"reach: {plain(words.reach_line(each))}" for each in found.reach]
    ends += [f"{sign} {plain(note)}" for sign, note in _signed(found.came, found.went)]
    yield from ("", *(f"- {line}" for line in ends)) if ends else ()


def _signed(came: Iterable[str], went: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Notes of B alone and of A alone, with the signs that a diff has for them."""
    yield from (("+", note) for note in came)
    yield from (("-", note) for note in went)


def _code(text: str) -> str:
    return f"`{summary.one_line(text).replace('`', chr(39)).replace('|', '¦')}`"
