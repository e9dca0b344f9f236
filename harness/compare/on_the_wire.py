"""What happened on the wire on each ground: the tables of what passed, and what was seen.

Owns: whose runs of the wire suite make which column. Must not know what a table or an
exchange tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..judge import wire
from ..model import BaseName, Job, Judgement, Matrix, Result, Stack
from ..report.schema import Sighting
from ..suites import WIRE
from . import sightings
from .comparison import Comparison
from .schedule import Schedule


class _Wired(NamedTuple):
    """One ground, and the runs of the wire suite on its base and on each stack."""

    bases: tuple[BaseName, ...]
    columns: Mapping[Stack, Sequence[Result]]


class OnTheWire:
    """The runs of the wire suite in a schedule that is at its end."""

    def __init__(self, schedule: Schedule, beside: Iterable[Job]) -> None:
        """``beside`` are the jobs of the control group, all of which have a result."""
        self._pooled = schedule.pooled
        self._control = {" ".join(job.labels): [schedule.results[job]] for job in beside}

    def matrices(self, comparisons: Iterable[Comparison]) -> Iterator[Matrix]:
        """How much of each behaviour passed, a matrix for each ground."""
        for bases, columns in self._wired(comparisons):
            built = wire.build(bases, columns, self._control)
            yield from [built] if built else []

    def sightings(self, judged: Sequence[tuple[Comparison, Judgement]]) -> Iterator[Sighting]:
        """What was seen in the tests that these judgements are about, by ground and column."""
        wired = list(self._wired(comparison for comparison, _ in judged))
        for bases, columns in wired:
            changed = {
                comparison.stack: {each.test for each in judgement.changes if each.suite == WIRE}
                for comparison, judgement in judged
                if comparison.ground.names == bases
            }
            yield from sightings.on_ground(bases, columns, changed)
        yield from sightings.of_control(self._control if wired else {})

    def _wired(self, comparisons: Iterable[Comparison]) -> Iterator[_Wired]:
        """The grounds on which the suite judges something."""
        grounds: dict[tuple[BaseName, ...], list[Comparison]] = {}
        for comparison in comparisons:
            if any(part.suite == WIRE for part in comparison.parts):
                grounds.setdefault(comparison.ground.names, []).append(comparison)
        for bases, here in grounds.items():
            columns = {Stack(): self._sides(here[0])[0]}
            columns |= {each.stack: self._sides(each)[1] for each in here}
            yield _Wired(bases, columns)

    def _sides(self, comparison: Comparison) -> tuple[list[Result], list[Result]]:
        """The runs on the base, and on the patched trees."""
        sides: tuple[list[Result], list[Result]] = ([], [])
        for part in comparison.parts:
            if part.suite == WIRE:
                sides[0].extend(run.result for run in self._pooled.base(comparison, part))
                sides[1].extend(run.result for run in self._pooled.patched(comparison, part))
        return sides
