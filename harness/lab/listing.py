"""What the lab has to offer, a line for each: servers, links, clients, requests, faults.

Owns the layout of that list; what stands in it comes from the lab's tables. It starts
nothing and must not know trees or sandboxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Final

from . import certificates
from .clients import CLIENTS
from .faults.table import FAULTS
from .kinds import SERVERS, ServerKind
from .links import LINKS
from .request import REQUESTS

FAMILIES: Final = {
    "django": "django, from a tree: --base django=SPEC",
    "stdlib": "stdlib, of an interpreter: --base cpython=SPEC",
    "control": "control group, which other servers are judged by: no base",
}

NAME: Final = 14
"""The width of the names."""

Entry = tuple[str, str, str]
"""A name, what it is, and why it can not be had on this machine (empty: it can)."""


def lines() -> list[str]:
    """The whole list. What is missing on this machine is said below what it is missed by."""
    found = ["servers (--server)"]
    for family, words in FAMILIES.items():
        own = [kind for kind in SERVERS.values() if kind.family == family]
        found += [f"  {words}", *_entries((k.name, _server(k), _lacking(k)) for k in own)]
    found += ["", "links (--link; a+b is a brigade: the client reaches a, a reaches b)"]
    found += _entries((n, _link(n), link.needs()) for n, link in LINKS.items())
    found += ["", "clients (--client)"]
    found += _entries((n, client.says, client.missing()) for n, client in CLIENTS.items())
    found += ["", "requests (--request)"]
    found += _entries((n, kind.says, "") for n, kind in REQUESTS.items())
    found += ["", "faults (what a link does to what passes)"]
    found += _entries((n, kind.says, "") for n, kind in FAULTS.items())
    return found


def _entries(entries: Iterable[Entry]) -> Iterator[str]:
    for name, says, lacking in entries:
        yield f"    {name:<{NAME}}{says}"
        if lacking:
            yield f"    {'':<{NAME}}missing here: {lacking}"


def _server(kind: ServerKind) -> str:
    return kind.says if kind.protocol == "http" else f"{kind.says} (tests only)"


def _link(name: str) -> str:
    link = LINKS[name]
    told = link.fault in ("", name, "faithful")
    return link.says if told else f"{link.says} (fault: {link.fault})"


def _lacking(kind: ServerKind) -> str:
    if kind.family == "control" and find_spec(kind.name) is None:
        return f"{kind.name} is not installed: pip install {kind.name}"
    return certificates.missing() if kind.protocol == "https" else ""
