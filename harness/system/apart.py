"""Places for processes that share nothing of a network but one port.

Owns: network namespaces with a wire to this machine each (``ip-netns(8)``, veth(4)). Must not
know what runs there. The other end of every wire is one address of this machine, on its
loopback interface; from a place nothing is reached but one port there, and of the place
nothing but one port answers. There is no way from one place to another. It takes root, and
iproute2.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from ..model import WorkbenchError
from . import processes

HERE = "10.213.0.1"
PORT = 4100  # the one that answers in a place
TABLE = "100"  # of the routes that only some packets may take
SECONDS = 20.0  # for a command; each is done in a moment


class Place(NamedTuple):
    """How a command is started there, and the address that it has."""

    words: tuple[str, ...]
    address: str


class Apart(NamedTuple):
    """The places, and the one address and port that they all reach."""

    places: tuple[Place, ...]
    address: str
    port: int


@contextmanager
def places(number: int) -> Iterator[Apart]:
    """So many places; all is as before when the block ends.

    Raises ``WorkbenchError`` with what ``ip`` says where they can not be made.
    """
    if os.geteuid() != 0:
        raise WorkbenchError("network namespaces take root")
    with ExitStack() as stack:
        _ip(stack, f"address add {HERE}/32 dev lo", f"address del {HERE}/32 dev lo")
        port = free_port(HERE)
        made = tuple(_place(stack, n, port) for n in range(1, number + 1))
        yield Apart(made, HERE, port)


def free_port(address: str) -> int:
    """A port of that address which nobody listens at."""
    with socket.socket() as free:
        free.bind((address, 0))
        return int(free.getsockname()[1])


def _place(stack: ExitStack, number: int, port: int) -> Place:
    name, wire = f"workbench-{os.getpid()}-{number}", f"wb{os.getpid() % 100000}x{number}"
    address = f"10.213.{number}.2"
    _ip(stack, f"netns add {name}", f"netns delete {name}")
    _ip(stack, f"link add {wire} type veth peer name wire netns {name}", f"link delete {wire}")
    _ip(stack, f"link set {wire} up")
    _ip(stack, f"route add {address}/32 dev {wire} src {HERE}")
    for words in (
        f"address add {address}/32 dev wire",
        "link set wire up",
        "link set lo up",
        f"route add {HERE}/32 dev wire table {TABLE}",
        f"rule add to {HERE} ipproto tcp dport {port} lookup {TABLE}",
        f"rule add to {HERE} ipproto tcp sport {PORT} lookup {TABLE}",
    ):
        _ip(stack, f"-n {name} {words}")
    return Place(("ip", "netns", "exec", name), address)


def _ip(stack: ExitStack, words: str, after: str = "") -> None:
    """Do something with ``ip``, and at the end what undoes it."""
    done = processes.run(["ip", *words.split()], deadline=SECONDS)
    if not done.ok:
        raise WorkbenchError(f"`ip {words}`: {' '.join((done.stderr or done.stdout).split())}")
    if after:
        stack.callback(processes.run_quietly, ["ip", *after.split()], SECONDS)
