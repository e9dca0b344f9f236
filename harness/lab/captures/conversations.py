"""TCP connections in a capture, as events in the lab's words.

Owns what each segment is: data that is new, sent again or missing, FIN, RST, a window that
is closed. It must not know files or link layers. Events are told as a client would see
them, since that is how the lab's own timelines tell them: what the server sends is what
the client receives.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from dpkt.tcp import TH_ACK, TH_FIN, TH_RST, TH_SYN

from ..observation import Event, Recorder
from .layers import Endpoint, Segment
from .responses import Requests, Responses
from .streams import Arrived, Piece, Stream

TWICE: Final = 10_000_000
"""Nanoseconds within which the same packet again is one that was captured twice."""

SWAPPED: Final = 3_000_000
"""Nanoseconds within which bytes that come late were overtaken, and not sent again. It is
less than any kernel waits before it sends something again, and Wireshark's number, too."""

MOST_EVENTS: Final = 1_000
REMEMBERED: Final = 16

CLIENT, SERVER = "client", "server"


@dataclass
class Replay(Recorder):
    """A recorder whose clock is that of the packets."""

    at: float = 0.0
    left_out: int = 0

    def now(self) -> float:
        """The time of the packet that is told, in seconds."""
        return self.at

    def note(self, who: str, what: str, size: int = 0, data: bytes = b"") -> None:
        """Add an event, up to ``MOST_EVENTS``."""
        if len(self.events) >= MOST_EVENTS:
            self.left_out += 1
            return
        super().note(who, what, size)


class _Side:
    """One end: what it sent, and the state that it left the connection in."""

    def __init__(self, name: str) -> None:
        self.name, self.stream = name, Stream()
        self.bytes = 0
        self.finished = False
        self.closed_window = False
        self.hole_at = 0
        self.fin_at: int | None = None


