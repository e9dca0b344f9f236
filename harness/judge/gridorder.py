"""Which cell of a grid of releases and Pythons tells most next. Pure.

Owns: that order, which is another one after every verdict: it is asked again each time. May
know only ``model``. What a cell costs plays no part in it. The rule, from what tells most to
what tells least, for each candidate:

1. its newest release on the newest Python that runs it: what everybody asks first;
2. the ends of the grid: the newest release on its oldest Python, the oldest release on its
   newest one and on its oldest. What holds at all ends mostly holds between them;
3. the newest cell on which the patch goes on in a way that was judged nowhere: by another text,
   or merged three ways. That is another patch, of which nothing is known;
4. the middle between two cells of one release, or of one Python, with different verdicts and
   with none between them: somewhere there is a boundary, and each step halves where it can be;
5. the rest, what goes on in another way than the newest one first, then what is furthest from
   all that is known.

A pair of a release and a Python is judged for all candidates at once, as they share the runs
of the base; what it tells is what it tells of the one for which it tells most.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..model import Telling, Verdict

RANKS: Mapping[Telling, int] = {telling: rank for rank, telling in enumerate(Telling)}


class Spot(NamedTuple):
    """A release and a Python by their numbers, the newest being 0."""

    release: int
    python: int


class GridSight(NamedTuple):
    """What is known of one candidate on one spot, where it can be judged.

    ``way`` is how it goes onto the release: the same text in the same manner is the same way.
    ``verdict`` is None where it was not judged yet.
    """

    candidate: str
    spot: Spot
    way: Hashable
    verdict: Verdict | None = None


class NextSpot(NamedTuple):
    """A spot that is still to be judged, and why it comes where it does."""

    spot: Spot
    telling: Telling


class _Claim(NamedTuple):
    """What one candidate says for a spot; the least comes first."""

    rank: int
    detail: int
    telling: Telling


def spots_in_order(sights: Iterable[GridSight]) -> list[NextSpot]:
    """Every spot on which something is still to be judged, the most telling first."""
    grids: dict[str, dict[Spot, GridSight]] = {}
    for sight in sights:
        grids.setdefault(sight.candidate, {})[sight.spot] = sight
    claims: dict[Spot, list[_Claim]] = {}
    for grid in grids.values():
        for spot, claim in _claims(grid).items():
            claims.setdefault(spot, []).append(claim)

    def before(spot: Spot) -> tuple[object, ...]:
        best = min(claims[spot])
        of_that_rank = sum(claim.rank == best.rank for claim in claims[spot])
        return best.rank, -of_that_rank, best.detail, spot

    return [NextSpot(spot, min(claims[spot]).telling) for spot in sorted(claims, key=before)]


def _claims(grid: Mapping[Spot, GridSight]) -> dict[Spot, _Claim]:
    """The best claim for each spot on which one candidate is still to be judged."""
    found: dict[Spot, _Claim] = {}
    for spot, telling, detail in _reasons(grid):
        claim = _Claim(RANKS[telling], detail, telling)
        if grid[spot].verdict is None and (spot not in found or claim < found[spot]):
            found[spot] = claim
    return found


def _reasons(grid: Mapping[Spot, GridSight]) -> Iterator[tuple[Spot, Telling, int]]:
    newest = min(grid)
    yield newest, Telling.NEWEST, 0
    for number, end in enumerate(_ends(grid)):
        yield end, Telling.END, number
    yield from _unknown_ways(grid)
    yield from _boundaries(grid)
    known = [spot for spot, sight in grid.items() if sight.verdict is not None]
    for spot, sight in grid.items():
        near = min((_distance(spot, other) for other in known), default=0)
        # What is a clean copy of what was judged tells least, however far away it is.
        is_other = sight.way != grid[newest].way
        yield spot, Telling.REST, -near - len(grid) * is_other


def _ends(grid: Iterable[Spot]) -> list[Spot]:
    """The corners of a grid in which not every release has every Python."""
    spots = sorted(grid)
    first = [spot for spot in spots if spot.release == spots[0].release]
    last = [spot for spot in spots if spot.release == spots[-1].release]
    return [last[0], last[-1], first[-1]]


def _unknown_ways(grid: Mapping[Spot, GridSight]) -> Iterator[tuple[Spot, Telling, int]]:
    seen = {sight.way for sight in grid.values() if sight.verdict is not None}
    for spot in sorted(grid):
        if grid[spot].way not in seen:
            seen.add(grid[spot].way)
            yield spot, Telling.OTHER_TEXT, 0


def _boundaries(grid: Mapping[Spot, GridSight]) -> Iterator[tuple[Spot, Telling, int]]:
    """The middle of each gap between two different verdicts; the widest gap tells most."""
    for line in _lines(grid):
        judged = [number for number, spot in enumerate(line) if grid[spot].verdict is not None]
        for one, other in pairwise(judged):
            gap = other - one - 1
            if gap and grid[line[one]].verdict is not grid[line[other]].verdict:
                yield line[(one + other) // 2], Telling.BOUNDARY, -gap


def _lines(grid: Iterable[Spot]) -> Iterator[Sequence[Spot]]:
    """The spots of each release, and those of each Python, in their order."""
    spots = sorted(grid)
    for place in range(len(Spot._fields)):
        for number in dict.fromkeys(spot[place] for spot in spots):
            yield [spot for spot in spots if spot[place] == number]


def _distance(one: Spot, other: Spot) -> int:
    return abs(one.release - other.release) + abs(one.python - other.python)
