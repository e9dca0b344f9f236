"""Tables that fit the terminal, whatever its width.

Owns: how a table gives way. First the columns that may are cut or broken between words; then
the others go into several tables, each with the first columns; and where not even that fits
there is a paragraph for each row. Nothing is left out. Must not know what is in a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .fitting import Part, for_terminal, put, shorten, shorten_words

LEAST_CUT = 12


class Gives(Enum):
    """How a column gives way where a table is too wide."""

    NOT = auto()
    CUT = auto()
    WRAPS = auto()


class Column(NamedTuple):
    """A column: what stands over it, where its text stands, and how it gives way."""

    head: str
    right: bool = False
    gives: Gives = Gives.NOT


Cells = Sequence[Sequence[Text]]


def numbers(*heads: str) -> list[Column]:
    """Columns of short cells that end below each other."""
    return [Column(head, right=True) for head in heads]


def show(
    console: Console,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Part]],
    keys: int = 1,
) -> None:
    """Print a table and an empty line. The first ``keys`` columns say what a row is about."""
    if title:
        put(console, (title, "bold"), hang=0)
    cells = [[_cell(part, console) for part in row] for row in rows]
    widths = _widths(columns, cells, console.width, keys)
    blocks = _blocks(widths, console.width, keys)
    if blocks:
        for block in blocks:
            console.print(_table(columns, cells, widths, block))
    else:
        _paragraphs(console, columns, cells, keys)
    console.print()


def fits(
    console: Console, columns: Sequence[Column], rows: Sequence[Sequence[Part]], keys: int = 1
) -> bool:
    """Whether such a table stands in one piece."""
    cells = [[_cell(part, console) for part in row] for row in rows]
    widths = _widths(columns, cells, console.width, keys)
    return len(_blocks(widths, console.width, keys)) == 1


def _cell(part: Part, console: Console) -> Text:
    text, style = (part, "") if isinstance(part, str) else part
    return Text(for_terminal(text, console), style)


def _widths(columns: Sequence[Column], cells: Cells, width: int, keys: int) -> list[int]:
    """What each column takes; those that give way take less where that makes the table fit."""
    widths = [_natural(column, place, cells) for place, column in enumerate(columns)]
    # Either all fits, or all keys and the widest of the others, which then stand in blocks.
    for needed in (_total(widths), _total(widths[:keys]) + 1 + max(widths[keys:], default=0)):
        too_much = needed - width
        for place, column in enumerate(columns):
            least = _least(column, place, cells)
            if too_much > 0 and least < widths[place]:
                given = min(too_much, widths[place] - least)
                widths[place] -= given
                too_much -= given
        if too_much <= 0:
            break
    return widths


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + max(len(widths) - 1, 0)


def _natural(column: Column, place: int, cells: Cells) -> int:
    head = max(map(cell_len, column.head.split()), default=0)
    return max([head, *(cell_len(row[place].plain) for row in cells)])


def _least(column: Column, place: int, cells: Cells) -> int:
    natural = _natural(column, place, cells)
    if column.gives is Gives.NOT:
        return natural
    head = max(map(cell_len, column.head.split()), default=0)
    if column.gives is Gives.CUT:
        return min(natural, max(head, LEAST_CUT))
    words = [cell_len(word) for row in cells for word in row[place].plain.split()]
    return min(natural, max(head, min(max(words, default=0), 2 * LEAST_CUT)))


def _blocks(widths: Sequence[int], width: int, keys: int) -> list[list[int]]:
    """Which columns stand in which table; none if a table is no way to show them."""
    first = list(range(keys))
    blocks = [first.copy()]
    for place in range(keys, len(widths)):
        if _total([widths[each] for each in (*blocks[-1], place)]) > width:
            blocks.append(first.copy())
        blocks[-1].append(place)
    fits = all(_total([widths[place] for place in block]) <= width for block in blocks)
    return [block for block in blocks if len(block) > keys] if fits else []


def _table(
    columns: Sequence[Column], cells: Cells, widths: Sequence[int], block: Sequence[int]
) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False)
    for place in block:
        head, width = columns[place].head, widths[place]
        table.add_column(head, justify="right" if columns[place].right else "left", width=width)
    for row in cells:
        table.add_row(*(_fitted(row[place], widths[place], columns[place]) for place in block))
    return table


def _fitted(cell: Text, width: int, column: Column) -> Text:
    short = shorten_words if column.gives is Gives.WRAPS else shorten
    return Text(short(cell.plain, width), cell.style)


def _paragraphs(console: Console, columns: Sequence[Column], cells: Cells, keys: int) -> None:
    """A row as ``what it is about``, and below it ``head: cell``."""
    for row in cells:
        put(console, *_spaced([(cell.plain, str(cell.style)) for cell in row[:keys]]))
        for column, cell in zip(columns[keys:], row[keys:], strict=True):
            if cell.plain:
                put(console, f"{column.head}: ", (cell.plain, str(cell.style)), indent=2)


def _spaced(parts: Sequence[tuple[str, str]]) -> Iterator[Part]:
    for number, part in enumerate(parts):
        yield from ([" "] if number else [])
        yield part
