"""The regression tests as one table: behaviour by link, a column for each tree. Pure.

Owns: how the scenes of tests become rows, and outcomes cells; and which four columns
tell in which of two upstreams a fix is needed. May know only ``model``. What a test
is about stands in its outcome's scene; no test's id is taken apart for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ..model import (
    BaseName,
    Cell,
    Matrix,
    Outcome,
    Result,
    Row,
    Scene,
    Stack,
    Status,
    ground_name,
)

# A scene without a link stands under "direct": no test may be missing in silence.
NO_LINK = "direct"
HUNG = "hung"
BASE = "base"
HALVES = 2


def build(
    bases: tuple[BaseName, ...],
    columns: Mapping[Stack, Sequence[Result]],
    control: Mapping[str, Sequence[Result]],
) -> Matrix | None:
    """The matrix of one ground, or None if no regression test ran on it.

    ``columns`` are the runs of the base (the empty stack) and of each stack, ``control``
    those of the control group's servers, which stand behind them.
    """
    named = {str(stack) or BASE: results for stack, results in columns.items()}
    found = table(ground_name(bases), named, control)
    return found and msgspec.structs.replace(found, stacks=tuple(columns), bases=bases)


def table(
    ground: str,
    columns: Mapping[str, Sequence[Result]],
    control: Mapping[str, Sequence[Result]],
) -> Matrix | None:
    """A matrix with columns of any name, or None if no regression test ran.

    A test that did not pass in every run counts as not passed.
    """
    counted = {name: _cells(results) for name, results in columns.items()}
    keys = sorted({key for cells in counted.values() for key in cells})
    counted |= {name: _cells(results) for name, results in control.items()}
    if not keys:
        return None
    rows = tuple(
        Row(
            behaviour=behaviour,
            link=link,
            cells=tuple(cells.get((behaviour, link), Cell()) for cells in counted.values()),
        )
        for behaviour, link in keys
    )
    return Matrix(ground=ground, columns=tuple(counted), control=tuple(control), rows=rows)


def row_key(test: str, scene: Scene | None) -> tuple[str, str]:
    """The behaviour and the link that a test stands under; without a scene they are
    what holds it (its class, its file) and no link."""
    if scene is None:
        return test.rpartition(".")[0] or test, ""
    return scene.behaviour, scene.link or NO_LINK


def layers(found: Matrix) -> list[Matrix]:
    """For each stack on two upstreams of a matrix: neither half, each alone, and both.

    The halves stand in the order in which the ground names their upstreams. Only stacks
    whose halves were tried on the same ground have such a table.
    """
    tables = []
    for stack in found.stacks:
        halves = [stack.on(base.upstream) for base in found.bases]
        columns = (Stack(), *(half for half in halves if half.names), stack)
        if len(stack.upstreams) == HALVES and set(columns) <= set(found.stacks):
            places = [found.stacks.index(each) for each in columns]
            rows = tuple(
                Row(row.behaviour, row.link, tuple(row.cells[place] for place in places))
                for row in found.rows
            )
            tables.append(
                msgspec.structs.replace(
                    found,
                    columns=tuple(found.columns[place] for place in places),
                    stacks=columns,
                    control=(),
                    rows=rows,
                )
            )
    return tables


def layer_names(layer: Matrix) -> tuple[str, ...]:
    """What the four columns of such a table are: `neither`, two upstreams, `both`."""
    _, one, other, _ = layer.stacks
    return ("neither", *one.upstreams, *other.upstreams, "both")


def _cells(results: Sequence[Result]) -> dict[tuple[str, str], Cell]:
    tests: dict[str, list[Outcome]] = {}
    for result in results:
        for name, outcome in result.outcomes.items():
            tests.setdefault(name, []).append(outcome)
    cells: dict[tuple[str, str], Cell] = {}
    for name, outcomes in tests.items():
        if any(o.status is Status.SKIPPED for o in outcomes):
            continue
        key = row_key(name, next((o.scene for o in outcomes if o.scene is not None), None))
        old = cells.get(key, Cell())
        passed = all(outcome.status is Status.PASSED for outcome in outcomes)
        hung = any(o.status is Status.HUNG or o.reason.startswith(HUNG) for o in outcomes)
        cells[key] = Cell(old.passed + passed, old.tests + 1, old.hung + hung)
    return cells
