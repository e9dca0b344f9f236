"""Captures that anybody made, told as the lab tells its own exchanges.

Owns which connection a packet belongs to, what became of each, and the words for what
could not be read. What a capture says is untrusted: it is made printable here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final, TextIO

import msgspec
from dpkt.tcp import TH_ACK, TH_SYN

from ..observation import Ending, Observation
from ..saving import BadFile
from .conversations import Conversation
from .endings import ending_of, without_http
from .files import Cut, RawPacket, Unreadable, packets
from .layers import Endpoint, Segment, Skipped, segment

MOST_CONVERSATIONS: Final = 500
MOST_TOLD: Final = 20
MOST_WORDS: Final = 120
LINK: Final = "direct"
"""What a capture tells of the way: there is nothing between the two ends that it shows."""


class Reading(msgspec.Struct, frozen=True):
    """What a file tells: an observation for each connection, and what has to be known of
    it beside that."""

    observations: tuple[Observation, ...]
    remarks: tuple[str, ...] = ()


def read(path: Path, port: int | None = None) -> Reading:
    """The TCP connections of a capture, of ``port`` only if one is given.

    Unreadable says what is wrong with a file; OSError as for any file."""
    found, skipped, remarks = _Connections(port), Counter[str](), list[str]()
    count = 0
    try:
        for packet in packets(path):
            count += 1
            try:
                found.add(packet, segment(packet.link, packet.data))
            except Skipped as why:
                skipped[str(why)] += 1
    except Cut as why:
        remarks.append(str(why))
    for conversation in found.all:
        conversation.end()
    remarks += [f"{number:,} packets: {why}" for why, number in skipped.most_common()]
    if found.too_many:
        remarks.append(f"{found.too_many:,} packets of further connections were left out")
    if not found.all:
        which = "no TCP connection" if port is None else f"no TCP connection of port {port}"
        raise Unreadable("; ".join([f"{which} in its {count:,} packets", *remarks]))
    return Reading(
        tuple(observation_of(each) for each in found.all),
        (*remarks, *(text for each in found.all for text in _remarks(each))),
    )


class _Connections:
    """Connections by their ends; a SYN on the ends of one that is over begins another."""

    def __init__(self, port: int | None) -> None:
        self.all: list[Conversation] = []
        self.too_many = 0
        self._port = port
        self._zero: int | None = None
        self._current: dict[tuple[Endpoint, Endpoint], Conversation] = {}

    def add(self, packet: RawPacket, part: Segment) -> None:
        """Give a segment to its connection."""
        if self._port not in (None, part.source.port, part.target.port):
            return
        key = (min(part.source, part.target), max(part.source, part.target))
        current = self._current.get(key)
        opens = part.flags & (TH_SYN | TH_ACK) == TH_SYN
        if current is None or (opens and current.over):
            if len(self.all) >= MOST_CONVERSATIONS:
                self.too_many += 1
                return
            if self._zero is None:
                self._zero = packet.at
            client, server = self._roles(part)
            current = Conversation(client, server, packet.at, self._zero, packet.comment)
            self._current[key] = current
            self.all.append(current)
        current.add(packet.at, part)

    def _roles(self, part: Segment) -> tuple[Endpoint, Endpoint]:
        """Who is the client and who the server: whoever says SYN first is the client, and
        where that was not captured, whoever has the higher port."""
        forward = part.target.port <= part.source.port
        if part.flags & TH_SYN:
            forward = not part.flags & TH_ACK
        elif self._port is not None and part.source.port != part.target.port:
            forward = part.target.port == self._port
        elif part.data.startswith(b"HTTP/"):
            forward = False
        return (part.source, part.target) if forward else (part.target, part.source)


def observation_of(seen: Conversation) -> Observation:
    """A connection as the lab observes one: the response that is not whole, or the last."""
    response = seen.responses.current
    ending = ending_of(seen)
    reason = printable(seen.responses.problem)
    received = response.received if response else seen.sent[1]
    expected = received
    if response and not response.complete:
        if response.announced is not None:
            expected = response.announced
        elif response.open_chunk:
            expected, reason = received + 1, reason or "a chunk is cut; how long it is was not read"
        elif not response.chunked:
            reason = reason or "only the end of the connection would say that it is whole"
    short = received < expected
    return Observation(
        server=str(seen.server),
        link=LINK,
        client=str(seen.client),
        request=_asked(seen),
        expected=expected,
        received=received,
        ending=ending,
        status=response.status if response else None,
        reason=reason,
        verdict="" if response else without_http(seen),
        truncated_at=received if short else None,
        known=seen.known if ending is Ending.COMPLETE else None,
        events=seen.events,
    )


def _asked(seen: Conversation) -> str:
    if not seen.requests.seen:
        return "an exchange"
    place = min(max(seen.responses.count, 1), len(seen.requests.seen)) - 1
    asked = seen.requests.seen[place]
    more = seen.requests.count
    return printable(f"{asked.method} {asked.target}") + (
        f" (the {place + 1}. of {more} requests)" if more > 1 else ""
    )


def _remarks(seen: Conversation) -> Iterable[str]:
    ends = f"{seen.client} to {seen.server}"
    if seen.title:
        yield f"{ends}: {printable(seen.title)}"
    if seen.missing:
        yield f"{ends}: {seen.missing:,} bytes are not in the capture"
    if seen.twice:
        yield f"{ends}: {seen.twice:,} packets were captured twice"
    if seen.recorder.left_out:
        yield f"{ends}: {seen.recorder.left_out:,} further events were left out"


def printable(text: str) -> str:
    """Text from a capture, in one line of ASCII and without what a terminal would obey."""
    safe = text.encode("unicode_escape", "backslashreplace").decode("ascii")
    return safe if len(safe) <= MOST_WORDS else safe[: MOST_WORDS - 3] + "..."


def told(path: Path, port: int | None, notes: TextIO) -> list[Observation]:
    """The connections of a capture that are worth telling; what has to be known beside them
    is written to ``notes``. Raises ``BadFile``."""
    try:
        found = read(path, port)
    except (Unreadable, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise BadFile(f"{path}: {why}") from error
    remarks = list(found.remarks[:MOST_TOLD])
    if (rest := len(found.observations) - MOST_TOLD) > 0:
        remarks.append(f"{rest:,} more connections; choose with --port N")
    for remark in remarks:
        print(f"note: {remark}", file=notes)
    return list(found.observations[:MOST_TOLD])
