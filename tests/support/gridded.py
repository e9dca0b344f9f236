"""A small report with a grid: two releases on two Pythons, of which one cell is judged."""

from __future__ import annotations

import msgspec

from harness.model import (
    ApplyResult,
    BaseName,
    ChangeKind,
    GridCell,
    GridState,
    Stack,
    Status,
    Verdict,
)
from harness.report.schema import Report
from support.reports import DJANGO, MADE, judgement
from support.values import change

HERE = BaseName("django", "6.1.3", "3.13.0")
BROKEN = change(ChangeKind.BROKEN, base=Status.PASSED, patched=Status.FAILED, confirmed=True)
X = Stack.read("django/x")


def cell(release: str, python: str, state: GridState, **fields: object) -> GridCell:
    return msgspec.structs.replace(GridCell(X, "django", release, python, state), **fields)


BREAKS = judgement(Verdict.BREAKS, BROKEN, base=str(HERE), ground=(HERE,))
GRID = (
    cell("6.1.3", "3.13", GridState.JUDGED, verdict=Verdict.BREAKS, base=str(HERE), place=1),
    cell("6.1.3", "3.10", GridState.UNSUPPORTED, why="django 6.1.3 needs Python 3.12 to 3.14"),
    cell("5.2", "3.13", GridState.OUT_OF_BUDGET, why="the budget was used", applies=ApplyResult.NO),
    cell("5.2", "3.10", GridState.NO_PYTHON, why="there is none"),
)
REPORT = Report(MADE, (DJANGO,), (BREAKS,), grid=GRID)
