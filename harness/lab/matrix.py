"""Which servers, links and clients a test is tried over.

Owns the choice, as pure functions over the tables; it must not know pytest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zlib import crc32

import msgspec

from .clients import CLIENTS
from .links import missing
from .servers import SERVERS, ServerKind, target_names
from .target import Target


class Combination(msgspec.Struct, frozen=True):
    """One combination; ``lacking`` says why it cannot be tried on this machine."""

    server: str
    link: str
    client: str
    lacking: str = ""

    @property
    def id(self) -> str:
        """As it stands in the test's id."""
        return f"{self.server}-{self.link}-{self.client}"


def everyone(kind: ServerKind) -> bool:
    """Every server but runserver without CommonMiddleware, which is named where
    a response without a length matters."""
    return kind.name != "nocommon"


def main(kind: ServerKind) -> bool:
    """Of these, not the live server either: it runs the code of runserver."""
    return everyone(kind) and kind.name != "liveserver"


def first(kind: ServerKind) -> bool:
    """One server of each family, where the server is not what matters."""
    return kind.name in ("runserver", "httpserver") or kind.family == "control"


def bare(kind: ServerKind) -> bool:
    """runserver without CommonMiddleware: no response has a length."""
    return kind.name == "nocommon"


def keeps(kind: ServerKind) -> bool:
    """Servers with persistent connections."""
    return everyone(kind) and kind.keeps


def frames(kind: ServerKind) -> bool:
    """Servers that take care of the framing: on the others the application does."""
    return everyone(kind) and (kind.family != "stdlib" or kind.name == "wsgiref")


def places(
    target: Target | None,
    servers: Callable[[ServerKind], bool] = everyone,
    links: Sequence[str] = ("direct",),
    clients: Sequence[str] = ("raw",),
) -> list[Combination]:
    """All combinations that the target allows; every server where there is none."""
    names = target_names(target) if target else tuple(SERVERS)
    return [
        Combination(name, link, client, CLIENTS[client].missing() or missing(link))
        for name in names
        if servers(SERVERS[name])
        for link in links
        for client in clients
    ]


def group_of(test_id: str) -> str:
    """Tests with the same group share a worker, and so a server; a busy server's
    tests are shared out evenly."""
    words = test_id.partition("[")[2].rstrip("]").split("-")
    server = next((word for word in words if word in SERVERS), None)
    if server is None:
        return "none"
    return f"{server}-{crc32(test_id.encode()) % SERVERS[server].shares}"
