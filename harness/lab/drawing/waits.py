"""Who waited for whom, and whose connection was open when.

Owns what is told of the time between steps. It must not know how steps are found, nor
how anything is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import inf

from ..observation import Observation
from .lanes import Lanes
from .notices import ENDS, MARKS, Notice
from .steps import BREAK, Kind, Step, Wait
from .words import in_ms


def waits(lanes: Lanes, found: list[Notice], steps: list[Step]) -> Iterator[Wait]:
    """Each long silence, by who had to wait in it."""
    holds = _holds(found, steps)
    moments = sorted(
        [(step.at, n, step) for n, step in enumerate(steps)]
        + [(step.arrived, n, step) for n, step in enumerate(steps) if step.arrived],
        key=lambda moment: moment[:2],
    )
    for (since, _, before), (until, _, after) in pairwise(moments):
        if until - since < BREAK:
            continue
        ms = f"{in_ms(until - since)} ms"
        holder = next((who for who, a, b in holds if a <= since and until <= b), None)
        if before.text == MARKS["started"]:
            yield Wait(since, until, before.lane, f"takes {ms} to start")
        elif holder is not None:
            yield Wait(since, until, holder, f"holds back {ms}")
        elif after.to is not None:
            yield Wait(since, until, after.to, f"waits {ms} for {lanes.names[after.lane]}")
        elif after.text == MARKS["gave up waiting"]:
            yield Wait(since, until, after.lane, f"still waiting after {ms}", vain=True)
        elif after.lane == lanes.server:
            yield Wait(since, until, after.lane, f"not free for {ms}", vain=after.kind is Kind.BAD)
        elif lanes.is_client(after.lane):
            yield Wait(since, until, after.lane, f"waits {ms}", vain=after.kind is Kind.BAD)


def _holds(found: list[Notice], steps: list[Step]) -> list[tuple[int, float, float]]:
    """Who would not read, from when until something came from the server or it left: lane,
    seconds."""
    holds = []
    for said in (n for n in found if n.text == MARKS["holds back"]):
        later = [step for step in steps if step.at > said.at]
        came = [s.arrived or s.at for s in later if s.to == said.lane and s.lane > said.lane]
        left = [s.at for s in later if s.lane == said.lane and s.kind in ENDS]
        holds.append((said.lane, said.at, min([*came, *left], default=inf)))
    return holds


def connections(
    seen: Observation, lanes: Lanes, found: list[Notice]
) -> Iterator[tuple[int, float, float | None]]:
    """Whose connection was open from when to when."""
    begun: dict[int, float] = {}
    for n in found:
        if lanes.is_client(n.lane):
            if n.text == MARKS["started"]:
                # A program, which has ended when it says what it got.
                yield n.lane, n.at, max(e.at for e in found if e.lane == n.lane)
            if n.kind is Kind.OPEN:
                begun.setdefault(n.lane, n.at)
            ended = n.text == MARKS["closed"] or (n.leaving and n.kind in ENDS)
            if ended and n.lane in begun:
                yield n.lane, begun.pop(n.lane), n.at
    for lane, since in begun.items():
        yield lane, since, None
    first = min(
        (n.at for n in found if n.kind is Kind.OPEN or n.text == MARKS["started"]), default=None
    )
    if first is not None:
        yield lanes.server, first, seen.free
