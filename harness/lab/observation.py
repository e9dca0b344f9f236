"""What was seen of one exchange, and what it amounts to.

Owns the closed set of endings, the events of a timeline, and their wording.
Pure: it must not know sockets, servers or pytest.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import msgspec


class Ending(StrEnum):
    """How a response ended for the client that asked for it.

    CUT: the connection ended too early, and the client does not tell how.
    """

    COMPLETE = "complete"
    EOF_EARLY = "eof-early"
    RESET = "reset"
    CUT = "cut"
    HUNG = "hung"
    MALFORMED = "malformed"
    REFUSED = "refused"


class Event(msgspec.Struct, frozen=True):
    """Something that happened on a socket, ``at`` seconds after the exchange began."""

    at: float
    who: str
    what: str
    size: int = 0


KEPT: Final = 64 << 20
"""Bytes that a recorder keeps, if it keeps any."""


@dataclass
class Recorder:
    """Collects events from any thread; a run of the same event by the same one
    is joined, whatever the others did in between, so that a timeline stays short.

    With ``keeps``, ``kept`` has the bytes of events by their place, as far as they were
    given, ``KEPT`` of them in all."""

    begun: float = field(default_factory=time.monotonic)
    events: list[Event] = field(default_factory=list)
    keeps: bool = False
    kept: dict[int, bytearray] = field(default_factory=dict)
    _last: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> float:
        """Seconds since the exchange began."""
        return time.monotonic() - self.begun

    def note(self, who: str, what: str, size: int = 0, data: bytes = b"") -> None:
        """Add an event; ``size`` is in bytes, and adds up over a run. ``data`` is what they
        are, if somebody wants to know."""
        with self._lock:
            place = self._last.get(who)
            last = None if place is None else self.events[place]
            if size and place is not None and last and last.what == what and last.size:
                self.events[place] = Event(last.at, who, what, last.size + size)
            else:
                place = self._last[who] = len(self.events)
                self.events.append(Event(self.now(), who, what, size))
            if self.keeps and data:
                room = KEPT - sum(map(len, self.kept.values()))
                self.kept.setdefault(place, bytearray()).extend(data[:room])


class HttpResponse(msgspec.Struct, frozen=True):
    """What a client got: the body that it decoded and how that ended.

    ``known`` is the time in seconds at which the client knew that the response
    was complete, None if it never did. ``version`` is the response's HTTP version.
    """

    ending: Ending
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    reason: str = ""
    known: float | None = None
    version: str = "1.1"

    @property
    def says_close(self) -> bool:
        """Whether it says that the connection ends after it, RFC 9112 section 9.3:
        with ``close``, or in HTTP/1.0 by not saying ``keep-alive``."""
        said = (self.header("Connection") or "").lower()
        return said == "close" or (self.version == "1.0" and said != "keep-alive")

    def header(self, name: str) -> str | None:
        """The value of a header, by its name in any case."""
        wanted = name.lower()
        return next((v for k, v in self.headers if k.lower() == wanted), None)


HEADLINES: Final[dict[Ending, tuple[str, str]]] = {
    Ending.COMPLETE: ("truncated, and taken for complete", "complete"),
    Ending.MALFORMED: ("malformed: {reason}", "malformed: {reason}"),
    Ending.HUNG: (
        "hung: still waiting for the rest of the response",
        "hung: the whole body is there, but not its end",
    ),
    Ending.RESET: ("truncated, then RST", "whole body, but no end of it, then RST"),
    Ending.CUT: ("truncated, then a cut", "whole body, but no end of it, then a cut"),
    Ending.EOF_EARLY: ("truncated, then EOF", "whole body, but no end of it, then EOF"),
    Ending.REFUSED: ("refused: no connection", "refused: no connection"),
}
"""What a bad ending is called: with a part of the body, with all of it."""

UNANSWERED: Final[dict[Ending, str]] = {
    Ending.RESET: "no response, then RST",
    Ending.EOF_EARLY: "no response, then EOF",
}
"""The same where not even a status line came."""


class Observation(msgspec.Struct, frozen=True):
    """One exchange, as it is kept with a test's result (JSON-able).

    ``expected``, ``received``, ``truncated_at`` and ``differs_at`` count bytes of the
    body; ``known`` and ``free`` are the seconds after which the client knew the end
    and the server had let go. ``verdict`` is a test's word on it, if it has one.
    """

    server: str
    link: str
    client: str
    request: str
    expected: int
    received: int
    ending: Ending
    status: int | None = None
    reason: str = ""
    verdict: str = ""
    truncated_at: int | None = None
    differs_at: int | None = None
    known: float | None = None
    free: float | None = None
    events: tuple[Event, ...] = ()

    def to_json(self) -> str:
        """One line of JSON, the shape that reports read."""
        return msgspec.json.encode(self, order="sorted").decode()

    @property
    def good(self) -> bool:
        """The whole body arrived, unchanged, and the client knew that it had."""
        return (
            self.ending is Ending.COMPLETE
            and self.received == self.expected
            and self.differs_at is None
        )

    def headline(self) -> str:
        """What happened in a few stable words, without numbers: failures are
        grouped by it."""
        if self.good:
            return "complete"
        if self.differs_at is not None:
            return "wrong bytes in the body"
        if self.status is None and self.ending in UNANSWERED:
            return UNANSWERED[self.ending]
        part, whole = HEADLINES[self.ending]
        everything = self.status is not None and self.received >= self.expected
        return (whole if everything else part).format(reason=self.reason)

    def timeline(self) -> str:
        """The exchange as text: one line of numbers, then one line per event."""
        known = "never" if self.known is None else f"{self.known * 1000:.1f} ms"
        free = "not seen" if self.free is None else f"{self.free * 1000:.1f} ms"
        lines = [
            f"{self.request} to {self.server} over {self.link} by {self.client}",
            f"received {self.received:,} of {self.expected:,} bytes, {self.ending.value}"
            + (f" ({self.reason})" if self.reason else ""),
            f"client knew the end at {known}, server free again at {free}",
        ]
        return "\n".join([*lines, *event_lines(self.events)])


def event_lines(events: Sequence[Event]) -> list[str]:
    """One aligned line per event."""
    lines = []
    for event in events:
        size = f" {event.size:,} bytes" if event.size else ""
        lines.append(f"{event.at * 1000:9.1f} ms  {event.who:<14} {event.what}{size}")
    return lines
