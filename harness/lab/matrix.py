"""Which servers, links and clients a test is tried over.

Owns the choice, as pure functions over the tables; it must not know pytest. The
predicates over servers are named so that a test reads ``servers=keeps``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zlib import crc32

import msgspec

from . import certificates
from .clients import CLIENTS
from .kinds import SERVERS, ServerKind, target_names
from .links import missing
from .target import Target


class Combination(msgspec.Struct, frozen=True):
    """One server, link and client by name; ``lacking`` says why they cannot be tried
    on this machine, and is empty when they can."""

    server: str
    link: str
    client: str
    lacking: str = ""

    @property
    def id(self) -> str:
        """As it stands in the test's id."""
        return f"{self.server}-{self.link}-{self.client}"


def everyone(kind: ServerKind) -> bool:
    """Whether every behaviour is tried on it. The others are named where they matter, as
    runserver without CommonMiddleware where a response has no length."""
    return kind.usual


def main(kind: ServerKind) -> bool:
    """Whether it is one of ``everyone`` and not the live server, which runs the code of
    runserver."""
    return everyone(kind) and kind.name != "liveserver"


def first(kind: ServerKind) -> bool:
    """Whether it stands for its family, where the server is not what matters; each of
    the control group stands for itself."""
    return kind.name in ("runserver", "httpserver") or kind.family == "control"


def bare(kind: ServerKind) -> bool:
    """Whether it is runserver without CommonMiddleware: no response has a length."""
    return kind.name == "nocommon"


def only(name: str) -> Callable[[ServerKind], bool]:
    """The predicate that is true for the one server of this name."""
    return lambda kind: kind.name == name


def keeps(kind: ServerKind) -> bool:
    """Whether it is one of ``everyone`` and has persistent connections."""
    return everyone(kind) and kind.keeps


def frames(kind: ServerKind) -> bool:
    """Whether it takes care of the framing: on the others the application does."""
    return everyone(kind) and (kind.family != "stdlib" or kind.name == "wsgiref")


def combinations(
    target: Target | None,
    servers: Callable[[ServerKind], bool] = everyone,
    links: Sequence[str] = ("direct",),
    clients: Sequence[str] = ("raw",),
) -> list[Combination]:
    """All combinations of these links and clients, by name, with those of the target's
    servers that ``servers`` is true for; of all servers where there is no target."""
    names = target_names(target) if target else tuple(SERVERS)
    return [
        Combination(name, link, client, _lacking(SERVERS[name], link, client))
        for name in names
        if servers(SERVERS[name])
        for link in links
        for client in clients
    ]


def _lacking(kind: ServerKind, link: str, client: str) -> str:
    certificate = certificates.missing() if kind.protocol == "https" else ""
    return CLIENTS[client].missing() or missing(link) or certificate


def group_of(test_id: str) -> str:
    """The group of a test by its id. Those of one group share a worker, and so a server;
    a busy server's tests are shared out evenly over as many groups as it has ``shares``.

    pytest-xdist gives its schedulers ids and nothing else."""
    words = test_id.partition("[")[2].rstrip("]").split("-")
    server = next((word for word in words if word in SERVERS), None)
    if server is None:
        return "none"
    return f"{server}-{crc32(test_id.encode()) % SERVERS[server].shares}"
