"""The regression tests as one table: behaviour by link, a column for each tree. Pure.

Owns: how test ids become rows, and outcomes cells; and which four columns tell in
which of two upstreams a fix is needed. May know only ``model``. An id is
``test_full_body.py::test_small_get[runserver-tearing-raw]``: the behaviour is
the file, then come server, link, client and what else tells tests apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ..model import Cell, Matrix, Outcome, Result, Row, Status

# What does not name a link stands under "direct": no test may be missing in silence.
ID = re.compile(r"test_(?P<behaviour>\w+)\.py::\w+(?:\[\w+-(?P<link>[\w+]+)-.+\]|\[.*\])?$")
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


def place_of(test: str) -> tuple[str, str]:
    """The behaviour and the link of a regression test's id; of another test its module."""
    match = ID.match(test)
    if match is None:
        return test.rpartition(".")[0] or test, ""
    return match["behaviour"].replace("_", " "), match["link"] or NO_LINK


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
        key = place_of(name)
        old = cells.get(key, Cell())
        passed = all(outcome.status is Status.PASSED for outcome in outcomes)
        hung = any(o.status is Status.HUNG or o.reason.startswith(HUNG) for o in outcomes)
        cells[key] = Cell(old.passed + passed, old.tests + 1, old.hung + hung)
    return cells
