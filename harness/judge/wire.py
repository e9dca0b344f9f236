"""The regression tests as one table: behaviour by link, a column for each tree. Pure.

Owns: how the scenes of tests become rows, and outcomes cells; and which four columns
tell in which of two upstreams a fix is needed. May know only ``model``. What a test
is about stands in its outcome's scene; no test's id is taken apart for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..model import Cell, Matrix, Outcome, Result, Row, Scene, Status

# A scene without a link stands under "direct": no test may be missing in silence.
NO_LINK = "direct"
HUNG = "hung"
BASE = "base"
LAYERS = ("neither", "Django", "CPython", "both")


def build(
    ground: str,
    columns: Mapping[str, Sequence[Result]],
    control: Mapping[str, Sequence[Result]],
) -> Matrix | None:
    """The matrix of one ground, or None if no regression test ran on it.

    ``columns`` are the runs of each tree by its name, ``control`` those of the
    control group's servers, which stand behind them. A test that did not pass
    in every run counts as not passed.
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


def halves(name: str) -> tuple[str, ...]:
    """What a stack puts on each upstream: ``django/a`` and ``cpython/b`` of ``cpython/b+django/a``.

    In the order in which the grounds name the upstreams, Django first.
    """
    parts = name.split("+")
    upstreams = sorted({part.partition("/")[0] for part in parts}, reverse=True)
    return tuple("+".join(p for p in parts if p.startswith(f"{u}/")) for u in upstreams)


def is_half(name: str, others: Iterable[str]) -> bool:
    """Whether ``name`` is what one of the stacks puts on one of its two upstreams."""
    return any(name in halves(other) for other in others if other != name)


def layers(found: Matrix) -> list[Matrix]:
    """For each stack on both upstreams of a matrix: neither half, each alone, and both.

    Only stacks whose halves were tried on the same ground have such a table.
    """
    tables = []
    for stack in found.columns:
        columns = (BASE, *halves(stack), stack)
        if len(columns) == len(LAYERS) and set(columns) <= set(found.columns):
            places = [found.columns.index(name) for name in columns]
            rows = tuple(
                Row(row.behaviour, row.link, tuple(row.cells[place] for place in places))
                for row in found.rows
            )
            tables.append(Matrix(ground=found.ground, columns=columns, control=(), rows=rows))
    return tables


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
