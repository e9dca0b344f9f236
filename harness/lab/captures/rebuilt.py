"""Packets put together again from what the sockets saw, where none could be captured.

Owns which event stands for which packets. It must not know files, nor how a capture is
made. What the events do not tell is made up: sequence numbers, acknowledgements, the
handshake, the ports of those who connect. Bytes that nobody kept are zeros.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from itertools import pairwise
from typing import Final

from dpkt import ethernet, ip, tcp

from ..observation import Event
from .captured import Hop, Packet, Trace
from .pcapng import in_order

LOCALHOST: Final = bytes([127, 0, 0, 1])
FIRST_PORT: Final = 50_001
SEGMENT: Final = 32_768
"""Bytes of data in a packet, well below the window that both sides offer."""
STEP: Final = 1_000
"""Nanoseconds between two packets of one event."""


class Way(Enum):
    """Which way something goes: to the one that listens, or back."""

    THERE = auto()
    BACK = auto()


class What(Enum):
    """What an event is on the wire."""

    DATA = auto()
    FIN = auto()
    RST = auto()


Steps = Mapping[str, tuple[Way, What]]

CLIENT: Final[Steps] = {
    "sent": (Way.THERE, What.DATA),
    "sent its request": (Way.THERE, What.DATA),
    "received": (Way.BACK, What.DATA),
    "received FIN": (Way.BACK, What.FIN),
    "received RST": (Way.BACK, What.RST),
    "sent FIN": (Way.THERE, What.FIN),
    "closed": (Way.THERE, What.FIN),
    "sent RST": (Way.THERE, What.RST),
}
"""A client's events as they are on its connection."""

NEAR: Final[Steps] = {
    "got from client": (Way.THERE, What.DATA),
    "got FIN from client": (Way.THERE, What.FIN),
    "got RST from client": (Way.THERE, What.RST),
    "passed to client": (Way.BACK, What.DATA),
    "passed FIN to client": (Way.BACK, What.FIN),
    "closed both sides": (Way.BACK, What.FIN),
    "Node has exited": (Way.BACK, What.FIN),
    "reset both sides": (Way.BACK, What.RST),
}
"""A link's events as they are on the connection that it was called on."""

FAR: Final[Steps] = {
    "passed to server": (Way.THERE, What.DATA),
    "passed FIN to server": (Way.THERE, What.FIN),
    "got from server": (Way.BACK, What.DATA),
    "got FIN from server": (Way.BACK, What.FIN),
    "got RST from server": (Way.BACK, What.RST),
    "closed both sides": (Way.THERE, What.FIN),
    "reset both sides": (Way.THERE, What.RST),
}
"""A link's events as they are on the connection that it made."""

LET_GO: Final = Event(0.0, "server", "free again")
"""When the server has no connection any more: it has closed it by then."""


class _Side:
    """One end of a connection: its port, and the next byte's number."""

    def __init__(self, port: int, first: int) -> None:
        self.port, self.next, self.finished = port, first, False


class _Connection:
    """Packets of one connection, in order and numbered."""

    def __init__(self, port: int, listens: int, began: int) -> None:
        self.packets: list[Packet] = []
        self._sides = {Way.THERE: _Side(port, 1_000), Way.BACK: _Side(listens, 5_000)}
        self._clock, self._number, self.over = began, 0, False
        for way, flags in ((Way.THERE, tcp.TH_SYN), (Way.BACK, tcp.TH_SYN | tcp.TH_ACK)):
            self._send(way, flags)
            self._sides[way].next += 1
        self._send(Way.THERE, tcp.TH_ACK)

    def at(self, when: int) -> None:
        """What follows is not before ``when`` (nanoseconds)."""
        self._clock = max(self._clock, when)

    def step(self, way: Way, what: What, data: bytes, remark: str = "") -> None:
        """One event: its packets, and what the other side answers."""
        side = self._sides[way]
        if self.over or (side.finished and what is not What.RST):
            return
        if what is What.RST:
            self._send(way, tcp.TH_RST | tcp.TH_ACK)
            self.over = True
            return
        if what is What.FIN:
            self._send(way, tcp.TH_FIN | tcp.TH_ACK, remark=remark)
            side.next += 1
            side.finished = True
        for start in range(0, len(data), SEGMENT):
            part = data[start : start + SEGMENT]
            self._send(way, tcp.TH_PUSH | tcp.TH_ACK, part)
            side.next += len(part)
            self._send(_other(way), tcp.TH_ACK)
        if what is What.FIN:
            self._send(_other(way), tcp.TH_ACK)

    def _send(self, way: Way, flags: int, data: bytes = b"", remark: str = "") -> None:
        here, there = self._sides[way], self._sides[_other(way)]
        self._number += 1
        segment = tcp.TCP(
            sport=here.port,
            dport=there.port,
            seq=here.next,
            ack=there.next if flags & tcp.TH_ACK else 0,
            flags=flags,
            data=data,
        )
        packet = ip.IP(
            src=LOCALHOST, dst=LOCALHOST, p=ip.IP_PROTO_TCP, id=self._number, df=1, data=segment
        )
        frame = bytes(ethernet.Ethernet(src=bytes(6), dst=bytes(6), data=packet))
        self.packets.append(Packet(self._clock, frame, len(frame), remark))
        self._clock += STEP


