"""What takes part in an exchange beside the server under test: libraries and programs.

Owns the table of both, for each client, each link and each server of the control
group. It must not know how a version is found out, or who wants to know it. A test
holds that no library is missing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from .kinds import SERVERS, family_names


class Parts(msgspec.Struct, frozen=True):
    """What something is made of: ``libraries`` as the package index names them, installed
    for the Python that the lab runs on, and ``programs`` as they are called on ``PATH``."""

    libraries: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()


EVERYWHERE: Final = Parts(("msgspec", "psutil"))

CLIENTS: Final[Mapping[str, Parts]] = {
    "raw": Parts(("h11",)),
    "node": Parts(programs=("node",)),
    "requests": Parts(("requests",)),
    "httpx": Parts(("httpx",)),
    "aiohttp": Parts(("aiohttp",)),
    "curl": Parts(programs=("curl",)),
}

SECURE: Final = Parts(programs=("openssl",))

BRIDGE: Final = Parts(programs=("node", "nodejs"))

LINKS: Final[Mapping[str, Parts]] = {
    "bridge": BRIDGE,
    "race": BRIDGE,
    "lossy": Parts(programs=("nft",)),
}


def parts_of(servers: Iterable[str]) -> Parts:
    """What takes part where these servers are tested: every client, every link, the
    libraries of those of the control group, and what makes certificates."""
    names = tuple(servers)
    own = Parts(tuple(name for name in names if name in family_names("control")))
    secure = [SECURE for name in names if SERVERS[name].protocol == "https"]
    parts = (EVERYWHERE, *CLIENTS.values(), *LINKS.values(), own, *secure)
    return Parts(
        tuple(sorted({name for each in parts for name in each.libraries})),
        tuple(sorted({name for each in parts for name in each.programs})),
    )
