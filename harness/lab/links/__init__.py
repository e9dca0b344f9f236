"""The links between a client and a server, by name.

Owns the table of links and brigades (``a+b``: the client reaches ``a``, which
reaches ``b``, which reaches the server). A new link is one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from typing import Final

from .. import deadlines
from ..faults import Fault
from ..faults.faithful import Faithful
from ..faults.resetting import Resetting
from ..faults.slow import Slow
from ..faults.tearing import Tearing
from ..observation import Recorder
from ..servers import Address
from . import lossy
from .bridge import ORDINARY, bridge, node
from .relay import relay

Link = Callable[[Address, Recorder], AbstractContextManager[Address]]


def _direct(server: Address, recorder: Recorder) -> AbstractContextManager[Address]:
    return nullcontext(server)


def _relayed(name: str, fault: Callable[[], Fault], late: float = 0.0) -> Link:
    def link(server: Address, recorder: Recorder) -> AbstractContextManager[Address]:
        return relay(server, fault, recorder, name, late)

    return link


LINKS: Final[dict[str, Link]] = {
    "direct": _direct,
    "faithful": _relayed("faithful", Faithful),
    "tearing": _relayed("tearing", Tearing),
    "late": _relayed("late", Faithful, late=deadlines.HOLD),
    "slow": _relayed("slow", Slow),
    "resetting": _relayed("resetting", Resetting),
    "bridge": partial(bridge),
    "race": partial(bridge, hold=0.0, capacity=ORDINARY),
    "lossy": lossy.lossy,
}


def missing(name: str) -> str:
    """Why the link cannot be had on this machine; empty when it can."""
    if {"bridge", "race"} & set(name.split("+")) and node() is None:
        return "the bridge needs Node.js: install the package nodejs"
    return lossy.missing() if "lossy" in name.split("+") else ""


@contextmanager
def open_link(name: str, server: Address, recorder: Recorder) -> Iterator[Address]:
    """Open a link or brigade to ``server``; yields the address for the client.

    KeyError names a leg that does not exist."""
    with ExitStack() as stack:
        address = server
        for leg in reversed(name.split("+")):
            address = stack.enter_context(LINKS[leg](address, recorder))
        yield address