def rebuild(
    hops: Sequence[Hop],
    events: Sequence[Event],
    kept: Mapping[int, bytes | bytearray],
    request: bytes,
    began: int,
    reason: str,
    first_port: int = FIRST_PORT,
) -> Trace:
    """The packets of an exchange as its events tell it.

    ``kept`` has the bytes of events by their place, ``request`` what a client sent that
    does not say so; ``began`` is when the exchange did (nanoseconds since the epoch), and
    ``reason`` why nothing was captured. From ``first_port`` on are the ports of those who
    connect."""
    names = ["client", *(hop.name for hop in hops)]
    if len(set(names)) < len(names):
        # Two links of one name: their events cannot be told apart.
        names, reason = names[:2], f"{reason}; of several links of one name only the first is here"
        views = [("client", CLIENT)]
    else:
        views = [_view(here, there, events) for here, there in pairwise(names)]
    packets: list[Packet] = []
    for place, (who, steps) in enumerate(views):
        told = [(n, event) for n, event in enumerate(events) if event.who == who]
        if not any(event.what in steps for _, event in told):
            reason += f"; nothing was seen between {names[place]} and {names[place + 1]}"
            continue
        if steps is CLIENT and not any(event.what == "sent" for _, event in told):
            reason += "; this client counts the bodies that it read, and not the headers"
        start = began + _nanoseconds(told[0][1])
        made = _Connection(first_port + place, hops[place].port, start)
        for event, way, what, data in _stepped(told, steps, kept, request):
            made.at(began + _nanoseconds(event))
            made.step(way, what, data)
        if names[place + 1] == LET_GO.who:
            _let_go(made, events, began)
        packets += made.packets
    return Trace(tuple(hops), in_order(packets), rebuilt=reason)


def _let_go(made: _Connection, events: Sequence[Event], began: int) -> None:
    """The server's FIN where nobody read on to see it."""
    for event in events:
        if (event.who, event.what) == (LET_GO.who, LET_GO.what):
            made.at(began + _nanoseconds(event))
            made.step(Way.BACK, What.FIN, b"", "nobody read its FIN, but it has closed by now")


def _stepped(
    told: Sequence[tuple[int, Event]],
    steps: Steps,
    kept: Mapping[int, bytes | bytearray],
    request: bytes,
) -> Iterator[tuple[Event, Way, What, bytes]]:
    asked = False
    for place, event in told:
        if event.what not in steps:
            continue
        way, what = steps[event.what]
        data = bytes(kept.get(place, b""))[: event.size].ljust(event.size, b"\0")
        if way is Way.THERE and what is What.DATA:
            data, asked = data or request, True
        elif not asked and steps is CLIENT:
            # Its library does not say when it asked, but it did.
            yield event, Way.THERE, What.DATA, request
            asked = True
        yield event, way, what, data


def _view(here: str, there: str, events: Sequence[Event]) -> tuple[str, Steps]:
    """Whose events tell most of a connection, and how they are to be read."""
    if any(event.who == there and event.what in NEAR for event in events):
        return there, NEAR
    return (here, CLIENT) if here == "client" else (here, FAR)


def _nanoseconds(event: Event) -> int:
    return round(event.at * 1e9)


def _other(way: Way) -> Way:
    return Way.BACK if way is Way.THERE else Way.THERE
