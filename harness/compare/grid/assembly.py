"""One report of many: those of single releases on single Pythons, and the grid above them.

Owns: how they are put together. Must not know how any of them was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from ...model import GridCell, GridState
from ...report.schema import Report, RunInfo, Sighting

T = TypeVar("T")


def assembled(
    made: RunInfo, reports: Sequence[Report], grid: Sequence[GridCell], hints: Iterable[str]
) -> Report:
    """The report of a grid. What several of the reports say stands in it once."""
    return Report(
        made=made,
        bases=_each_once(line for report in reports for line in report.bases),
        candidates=tuple(each for report in reports for each in report.candidates),
        controls=tuple(each for report in reports for each in report.controls),
        notes=_each_once(
            [*(note for report in reports for note in report.notes), *_not_judged(grid)]
        ),
        hints=_each_once([*hints, *(hint for report in reports for hint in report.hints)]),
        matrices=tuple(each for report in reports for each in report.matrices),
        sightings=tuple(_sightings(reports)),
        grid=tuple(grid),
    )


def _each_once(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _sightings(reports: Iterable[Report]) -> Iterator[Sighting]:
    """The control group stands beside every ground, and is seen once."""
    told: set[tuple[str, str]] = set()
    for report in reports:
        for seen in report.sightings:
            place = (seen.column, seen.test)
            if seen.ground or place not in told:
                yield seen
        told |= {(seen.column, seen.test) for seen in report.sightings if not seen.ground}


def _not_judged(grid: Iterable[GridCell]) -> Iterator[str]:
    """A line for each reason for which cells that were asked for have no verdict."""
    undone = [cell for cell in grid if cell.state.is_undone_work]
    states = list(GridState)
    undone.sort(key=lambda cell: (states.index(cell.state), cell.why))
    for why, cells in groupby(undone, key=lambda cell: cell.why):
        here = list(cells)
        cell = "cell was" if len(here) == 1 else "cells were"
        yield f"{len(here)} {cell} not judged, {why}: {'; '.join(_names(here))}"


def _names(cells: Iterable[GridCell]) -> Iterator[str]:
    """``django 6.1.3 on Python 3.13, 3.12 (django/x, django/y)`` for each release."""
    stacks: dict[tuple[str, str], dict[str, None]] = {}
    for cell in cells:
        place = f"{cell.upstream} {cell.release}"
        stacks.setdefault((place, cell.python), {})[str(cell.stack)] = None
    pythons: dict[tuple[str, str], list[str]] = {}
    for (release, python), those in stacks.items():
        pythons.setdefault((release, ", ".join(those)), []).append(python)
    for (release, names), words in pythons.items():
        on = f" on Python {', '.join(words)}" if any(words) else ""
        yield f"{release}{on} ({names})"
