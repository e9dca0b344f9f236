"""Which departure belongs to which arrival, and so what was lost on the way.

Owns that bookkeeping, by bytes, for each stretch of the way and each direction. It must
not know what the events were called, nor how anything is drawn.

A time at which something arrived is an upper bound and exact for its first byte; one at
which it was sent was noted after the call returned, so the arrival corrects it.
"""

from __future__ import annotations

from collections.abc import Sequence

from .lanes import Lanes
from .notices import ENDS, RIGHT, Notice
from .steps import Kind, Seen, Step

Ordered = tuple[int, Step]
"""A step, and the number of the event that it comes from."""


def across(lanes: Lanes, notices: Sequence[Notice], counting: bool) -> list[Ordered]:
    """The steps over one stretch in one direction; ``counting`` says that both ends count
    the same bytes, so that what did not arrive was lost."""
    steps = [_half(lanes, n) for n in notices if n.kind in (Kind.OPEN, Kind.LOST)]
    leaving = [n for n in notices if n.leaving]
    arriving = [n for n in notices if not n.leaving]
    out = [n for n in leaving if n.kind is Kind.BYTES]
    come = [n for n in arriving if n.kind is Kind.BYTES]
    steps += _counted(lanes, out, come) if counting else [_half(lanes, n) for n in out + come]
    out = [n for n in leaving if n.kind in ENDS]
    come = [n for n in arriving if n.kind in ENDS]
    for here, there in zip(out, come, strict=False):
        # The end that it arrived at knows which of the two it was.
        at = min(here.at, there.at)
        step = Step(at, there.kind, here.lane, there.lane, there.text, arrived=there.at)
        steps.append((min(here.order, there.order), step))
    both = min(len(out), len(come))
    return steps + [_half(lanes, n) for n in out[both:] + come[both:]]


def _half(lanes: Lanes, notice: Notice, size: int | None = None) -> Ordered:
    """A step that only one end tells of."""
    lane, to = _ends(lanes, notice)
    seen = Seen.LEAVING if notice.leaving else Seen.ARRIVING
    if notice.kind is Kind.OPEN:
        seen = Seen.BOTH  # it took both to connect
    bytes_ = notice.size if size is None else size
    step = Step(notice.at, notice.kind, lane, to, notice.text, bytes_, seen=seen)
    return notice.order, step


def _ends(lanes: Lanes, notice: Notice) -> tuple[int, int]:
    """The lanes at which a notice's stretch begins and ends, in its direction."""
    left, right = lanes.left_of(notice.gap, notice.client), lanes.right_of(notice.gap)
    return (left, right) if notice.towards == RIGHT else (right, left)


def _counted(lanes: Lanes, out: list[Notice], come: list[Notice]) -> list[Ordered]:
    """Each departure with its arrival; what did not arrive of it is a step of its own."""
    steps: list[Ordered] = []
    pending = [[notice, notice.size] for notice in come]
    for here in out:
        missing, there, fresh = here.size, None, False
        while missing and pending:
            notice, left = pending[0]
            assert isinstance(notice, Notice) and isinstance(left, int)
            if there is None:
                there, fresh = notice, left == notice.size
            taken = min(missing, left)
            missing -= taken
            pending[0][1] = left - taken
            if left == taken:
                pending.pop(0)
        if there is not None:
            at = min(here.at, there.at) if fresh else here.at
            arrived = there.at if fresh else max(here.at, there.at)
            size = here.size - missing
            order = min(here.order, there.order) if fresh else here.order
            step = Step(at, Kind.BYTES, here.lane, there.lane, "", size, arrived=arrived)
            steps.append((order, step))
        if missing:
            lane, to = _ends(lanes, here)
            lost = Step(here.at, Kind.LOST, lane, to, "never received", missing)
            steps.append((here.order, lost))
    for notice, left in pending:
        assert isinstance(notice, Notice) and isinstance(left, int)
        steps.append(_half(lanes, notice, left))
    return steps
