"""Who takes part in an exchange, from left to right: clients, links, the server.

Owns the order of the lanes and who is next to whom. It must not know what happened.
"""

from __future__ import annotations

from typing import Final

import msgspec

from ..observation import Observation

SERVER: Final = "server"
DIRECT: Final = "direct"

PASSIVE: Final = frozenset(["lossy"])
"""Links that are no end of a connection: the client's own reaches the server."""

MOST: Final = 8
"""Clients with a lane of their own, and links; other clients share the last one of these."""


class Lanes(msgspec.Struct, frozen=True):
    """The lanes by index: first ``clients`` of them, then the links, then the server.

    ``ends`` are the indices of the links that connections end at."""

    names: tuple[str, ...]
    clients: int
    ends: tuple[int, ...] = ()

    @property
    def server(self) -> int:
        """The index of the server's lane."""
        return len(self.names) - 1

    def of(self, who: str) -> int:
        """The index of a lane by name; of a client that has none of its own, the last one's."""
        return self.names.index(who) if who in self.names else self.clients - 1

    def is_client(self, lane: int) -> bool:
        """Whether it is one of the clients'."""
        return lane < self.clients

    def gap(self, lane: int, towards: int) -> int:
        """Which stretch of the way lies next to a lane: 0 is that between the clients and
        whoever comes first; ``towards`` is 1 for the server's direction, -1 for the clients'."""
        place = 0 if self.is_client(lane) else (*self.ends, self.server).index(lane) + 1
        return place if towards > 0 else place - 1

    def right_of(self, gap: int) -> int:
        """The lane at the server's end of a stretch."""
        return (*self.ends, self.server)[gap]

    def left_of(self, gap: int, client: int) -> int:
        """The lane at the clients' end of a stretch; ``client`` is the one that is meant
        where it could be any."""
        return client if gap == 0 else self.ends[gap - 1]


def lanes_of(seen: Observation) -> Lanes:
    """The lanes of an exchange: those that its events name, and its links."""
    legs = tuple(dict.fromkeys(leg for leg in seen.link.split("+") if leg and leg != DIRECT))
    others = dict.fromkeys(event.who for event in seen.events)
    legs = legs[:MOST]
    clients = tuple(who for who in others if who != SERVER and who not in legs)[:MOST]
    clients = clients or ("client",)
    ends = tuple(n for n, leg in enumerate(legs, len(clients)) if leg not in PASSIVE)
    return Lanes((*clients, *legs, SERVER), len(clients), ends)
