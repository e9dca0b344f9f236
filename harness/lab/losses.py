"""What is lost when a server closes, and how long clients wait: ``python -m harness.lab.losses``.

Owns the exchanges of a measurement: clients behind links that drop what they have
not passed on yet, and clients that read to EOF. It must not know trees, candidates
or what the numbers are for.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from .children import ChildFailed
from .clients import USUAL
from .clients.raw import fetch
from .clients.wire import Wire
from .exchange import observation_of
from .faults.tearing import Tearing
from .kinds import SERVERS
from .links import open_link
from .links.bridge import bridge
from .links.relay import relay
from .observation import Ending, Recorder
from .request import HttpRequest, get
from .servers import Address, RunningServer, serve
from .target import parse

Link = Callable[[Address, Recorder], AbstractContextManager[Address]]


class ExchangeLoss(msgspec.Struct, frozen=True):
    """How many bytes of the body did not arrive, for each exchange over one link."""

    name: str
    lost: tuple[int, ...]


class ClientWait(msgspec.Struct, frozen=True):
    """Seconds from the end of the body to FIN, for each client that waits for it."""

    name: str
    seconds: tuple[float, ...]


class LossReport(msgspec.Struct, frozen=True):
    """Everything that was measured on one server."""

    losses: tuple[ExchangeLoss, ...]
    waits: tuple[ClientWait, ...]


def _named(name: str) -> Link:
    return lambda server, recorder: open_link(name, server, recorder)


def _tearing(hold: float) -> Link:
    def link(server: Address, recorder: Recorder) -> AbstractContextManager[Address]:
        return relay(server, lambda: Tearing(hold=hold), recorder, "tearing")

    return link


LOSSES: Final[dict[str, tuple[Link, HttpRequest]]] = {
    "race 50 kB": (_named("race"), get(50_000)),
    "race 500 kB": (_named("race"), get(500_000)),
    "race 5 MB": (_named("race"), get(5_000_000)),
    "tearing 50 ms": (_tearing(0.05), get(50_000)),
    "tearing 150 ms": (_tearing(0.15), get(50_000)),
    "tearing 300 ms": (_tearing(0.30), get(50_000)),
    "bridge 50 ms": (partial(bridge, hold=0.05), get(50_000)),
    "bridge 150 ms": (partial(bridge, hold=0.15), get(50_000)),
    "bridge 150 ms, 5 MB": (partial(bridge, hold=0.15), get(5_000_000)),
    "bridge 300 ms": (partial(bridge, hold=0.30), get(50_000)),
}
"""Links that lose what they hold when the server closes first, and what is asked over each."""

WAITS: Final[dict[str, HttpRequest]] = {
    "HTTP/1.1 close": get(50_000),
    "HTTP/1.0": get(50_000).but(version="1.0"),
}
"""What a client asks that then reads on until FIN."""


def loss(server: RunningServer, link: Link, request: HttpRequest) -> int:
    """How many bytes of the body did not arrive in one exchange; 1 if only its end was not seen."""
    recorder = Recorder()
    with link(server.address, recorder) as address:
        response = fetch(address, request, recorder, USUAL)
    server.wait_free()
    seen = observation_of(server.name, "", "raw", request, response, recorder)
    return 0 if seen.good else max(1, seen.expected - seen.received)


def wait(server: RunningServer, request: HttpRequest) -> float:
    """Seconds from the end of the body to FIN. Raises ChildFailed if either does not come."""
    recorder = Recorder()
    with Wire(server.address, recorder) as wire:
        wire.send(request.encoded())
        whole = wire.read(request.method)
        ended = recorder.now() if whole.known is None else whole.known
        if whole.ending is not Ending.COMPLETE or wire.wait_end() is not Ending.COMPLETE:
            raise ChildFailed(f"{server.name} did not answer completely and then close")
        return recorder.now() - ended


def measure(server: RunningServer, repeat: int, only: str = "") -> LossReport:
    """Every exchange so many times; of the links only those whose name contains ``only``."""
    chosen = {name: found for name, found in LOSSES.items() if only in name}
    return LossReport(
        tuple(
            ExchangeLoss(name, tuple(loss(server, link, request) for _ in range(repeat)))
            for name, (link, request) in chosen.items()
        ),
        tuple(
            ClientWait(name, tuple(wait(server, request) for _ in range(repeat)))
            for name, request in WAITS.items()
        ),
    )


@contextmanager
def computing(number: int) -> Iterator[None]:
    """Keep so many processes computing."""
    with ExitStack() as stack:
        for _ in range(number):
            process = stack.enter_context(
                subprocess.Popen([sys.executable, "-c", "while True: pass"])
            )
            stack.callback(process.kill)
        yield


def main(argv: Sequence[str] | None = None) -> int:
    """Start the target's server, measure, print the numbers as JSON."""
    parser = argparse.ArgumentParser(prog="python -m harness.lab.losses")
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--server", choices=SERVERS, required=True)
    parser.add_argument("--repeat", type=int, required=True, help="exchanges of each kind")
    parser.add_argument("--only", default="", help="links whose name contains this")
    parser.add_argument("--busy", type=int, default=0, help="processes that compute meanwhile")
    args = parser.parse_args(argv)
    try:
        target = parse(args.target.read_text("utf-8"))
        with serve(SERVERS[args.server], target) as server, computing(args.busy):
            found = measure(server, args.repeat, args.only)
    except (ChildFailed, OSError) as error:
        print(f"the losses could not be measured: {error}", file=sys.stderr)
        return 2
    print(msgspec.json.encode(found).decode())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
