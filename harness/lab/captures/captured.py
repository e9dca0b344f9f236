"""Packets and where they passed, as values.

Owns the names of the two ends of a connection. Pure: it must not know sockets, files or
formats.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

ETHERNET_BYTES: Final = 14
"""Bytes of the header before IP: the loopback interface shows packets as Ethernet's."""

SNAP: Final = 262_144
"""Bytes of a packet that are kept at most: the most that readers of captures take."""


class Hop(msgspec.Struct, frozen=True):
    """Something that listens on the way: a link's name or ``server``, and its TCP port."""

    name: str
    port: int


class Packet(msgspec.Struct, frozen=True):
    """One packet: ``at`` is in nanoseconds since the epoch, ``size`` is how many bytes it
    had; ``frame`` can be fewer. ``remark`` goes into the file with it."""

    at: int
    frame: bytes
    size: int
    remark: str = ""


class Trace(msgspec.Struct, frozen=True):
    """The packets of one exchange. ``hops`` are in the client's order, the server last.

    ``dropped`` counts packets that the kernel had to leave out, and ``rebuilt`` says why
    the packets were put together from events, if they were not captured.
    """

    hops: tuple[Hop, ...]
    packets: tuple[Packet, ...]
    dropped: int = 0
    rebuilt: str = ""


def ends(hops: Sequence[Hop], source: int, target: int) -> tuple[str, str]:
    """What sends from port ``source``, and what gets it at port ``target``.

    Whoever connects to a hop is the one before it: its own port says nothing."""
    names = ["client", *(hop.name for hop in hops)]
    for place, hop in enumerate(hops):
        if hop.port == target:
            return names[place], hop.name
        if hop.port == source:
            return hop.name, names[place]
    return f"port {source}", f"port {target}"
