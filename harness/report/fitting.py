"""Text that fits a terminal: words, lines and signs.

Owns: where a line ends, what is cut, and which sign stands for which meaning. Must not know
what a report is. A width counts cells of a terminal, not characters: a Chinese one takes two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ..model import Change, ChangeKind, Verdict
from .summary import one_line

LEAST_WIDTH = 20  # below which a line may be longer than the terminal, rather than unreadable
CUT = "…"

COLOURS: Mapping[Verdict, str] = {
    Verdict.BREAKS: "red",
    Verdict.DOES_NOT_APPLY: "red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.UNPROVEN: "yellow",
    Verdict.FIXES: "green",
    Verdict.NEUTRAL: "cyan",
}
SIGNS: Mapping[Verdict, str] = {
    Verdict.BREAKS: "✗",
    Verdict.DOES_NOT_APPLY: "/",
    Verdict.INCONCLUSIVE: "!",
    Verdict.UNPROVEN: "?",
    Verdict.FIXES: "✓",
    Verdict.NEUTRAL: "=",
}
WORSE, BETTER, MEANT, UNSURE, OTHER = "✗", "✓", "*", "?", "·"

# One character for one, so that what fits still fits where a terminal has no more than ASCII.
ASCII = str.maketrans("✗✓…→·–─×“”", 'x+~>.--x""')

Part = str | tuple[str, str]
"""Text, or text and its style."""


def sign_of(change: Change) -> tuple[str, str]:
    """A change's sign and its colour."""
    if change.expected:
        return MEANT, "cyan"
    if not change.confirmed or change.kind in (ChangeKind.FLAKY, ChangeKind.UNKNOWN):
        return UNSURE, "yellow"
    if change.kind.is_worse:
        return WORSE, "red"
    return (BETTER, "green") if change.kind is ChangeKind.FIXED else (OTHER, "")


def shorten(text: str, width: int) -> str:
    """The text in so many cells: what is too long loses its middle, where ids tell least."""
    if cell_len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{_start(text, width - 1 - tail)}{CUT}{_start(text[::-1], tail)[::-1]}"


def shorten_words(text: str, width: int) -> str:
    """The text, in which no single word takes more cells than this."""
    return re.sub(r"\S+", lambda word: shorten(word[0], width), text)


def first_words(text: str, width: int) -> str:
    """As many whole words as fit, and … if there are more."""
    if cell_len(text) <= width:
        return text
    kept = ""
    for word in text.split():
        longer = f"{kept} {word}".lstrip()
        if cell_len(longer) > width - 2:
            break
        kept = longer
    return f"{kept} {CUT}" if kept else shorten(text, width)


def for_terminal(text: str, console: Console) -> str:
    """Text from anywhere as one line that this terminal can show."""
    line = one_line(text)
    if console.options.ascii_only:
        line = line.translate(ASCII).encode("ascii", "replace").decode()
    return line


def put(console: Console, *parts: Part, indent: int = 0, hang: int = 2) -> None:
    """Print the parts as one paragraph, broken between words.

    Its first line begins at ``indent``, the others ``hang`` further in.
    """
    room = max(console.width, LEAST_WIDTH) - indent - hang
    paragraph = Text()
    for part in parts:
        text, style = (part, "") if isinstance(part, str) else part
        paragraph.append(for_terminal(text, console), style)
    if any(cell_len(word) > room for word in paragraph.plain.split()):
        paragraph = _with_short_words(paragraph, room, console)
    for number, line in enumerate(paragraph.wrap(console, room)):
        line.rstrip()
        line.pad_left(indent + (hang if number else 0))
        console.print(line, soft_wrap=True, highlight=False)


def put_items(console: Console, items: Iterable[str], between: str = "  ") -> None:
    """Print items side by side, as many in a line as fit; none of them is broken if it fits."""
    line = ""
    for item in items:
        longer = f"{line}{between}{item}" if line else item
        if line and cell_len(longer) > console.width:
            put(console, line, hang=0)
            longer = item
        line = longer
    put(console, line, hang=0)


def _with_short_words(paragraph: Text, width: int, console: Console) -> Text:
    """The same, in which no word is too long; each part of it keeps its style."""
    words = Text()
    for word in re.finditer(r"\S+|\s+", paragraph.plain):
        piece = paragraph[word.start() : word.end()]
        if cell_len(piece.plain) > width:
            style = piece.spans[0].style if piece.spans else ""
            piece = Text(for_terminal(shorten(piece.plain, width), console), style)
        words.append_text(piece)
    return words


def _start(text: str, width: int) -> str:
    """As many first characters as fit."""
    kept, taken = 0, 0
    for letter in text:
        taken += cell_len(letter)
        if taken > width:
            break
        kept += 1
    return text[:kept]
