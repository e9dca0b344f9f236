"""Cells, heads and sums of the tables of the wire. Pure.

Owns: what stands in a cell, and which layer is enough. Must not know terminals or Markdown.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Cell, Matrix, Stack


def cell_text(cell: Cell) -> str:
    """``all``, ``3/5`` or ``3/5 2h`` (two hung); a dot where nothing was tried."""
    if cell.tests == 0:
        return "."
    text = "all" if cell.passed == cell.tests else f"{cell.passed}/{cell.tests}"
    return f"{text} {cell.hung}h" if cell.hung else text


def sum_of(cells: Sequence[Cell]) -> Cell:
    """Several cells as one."""
    return Cell(
        passed=sum(cell.passed for cell in cells),
        tests=sum(cell.tests for cell in cells),
        hung=sum(cell.hung for cell in cells),
    )


def layers_title(found: Matrix) -> str:
    """What stands over the table that tells which layer suffices."""
    _, upper, lower, _ = found.columns
    return f"Which layer suffices, {found.ground}: {upper} and {lower}"


def short_columns(found: Matrix) -> list[str]:
    """What stands over the columns that are trees: the candidates' own names."""
    own = found.columns[: len(found.columns) - len(found.control)]
    # A report that an older workbench wrote has no stacks.
    stacks = found.stacks or [Stack()] * len(own)
    return [stack.short or name for name, stack in zip(own, stacks, strict=True)]


def sufficient_layer(cells: Sequence[Cell], names: Sequence[str]) -> str:
    """The least that passes as many tests as any: ``either``, one layer, or ``both``.

    The cells are those of a table of layers, ``names`` its ``layer_names``. A dot: no
    layer passes more than the base. ``alone`` is said where the other layer undoes some
    of it.
    """
    neither, upper, lower, both = (cell.passed for cell in cells)
    best = max(neither, upper, lower, both)
    if neither == best:
        return "."
    _, upper_name, lower_name, both_names = names
    least = {(True, True): "either", (True, False): upper_name, (False, True): lower_name}
    text = least.get((upper == best, lower == best), both_names)
    return text if both == best else f"{text} alone"
