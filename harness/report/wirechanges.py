"""What candidates change on the wire, in as few rows and columns as tell it. Pure.

Owns: which rows of a matrix say the same and become one, which columns do, and which say no
more than the base does. The whole matrix stands in the files. Must not know how it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..model import Cell, Matrix, Row
from . import summary


class ChangedRow(NamedTuple):
    """A behaviour over the links on which the candidates do the same beside the base.

    ``cells`` and ``control`` are sums over these links; ``control`` is None without one.
    """

    behaviour: str
    links: tuple[str, ...]
    base: Cell
    cells: tuple[Cell, ...]
    control: Cell | None


class WireChanges(NamedTuple):
    """A matrix without what is as on the base.

    ``columns`` are the candidates that differ, those with the same cells everywhere together;
    ``idle`` are those that differ nowhere. ``passing`` and ``failing`` are the behaviours in
    which nobody differs: all of whose tests pass on the base, and the others.
    """

    ground: str
    columns: tuple[tuple[str, ...], ...]
    rows: tuple[ChangedRow, ...]
    idle: tuple[str, ...]
    passing: tuple[str, ...]
    failing: tuple[str, ...]


def wire_changes(found: Matrix) -> WireChanges:
    """What the candidates of a matrix do otherwise than its base, the first column."""
    names = summary.short_columns(found)
    own = len(names)
    alike: dict[tuple[Cell, ...], list[int]] = {}
    for place in range(1, own):
        alike.setdefault(tuple(row.cells[place] for row in found.rows), []).append(place)
    base = tuple(row.cells[0] for row in found.rows)
    idle = alike.pop(base, [])
    shown = [places[0] for places in alike.values()]
    rows = _merged(found, shown, own)
    told = {row.behaviour for row in rows}
    passing: list[str] = []
    failing: list[str] = []
    for behaviour in dict.fromkeys(row.behaviour for row in found.rows):
        if behaviour not in told:
            cells = [row.cells[0] for row in found.rows if row.behaviour == behaviour]
            whole = all(cell.passed == cell.tests for cell in cells)
            (passing if whole else failing).append(behaviour)
    return WireChanges(
        found.ground,
        tuple(tuple(names[place] for place in places) for places in alike.values()),
        tuple(rows),
        tuple(names[place] for place in idle),
        tuple(passing),
        tuple(failing),
    )


def step(base: Cell, cell: Cell) -> str:
    """How a cell differs from the base's, in a few characters.

    ``all``: every test passes, and not all do on the base. ``+2``: so many more pass, ``-3``
    fewer; ``h``: more hang. A dot: as many do either. ``2/3`` where other tests ran, and
    nothing where none did.
    """
    if cell.tests == 0:
        return ""
    if cell.tests != base.tests:
        return summary.cell_text(cell)
    if cell == base:
        return "·"
    if cell.passed == cell.tests:
        return "all"
    more = cell.passed - base.passed
    hangs = "h" if cell.hung > base.hung else ""
    if not more and not hangs:
        return "0"
    return f"{more:+d}{hangs}" if more else hangs


def is_better(base: Cell, cell: Cell) -> bool | None:
    """Whether more pass than on the base; None if as many do and no more hang.

    Where other numbers of tests ran it is their share, and None if on one side none did.
    """
    if cell.tests == 0 or base.tests == 0:
        return None
    before, after = base.passed * cell.tests, cell.passed * base.tests
    if before == after:
        before, after = cell.hung * base.tests, base.hung * cell.tests
    return None if before == after else after > before


def _merged(found: Matrix, shown: Sequence[int], own: int) -> list[ChangedRow]:
    """The rows in which somebody differs; links of a behaviour that tell the same are one."""
    together: dict[tuple[str, tuple[bool | None, ...]], list[Row]] = {}
    for row in found.rows:
        signs = tuple(is_better(row.cells[0], row.cells[place]) for place in shown)
        if any(sign is not None for sign in signs):
            together.setdefault((row.behaviour, signs), []).append(row)
    return [
        ChangedRow(
            behaviour,
            tuple(row.link for row in rows),
            summary.sum_of([row.cells[0] for row in rows]),
            tuple(summary.sum_of([row.cells[place] for row in rows]) for place in shown),
            summary.sum_of([cell for row in rows for cell in row.cells[own:]])
            if found.control
            else None,
        )
        for (behaviour, _), rows in together.items()
    ]