@dataclass
class Conversation:
    """One connection. ``began`` and ``ended`` are its first and last packet's times
    (nanoseconds since the epoch), ``zero`` the one from which its events are timed.

    ``title`` is a comment that stands at its first packet.
    """

    client: Endpoint
    server: Endpoint
    began: int
    zero: int
    title: str = ""
    ended: int = 0
    packets: int = 0
    twice: int = 0
    opened: bool = False
    answered: bool = False
    known: float | None = None
    reset_by: str = ""
    first_end: str = ""
    missing: int = 0
    recorder: Replay = field(default_factory=Replay)

    def __post_init__(self) -> None:
        self.requests = Requests()
        self.responses = Responses(self.requests)
        self._sides = {self.client: _Side(CLIENT), self.server: _Side(SERVER)}
        self._recent: deque[tuple[int, bytes]] = deque(maxlen=REMEMBERED)
        self._told_half = False

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened, in order; times in seconds from ``zero``."""
        return tuple(self.recorder.events)

    @property
    def over(self) -> bool:
        """Whether both ends have left."""
        return bool(self.reset_by) or all(side.finished for side in self._sides.values())

    @property
    def sent(self) -> tuple[int, int]:
        """Bytes that the client sent, and the server."""
        return self._sides[self.client].bytes, self._sides[self.server].bytes

    def finished(self, who: str) -> bool:
        """Whether ``client`` or ``server`` has sent FIN."""
        return any(side.finished for side in self._sides.values() if side.name == who)

    def add(self, at: int, segment: Segment) -> None:
        """The next packet of this connection."""
        self.packets += 1
        self.ended = max(self.ended, at)
        if any(at - then <= TWICE and mark == segment.mark for then, mark in self._recent):
            self.twice += 1
            return
        self._recent.append((at, segment.mark))
        self.recorder.at = max(0, at - self.zero) / 1e9
        here, there = self._sides[segment.source], self._sides[segment.target]
        if segment.flags & TH_SYN:
            self._syn(segment, here)
            return
        self._connect(here)
        if segment.flags & TH_ACK:
            self._acknowledge(segment, here, there)
        if segment.size:
            self._data(at, segment, here)
        if segment.flags & TH_FIN:
            self._fin(segment, here)
        if segment.flags & TH_RST:
            self._reset(here)

    def end(self) -> None:
        """The capture is over: give up what was waited for."""
        for side in self._sides.values():
            while pieces := side.stream.skip():
                self._pieces(side, pieces)
            self._close_stream(side)

    def _note(self, sender: _Side, sent: str, received: str, size: int = 0) -> None:
        self.recorder.note(CLIENT, sent if sender.name == CLIENT else received, size)

    def _syn(self, segment: Segment, here: _Side) -> None:
        if here.stream.next is not None:
            self.recorder.note(here.name, "sent SYN again")
            return
        here.stream.begin(segment.seq + 1)
        self.opened = True
        if segment.flags & TH_ACK:
            self.answered = True

    def _connect(self, here: _Side) -> None:
        if self._told_half:
            return
        if not self.opened:
            self._told_half = self.answered = True
            self.recorder.note(CLIENT, "was connected before the capture began")
        elif self.answered and here.name == CLIENT:
            self._told_half = True
            self.recorder.note(CLIENT, "connected")

    def _acknowledge(self, segment: Segment, here: _Side, there: _Side) -> None:
        self._pieces(there, there.stream.acknowledged(segment.ack))
        if segment.flags & TH_RST:
            return
        if segment.window == 0 and not here.closed_window:
            self.recorder.note(here.name, "zero window: takes no more")
        elif segment.window and here.closed_window:
            self.recorder.note(here.name, "window open again")
        here.closed_window = segment.window == 0

    def _data(self, at: int, segment: Segment, here: _Side) -> None:
        stream = here.stream
        if segment.size == 1 and stream.is_before_next(segment.seq):
            self.recorder.note(here.name, "probed whether the other side is there")
            return
        arrived = stream.take(segment.seq, segment.size, segment.data)
        overtaken = arrived.late and at - here.hole_at <= SWAPPED
        if arrived.early and not here.hole_at:
            here.hole_at = at
        if arrived.again or (arrived.late and not overtaken):
            self._again(here, arrived, segment.size)
        self._pieces(here, arrived.pieces)
        if arrived.late:
            here.hole_at = 0

    def _again(self, here: _Side, arrived: Arrived, size: int) -> None:
        if arrived.late and not arrived.again:
            self.recorder.note(here.name, "sent again, the first time was lost", size)
        else:
            self.recorder.note(here.name, "sent again", arrived.again)

    def _pieces(self, side: _Side, pieces: tuple[Piece, ...]) -> None:
        for piece in pieces:
            side.bytes += piece.size
            if piece.missing:
                self.missing += piece.size
                self.recorder.note(side.name, "sent what is not in the capture", piece.size)
            else:
                self._note(side, "sent", "received", piece.size)
            if side.name == CLIENT:
                self.requests.feed(piece)
            else:
                self.responses.feed(piece)
                self._learn()
        if pieces:
            self._close_stream(side)

    def _fin(self, segment: Segment, here: _Side) -> None:
        stream = here.stream
        if stream.next is None:
            stream.begin(segment.seq + segment.size)
        if here.finished:
            self.recorder.note(here.name, "sent FIN again")
            return
        here.finished = True
        here.fin_at = stream.place(segment.seq + segment.size)
        self.first_end = self.first_end or here.name
        self._note(here, "sent FIN", "received FIN")
        self._close_stream(here)

    def _close_stream(self, side: _Side) -> None:
        """Once every byte before the server's FIN is there, that is the end of what it says."""
        if side.fin_at is not None and side.stream.next == side.fin_at:
            if side.name == SERVER:
                self.responses.end()
                self._learn()
            side.stream.begin(side.fin_at + 1)
            side.fin_at = None

    def _reset(self, here: _Side) -> None:
        if not self.reset_by:
            self.reset_by = here.name
            self.first_end = self.first_end or here.name
        self._note(here, "sent RST", "received RST")

    def _learn(self) -> None:
        current = self.responses.current
        if current is not None and current.complete:
            self.known = self.recorder.at if self.known is None else self.known
        else:
            self.known = None
