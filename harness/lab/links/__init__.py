"""The links between a client and a server, by name.

Owns the table of links and brigades (``a+b``: the client reaches ``a``, which
reaches ``b``, which reaches the server). A new link is one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from typing import Final

import msgspec

from .. import deadlines
from ..faults.table import FAULTS
from ..observation import Recorder
from ..servers import Address
from . import lossy
from .bridge import ORDINARY, bridge, node
from .relay import relay

Open = Callable[[Address, Recorder], AbstractContextManager[Address]]
"""Opens a link to a server, and gives the address for the client."""


class Link(msgspec.Struct, frozen=True):
    """A link: what opens it, what it is in a line, its fault by name if it has one, and why
    it can not be had on this machine whatever is allowed there."""

    open: Open
    says: str
    fault: str = ""
    needs: Callable[[], str] = str


def _direct(server: Address, recorder: Recorder) -> AbstractContextManager[Address]:
    return nullcontext(server)


def _relayed(name: str, says: str, fault: str, late: float = 0.0) -> Link:
    def link(server: Address, recorder: Recorder) -> AbstractContextManager[Address]:
        return relay(server, FAULTS[fault].make, recorder, name, late)

    return Link(link, says, fault)


def _no_node() -> str:
    return "" if node() else "the bridge needs Node.js: install the package nodejs"


LINKS: Final[dict[str, Link]] = {
    "direct": Link(_direct, "no link: the client's connection is the server's"),
    "faithful": _relayed("faithful", "a good forwarder", "faithful"),
    "tearing": _relayed(
        "tearing", "a forwarder that ends both sides at the server's FIN", "tearing"
    ),
    "late": _relayed(
        "late",
        "a forwarder that begins late to read what the server sends",
        "faithful",
        late=deadlines.HOLD,
    ),
    "slow": _relayed("slow", "a forwarder that takes its time", "slow"),
    "resetting": _relayed("resetting", "a forwarder that breaks in the response", "resetting"),
    "bridge": Link(
        partial(bridge),
        "the dev container's: Node exits at FIN, and is made to lose",
        needs=_no_node,
    ),
    "race": Link(
        partial(bridge, hold=0.0, capacity=ORDINARY),
        "the same bridge, left to chance",
        needs=_no_node,
    ),
    "lossy": Link(
        lossy.lossy,
        "loopback that drops every third packet with data",
        needs=lossy.not_installed,
    ),
}


def missing(name: str) -> str:
    """Why the link cannot be had on this machine; empty when it can."""
    legs = name.split("+")
    if lacking := next(filter(None, (LINKS[leg].needs() for leg in legs if leg in LINKS)), ""):
        return lacking
    return lossy.missing() if "lossy" in legs else ""


Watch = Callable[[Sequence[tuple[str, int]]], None]
"""Is told the hops of a link before anything goes over it: name and port of each that
listens, in the client's order, the server last."""


@contextmanager
def open_link(
    name: str, server: Address, recorder: Recorder, watch: Watch | None = None
) -> Iterator[Address]:
    """Open a link or brigade to ``server``; yields the address for the client.

    KeyError names a leg that does not exist."""
    with ExitStack() as stack:
        address, hops = server, [("server", server[1])]
        for leg in reversed(name.split("+")):
            before, address = address, stack.enter_context(LINKS[leg].open(address, recorder))
            if address != before:
                hops.insert(0, (leg, address[1]))
        if watch is not None:
            watch(hops)
        yield address
