"""What each event says: something left a lane, arrived at one, or happened on it.

Owns the words that clients and links use for their events. It must not know which
departure belongs to which arrival, nor how anything is drawn. An event whose words it
does not know is a mark on its lane.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from ..observation import Event, Observation
from .lanes import SERVER, Lanes
from .steps import Kind

RIGHT: Final = 1
LEFT: Final = -1

CLIENT: Final[dict[str, tuple[Kind, int, bool]]] = {
    "connected": (Kind.OPEN, RIGHT, True),
    "sent": (Kind.BYTES, RIGHT, True),
    "sent its request": (Kind.BYTES, RIGHT, True),
    "sent FIN": (Kind.FIN, RIGHT, True),
    "sent RST": (Kind.RST, RIGHT, True),
    "closed": (Kind.FIN, RIGHT, True),
    "received": (Kind.BYTES, LEFT, False),
    "received FIN": (Kind.FIN, LEFT, False),
    "received RST": (Kind.RST, LEFT, False),
}
"""A client's events: what passed, in which direction, and whether it left or arrived."""

LINK: Final[dict[str, tuple[Kind, int, bool]]] = {
    "got from client": (Kind.BYTES, RIGHT, False),
    "got FIN from client": (Kind.FIN, RIGHT, False),
    "got RST from client": (Kind.RST, RIGHT, False),
    "passed to server": (Kind.BYTES, RIGHT, True),
    "passed FIN to server": (Kind.FIN, RIGHT, True),
    "got from server": (Kind.BYTES, LEFT, False),
    "got FIN from server": (Kind.FIN, LEFT, False),
    "got RST from server": (Kind.RST, LEFT, False),
    "passed to client": (Kind.BYTES, LEFT, True),
    "passed FIN to client": (Kind.FIN, LEFT, True),
    "dropped": (Kind.LOST, LEFT, True),
    "Node has exited": (Kind.FIN, LEFT, True),
}
"""The same for the events of a link."""

BOTH: Final = {"closed both sides": Kind.FIN, "reset both sides": Kind.RST}
"""Events of a link that end both of its connections."""

MARKS: Final = {
    "started": "starts",
    "holds back": "reads nothing yet",
    "gave up waiting": "gives up waiting",
    "Node has exited": "Node has exited",
    "closed": "closes",
}
"""How an event is called that stands on its lane."""

ENDS: Final = (Kind.FIN, Kind.RST)


class Notice(msgspec.Struct, frozen=True):
    """One end's word on something that passes ``gap`` in the direction ``towards``.

    ``kind`` may be a mark: then it only happened on its ``lane``. ``client`` is the lane of
    the client that was at work then."""

    at: float
    order: int
    lane: int
    kind: Kind
    text: str = ""
    size: int = 0
    gap: int = 0
    towards: int = RIGHT
    leaving: bool = True
    client: int = 0


class Reader:
    """Goes through the events in order, and knows which connections have ended."""

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes
        self.client = 0
        self.gone: set[tuple[int, int]] = set()
        self.order = 0

    def read(self, event: Event) -> Iterator[Notice]:
        """What one event says."""
        self.order += 1
        lane = self.lanes.of(event.who)
        if event.who == SERVER and lane == self.lanes.server:
            yield self._server(event, lane)
        elif self.lanes.is_client(lane):
            self.client = lane
            yield from self._client(event, lane)
        elif lane in self.lanes.ends:
            yield from self._link(event, lane)
        else:
            yield self._mark(event, lane)

    def _server(self, event: Event, lane: int) -> Notice:
        kind = {"free again": Kind.GOOD}.get(event.what, Kind.MARK)
        return self._mark(event, lane, Kind.BAD if event.what.startswith("not free") else kind)

    def _client(self, event: Event, lane: int) -> Iterator[Notice]:
        if event.what in ("connected", "started"):
            self.gone = {end for end in self.gone if end[0] != 0 or end[1] != lane}
        if event.what not in CLIENT or (event.what == "closed" and (0, lane) in self.gone):
            failed = event.what.startswith(("could not send", "gave up"))
            yield self._mark(event, lane, Kind.BAD if failed else Kind.MARK)
            return
        kind, towards, leaving = CLIENT[event.what]
        if kind is Kind.RST or (kind is Kind.FIN and leaving):
            self.gone.add((0, lane))
        yield self._passing(event, lane, kind, towards, leaving)

    def _link(self, event: Event, lane: int) -> Iterator[Notice]:
        if event.what in BOTH:
            for towards in (LEFT, RIGHT):
                yield from self._ending(event, lane, BOTH[event.what], towards)
        elif event.what in LINK:
            kind, towards, leaving = LINK[event.what]
            if event.what in MARKS:
                yield self._mark(event, lane)
            if kind in ENDS and leaving:
                yield from self._ending(event, lane, kind, towards)
            else:
                if kind is Kind.RST:
                    self.gone.add((self.lanes.gap(lane, -towards), lane))
                yield self._passing(event, lane, kind, towards, leaving)
        else:
            yield self._mark(event, lane)

    def _ending(self, event: Event, lane: int, kind: Kind, towards: int) -> Iterator[Notice]:
        """A link's end of one of its connections, unless nothing is left of that."""
        gap = self.lanes.gap(lane, towards)
        left = gap == 0 and towards == LEFT and (0, self.client) in self.gone
        if (gap, lane) not in self.gone and not left:
            self.gone.add((gap, lane))
            yield self._passing(event, lane, kind, towards, True)

    def _passing(self, event: Event, lane: int, kind: Kind, towards: int, leaving: bool) -> Notice:
        # What leaves goes into the stretch ahead of it, what arrives came over the one behind.
        gap = self.lanes.gap(lane, towards if leaving else -towards)
        text = {Kind.OPEN: "connects", Kind.LOST: "dropped"}.get(kind, "")
        text = kind.name if kind in ENDS else text
        if kind is Kind.BYTES and not event.size:
            text = "request"
        return Notice(
            event.at, self.order, lane, kind, text, event.size, gap, towards, leaving, self.client
        )

    def _mark(self, event: Event, lane: int, kind: Kind = Kind.MARK) -> Notice:
        text = MARKS.get(event.what, event.what)
        return Notice(event.at, self.order, lane, kind, text, event.size, client=self.client)


def notices(seen: Observation, lanes: Lanes) -> list[Notice]:
    """What the events of an exchange say, in order."""
    reader = Reader(lanes)
    return [notice for event in seen.events for notice in reader.read(event)]
