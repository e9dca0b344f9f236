"""One release on one Python: all candidates there, planned, judged and put into cells.

Owns: the request that such a spot is, and what its plan and its report say of each cell. Must
not know which spot comes when.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

import msgspec

from ...judge.gridorder import GridSight, Spot
from ...model import GridCell, GridState, Interpreter, Judgement, Stack, Telling
from ...report.schema import Report
from ...request import Request
from ..comparison import Comparison
from ..judging import Judging
from .axes import Axes, Closed


def request_for(
    request: Request, axes: Axes, spot: Spot, stacks: Sequence[Stack], others: Iterable[str]
) -> Request:
    """What `test` would be asked for that spot alone, with the ``others`` left out: it has the
    same verdicts."""
    python = axes.spots[spot]
    is_chosen = isinstance(python, Interpreter)
    release = axes.releases[spot.release]
    bases: dict[str, tuple[str, ...]] = dict.fromkeys(others, ())
    bases[axes.upstream] = (release.spec,)
    return msgspec.structs.replace(
        request,
        bases=bases,
        candidates=tuple(stacks),
        patches=(),
        series=(),
        each=False,
        python=python.path if isinstance(python, Interpreter) else "",
        # So that what is judged there is called by its Python.
        pythons=(axes.pythons[spot.python],) if is_chosen else (),
        budget=None,
    )


class GridSpot:
    """A spot and what is known of it: a cell for each of ``stacks``.

    ``report`` is what was found out, None before it was judged.
    """

    def __init__(self, axes: Axes, spot: Spot, stacks: Sequence[Stack]) -> None:
        self.axes = axes
        self.spot = spot
        self.judging: Judging | None = None
        self.report: Report | None = None
        self._cells = {stack: self._blank(stack) for stack in stacks}
        self._ways: dict[Stack, Hashable] = {}

    def _blank(self, stack: Stack) -> GridCell:
        what = self.axes.spots[self.spot]
        state, why = what if isinstance(what, Closed) else (GridState.OUT_OF_BUDGET, "")
        return GridCell(
            stack=stack,
            upstream=self.axes.upstream,
            release=self.axes.releases[self.spot.release].name,
            python=self.axes.pythons[self.spot.python],
            state=state,
            why=why,
        )

    @property
    def name(self) -> str:
        """``django 6.1.3, Python 3.12``."""
        name = f"{self.axes.upstream} {self.axes.releases[self.spot.release].name}"
        python = self.axes.pythons[self.spot.python]
        return f"{name}, Python {python}" if python else name

    @property
    def is_tried(self) -> bool:
        """Whether the release is there and runs on the Python."""
        return not isinstance(self.axes.spots[self.spot], Closed)

    def cells(self) -> list[GridCell]:
        """The cells as they are by now."""
        return list(self._cells.values())

    def plan(self, judging: Judging) -> None:
        """Take in what there is to judge: what does not apply has its verdict by that."""
        self.judging = judging
        plan = judging.plan
        unfit = {each.stack: each for each in plan.unfit}
        planned = {each.stack: each for each in plan.comparisons}
        for stack in self._cells:
            if stack in unfit:
                self._judged(stack, unfit[stack])
            elif stack in planned:
                self._ways[stack] = _way(planned[stack])
                self._set(stack, applies=planned[stack].applies)
            else:
                said = "; ".join(note.text for note in plan.notes) or "no test that was chosen can"
                self._set(stack, state=GridState.NOTHING_JUDGES, why=said)

    def close(self, state: GridState, why: str, stacks: Sequence[Stack] = ()) -> None:
        """Say why those of its cells that are open have no verdict; ``stacks``: only of these."""
        for stack in stacks or list(self.open):
            self._set(stack, state=state, why=why)

    def take(self, report: Report, place: int, telling: Telling) -> None:
        """Take in the report of what was judged, or of a part of it."""
        self.report = report
        for judged in report.candidates:
            if judged.stack in self.open:
                self._judged(judged.stack, judged)
                self._set(judged.stack, place=place, telling=telling)

    @property
    def open(self) -> tuple[Stack, ...]:
        """The candidates that are still to be judged."""
        return tuple(
            stack for stack in self._ways if self._cells[stack].state is not GridState.JUDGED
        )

    def sights(self) -> Iterator[GridSight]:
        """What the order of the grid rests on: what of it can be judged."""
        for stack, way in self._ways.items():
            yield GridSight(str(stack), self.spot, way, self._cells[stack].verdict)

    def _judged(self, stack: Stack, judged: Judgement) -> None:
        self._set(
            stack,
            state=GridState.JUDGED,
            verdict=judged.verdict,
            applies=judged.applies,
            base=judged.base,
            why="",
        )

    def _set(self, stack: Stack, **fields: object) -> None:
        self._cells[stack] = msgspec.structs.replace(self._cells[stack], **fields)


def _way(comparison: Comparison) -> Hashable:
    """How a patch goes on: merged or not, and by which of its texts."""
    texts = tuple(patch.name for tree in comparison.patched_trees for patch in tree.patches)
    return comparison.applies, texts
