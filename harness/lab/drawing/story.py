"""From one observation to its drawing.

Owns which steps there are: with what never came, and joined where there is too much of
it. It must not know how it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from ..observation import Ending, Observation
from .lanes import Lanes, lanes_of
from .matching import Ordered, across
from .notices import ENDS, LEFT, RIGHT, Notice, notices
from .steps import BREAK, Drawing, Kind, Step
from .waits import connections, waits
from .words import in_bytes, in_ms

READ: Final = "body read:"
SENT: Final = "request sent:"
"""What a client says that counts what its library gives and takes, or what TLS does."""

UNREAD: Final = "stopped reading"
"""The reason of a client that did not want the rest."""


def drawing(label: str, seen: Observation, most: int = 40) -> Drawing:
    """The drawing of one side, with at most ``most`` steps: the middle of more is joined."""
    lanes = lanes_of(seen)
    found = notices(seen, lanes)
    ordered = _steps(lanes, found)
    ordered.sort(key=lambda each: (each[1].at, each[0]))
    steps = _joined(_with_end(seen, lanes, found, [step for _, step in ordered]))
    return Drawing(
        label,
        seen,
        lanes,
        _cut(steps, most),
        tuple(waits(lanes, found, steps)),
        tuple(connections(seen, lanes, found)),
    )


def _steps(lanes: Lanes, found: list[Notice]) -> list[Ordered]:
    counting = _clients_count(found)
    marks = (Kind.MARK, Kind.GOOD, Kind.BAD)
    standing = [n for n in found if n.kind in marks]
    passing = [n for n in found if n.kind not in marks]
    steps = [(n.order, Step(n.at, n.kind, n.lane, None, n.text, n.size)) for n in standing]
    for gap in range(len(lanes.ends) + 1):
        for towards in (RIGHT, LEFT):
            here = [n for n in passing if (n.gap, n.towards) == (gap, towards)]
            both = gap < len(lanes.ends)
            if both and gap == 0 and not counting:
                # Such a client reads bodies, the link bytes: they can not be set against
                # each other.
                steps += [
                    (
                        n.order,
                        Step(
                            n.at, Kind.MARK, n.lane, None, READ if not n.leaving else SENT, n.size
                        ),
                    )
                    for n in here
                    if _of_a_body(lanes, n) and n.size
                ]
                here = [n for n in here if not _of_a_body(lanes, n)]
                both = False
            steps += across(lanes, here, both)
    return steps + [each for lane in lanes.ends for each in _kept(lanes, found, lane)]


def _kept(lanes: Lanes, found: list[Notice], lane: int) -> Iterator[Ordered]:
    """What a link got from the server, and neither passed on nor said that it dropped."""
    own = [n for n in found if n.lane == lane and n.towards == LEFT]
    sizes = [n.size if not n.leaving else -n.size for n in own if n.kind not in ENDS]
    if (kept := sum(sizes)) > 0:
        to = lanes.left_of(lanes.gap(lane, LEFT), own[-1].client)
        yield own[-1].order, Step(own[-1].at, Kind.LOST, lane, to, "dropped", kept)


def _of_a_body(lanes: Lanes, notice: Notice) -> bool:
    return notice.kind is Kind.BYTES and lanes.is_client(notice.lane)


def _clients_count(found: list[Notice]) -> bool:
    """Whether the clients count what is on the wire, and not what a library or TLS gave them."""
    bytes_ = [n for n in found if n.kind is Kind.BYTES and n.gap == 0 and n.towards == RIGHT]
    sent = [n.size for n in bytes_ if n.leaving]
    return bool(sent) and all(sent) and sum(n.size for n in bytes_ if not n.leaving) <= sum(sent)


def _with_end(
    seen: Observation, lanes: Lanes, found: list[Notice], steps: list[Step]
) -> list[Step]:
    """The steps with what no event says: what never came, where the client's part of the
    response ends, and when it knew that it had all."""
    clients = [n for n in found if lanes.is_client(n.lane)]
    got = [n for n in clients if not n.leaving]
    ends = [n for n in clients if (n.kind in ENDS and not n.leaving) or n.kind is Kind.BAD]
    last = next((each[-1] for each in (ends, got, clients) if each), None)
    lane = last.lane if last else 0
    if seen.known is not None:
        words = "knows the end" if seen.good else "takes it for the end"
        kind = Kind.GOOD if seen.good else Kind.BAD
        steps = _placed(steps, [Step(seen.known, kind, lane, None, words)])
    at = last.at if last else max((step.at for step in steps), default=0.0)
    if seen.known is not None:
        at = seen.known
    return _placed(steps, list(_missing(seen, lanes, steps, at, lane)))


def _missing(
    seen: Observation, lanes: Lanes, steps: list[Step], at: float, lane: int
) -> Iterator[Step]:
    if seen.ending is Ending.REFUSED:
        yield Step(at, Kind.BAD, lane, None, "refused: no connection")
        return
    lost = (step for step in steps if step.kind is Kind.LOST)
    told = sum(step.size for step in lost if step.to is not None and step.to < step.lane)
    missing = seen.expected - seen.received
    # What is lost on the wire may be a little less than that, for its framing.
    if missing > 0 and told * 1.1 < missing:
        words = "not read" if seen.reason == UNREAD else "never came"
        yield Step(at, Kind.LOST, lanes.server, lane, words, missing - told)
    if seen.truncated_at is not None:
        yield Step(at, Kind.BAD, lane, None, f"the body ends at byte {seen.truncated_at:,}")
    elif seen.differs_at is not None:
        yield Step(at, Kind.BAD, lane, None, f"wrong from byte {seen.differs_at:,} on")
    elif not seen.good and seen.ending is not Ending.COMPLETE:
        yield Step(at, Kind.BAD, lane, None, "no end of it seen")


def _placed(steps: list[Step], more: list[Step]) -> list[Step]:
    """The steps with some more, behind those of the same time."""
    for step in more:
        place = next((n for n, each in enumerate(steps) if each.at > step.at), len(steps))
        steps = [*steps[:place], step, *steps[place:]]
    return steps


def _joined(steps: list[Step]) -> list[Step]:
    """Bytes that follow each other the same way, with nothing else in between, as one."""
    done: list[Step] = []
    run: dict[tuple[int, int | None, str], int] = {}
    direction, before = 0, 0.0
    for step in steps:
        way = 0 if step.to is None else step.to - step.lane
        same = step.kind is Kind.BYTES and way * direction > 0 and step.at - before < BREAK
        key = (step.lane, step.to, step.seen)
        if not same:
            run = {}
        if step.kind is Kind.BYTES and key in run:
            place = run[key]
            first = done[place]
            done[place] = replace(
                first, size=first.size + step.size, count=first.count + step.count
            )
        else:
            run[key] = len(done)
            done.append(step)
        direction = way if step.kind is Kind.BYTES else 0
        before = max(step.at, step.arrived or 0.0)
    return done


def _cut(steps: list[Step], most: int) -> tuple[Step, ...]:
    if len(steps) <= most:
        return tuple(steps)
    first = most // 2
    last = most - first - 1
    left = steps[first : len(steps) - last]
    size = sum(step.size for step in left if step.kind is Kind.BYTES)
    text = f"… {len(left)} more steps, {in_bytes(size)}, to {in_ms(left[-1].at)} ms …"
    joined = Step(left[0].at, Kind.MARK, left[0].lane, None, text)
    return (*steps[:first], joined, *steps[len(steps) - last :])
