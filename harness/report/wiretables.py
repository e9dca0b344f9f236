"""What happens on the wire, as tables on the terminal.

Owns: these tables: what differs from the base, the whole matrix, and which layer is enough.
Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters

from rich.console import Console

from ..judge.wire import layer_names
from ..model import Cell, Matrix
from . import summary, tables
from .fitting import Part, put, put_items
from .tables import Column, Gives, numbers
from .wirechanges import ChangedRow, WireChanges, is_better, step, wire_changes

LEGEND = (
    "Tests that pass on the base, and how many more or fewer do with each candidate, where any "
    "differs. all: all pass; h: more hang; ·: as on the base"
)
CONTROL = "others"
OTHERS = "; others: servers that nobody patches"
LINK_WIDTH = 22


def legend(found: Sequence[Matrix]) -> str:
    """What the cells of these tables mean."""
    return LEGEND + (OTHERS if any(each.control for each in found) else "") + "."


def show(found: Matrix, console: Console) -> None:
    """What differs from the base; the rest of the matrix in a line or two."""
    told = wire_changes(found)
    put(console, (f"On the wire, {found.ground}", "bold"), hang=0)
    if told.rows:
        _changes(told, console)
    for behaviours, what in ((told.passing, "all passing"), (told.failing, "not all passing")):
        if behaviours:
            put(console, f"As on the base, {what}: {', '.join(behaviours)}.")
    if told.idle:
        put(console, f"As the base everywhere: {', '.join(told.idle)}.")
    console.print()


def show_all(found: Matrix, console: Console) -> None:
    """Every cell; the control group is one column."""
    own = len(found.columns) - len(found.control)
    heads = [name.replace("-", " ") for name in summary.short_columns(found)]
    rows: list[list[Part]] = []
    for row in found.rows:
        cells = [*row.cells[:own]]
        if found.control:
            cells.append(summary.sum_of(row.cells[own:]))
        rows.append([row.behaviour, _link(row.link), *map(_coloured, cells)])
    if found.control:
        heads.append(CONTROL)
    title = f"On the wire, {found.ground}: tests that pass in every run (h: hung)"
    tables.show(console, title, [*_keys(), *numbers(*heads)], rows, keys=2)


def show_layers(found: Matrix, console: Console) -> None:
    """The least that passes as many as any, where one layer passes more than the base."""
    names = layer_names(found)
    rows: list[list[Part]] = []
    for row in found.rows:
        enough = summary.sufficient_layer(row.cells, names)
        if enough != ".":
            rows.append([row.behaviour, _link(row.link), *map(_coloured, row.cells), enough])
    columns = [*_keys(), *numbers(*names), Column("enough")]
    if rows:
        tables.show(console, summary.layers_title(found), columns, rows, keys=2)
        put(console, "On all other rows neither passes more than the base.")
    else:
        put(console, f"{summary.layers_title(found)}: neither passes more than the base.")
    console.print()


def _changes(told: WireChanges, console: Console) -> None:
    names = [", ".join(names) for names in told.columns]
    rows = [_row(row) for row in told.rows]
    control = [CONTROL] if any(row.control for row in told.rows) else []

    def columns(heads: list[str]) -> list[Column]:
        return [*_keys(), *numbers("base", *heads, *control)]

    spoken = columns([name.replace("-", " ") for name in names])
    if tables.fits(console, spoken, rows, keys=2):
        tables.show(console, "", spoken, rows, keys=2)
        return
    # Letters for names that would take the place of what they stand over.
    letters = list(ascii_letters[: len(names)]) if len(names) <= len(ascii_letters) else None
    letters = letters or [str(number + 1) for number in range(len(names))]
    put_items(console, map("{}: {}".format, letters, names))
    tables.show(console, "", columns(letters), rows, keys=2)


def _row(row: ChangedRow) -> list[Part]:
    cells: list[Part] = [row.behaviour, links(row), _text(row.base)]
    for cell in row.cells:
        better = is_better(row.base, cell)
        text = step(row.base, cell)
        colour = {True: "green", False: "red", None: "dim"}[better]
        # More pass, and more hang: neither is the whole of it.
        cells.append((text, "yellow" if better and text.endswith("h") else colour))
    if row.control is not None:
        cells.append((_text(row.control), "dim"))
    return cells


def links(row: ChangedRow) -> str:
    """``bridge, tearing``, or where that is long the first and how many there are beside."""
    names = ", ".join(row.links)
    if len(names) <= LINK_WIDTH or len(row.links) == 1:
        return names
    return f"{row.links[0]} and {len(row.links) - 1} more"


def _keys() -> list[Column]:
    return [Column("behaviour"), Column("link", gives=Gives.WRAPS)]


def _link(link: str) -> str:
    """``faithful+slow`` may be broken at its plus."""
    return link.replace("+", " +")


def _text(cell: Cell) -> str:
    """How many pass; how many of the others hang stands in the whole matrix."""
    return summary.cell_text(Cell(cell.passed, cell.tests)) if cell.tests else ""


def _coloured(cell: Cell) -> Part:
    text = summary.cell_text(cell)
    if cell.tests == 0:
        return text, "dim"
    return text, "green" if cell.passed == cell.tests else "red"
