"""The curve of notes/0012-bounded-drain.md: how long to let the client close first.

usage: python notes/0012-curve.py TREE [--python PATH] [--repeat N] [--bounds MS…] [--busy N]

TREE is a Django checkout with django/bounded-drain; it is copied, and for each
bound (milliseconds) the number is changed in the copy. Prints, for each bound,
how many exchanges of each kind lost data, and how long clients waited that read
to the server's FIN. ``--busy N`` keeps N processes computing meanwhile.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from harness.lab.clients import USUAL
from harness.lab.clients.raw import fetch
from harness.lab.clients.wire import Wire
from harness.lab.exchange import observation_of
from harness.lab.faults.tearing import Tearing
from harness.lab.links import open_link
from harness.lab.links.bridge import bridge
from harness.lab.links.relay import relay
from harness.lab.observation import Ending, Recorder
from harness.lab.request import HttpRequest, get
from harness.lab.servers import SERVERS, Address, RunningServer, serve
from harness.lab.target import Target

BOUNDS = (0, 25, 50, 100, 150, 200, 250, 300, 500, 750, 1000, 1500)
NUMBER = re.compile(r"(client_close_timeout = )[0-9.]+")
Link = Callable[[Address, Recorder], AbstractContextManager[Address]]


def _named(name: str) -> Link:
    return lambda server, recorder: open_link(name, server, recorder)


def _tearing(hold: float) -> Link:
    def link(server: Address, recorder: Recorder) -> AbstractContextManager[Address]:
        return relay(server, lambda: Tearing(hold=hold), recorder, "tearing")

    return link


LOSSES: dict[str, tuple[Link, HttpRequest]] = {
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
WAITS: dict[str, HttpRequest] = {
    "HTTP/1.1 close": get(50_000),
    "HTTP/1.0": get(50_000).but(version="1.0"),
}


def loss(server: RunningServer, link: Link, request: HttpRequest) -> int:
    """How many bytes of the body did not arrive in one exchange."""
    recorder = Recorder()
    with link(server.address, recorder) as address:
        response = fetch(address, request, recorder, USUAL)
    server.wait_free()
    seen = observation_of(server.name, "", "raw", request, response, recorder)
    return 0 if seen.good else max(1, seen.expected - seen.received)


def wait(server: RunningServer, request: HttpRequest) -> float:
    """Milliseconds from the end of the body to FIN, for a client that waits."""
    recorder = Recorder()
    with Wire(server.address, recorder) as wire:
        wire.send(request.encoded())
        whole = wire.read(request.method)
        assert whole.ending is Ending.COMPLETE, whole
        ended = recorder.now() if whole.known is None else whole.known
        assert wire.wait_end() is Ending.COMPLETE
        return (recorder.now() - ended) * 1000


@contextmanager
def busy(number: int) -> Iterator[None]:
    """Keep ``number`` processes computing."""
    with ExitStack() as stack:
        for _ in range(number):
            process = stack.enter_context(
                subprocess.Popen([sys.executable, "-c", "while True: pass"])
            )
            stack.callback(process.kill)
        yield


def main() -> None:
    """Print one line for each bound."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tree", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--bounds", type=int, nargs="*", default=BOUNDS)
    parser.add_argument("--only", default="", help="links whose name contains this")
    parser.add_argument("--busy", type=int, default=0)
    args = parser.parse_args()
    chosen = {name: found for name, found in LOSSES.items() if args.only in name}
    print("bound ms", *chosen, *(f"wait {name}" for name in WAITS), sep=" | ")
    with tempfile.TemporaryDirectory() as scratch, busy(args.busy):
        tree = Path(scratch, "tree")
        shutil.copytree(args.tree / "django", tree / "django")
        source = tree / "django/core/servers/basehttp.py"
        text = source.read_text()
        for bound in args.bounds:
            source.write_text(NUMBER.sub(rf"\g<1>{bound / 1000}", text))
            target = Target(Path(scratch), (args.python,), tree)
            with serve(SERVERS["runserver"], target) as server:
                cells = []
                for link, request in chosen.values():
                    lost = [loss(server, link, request) for _ in range(args.repeat)]
                    hit = [n for n in lost if n]
                    bytes_lost = f" {median(hit):,.0f} B" if hit else ""
                    cells.append(f"{len(hit)}/{len(lost)}{bytes_lost}")
                for request in WAITS.values():
                    took = [wait(server, request) for _ in range(args.repeat)]
                    cells.append(f"{median(took):.0f} (max {max(took):.0f})")
            print(bound, *cells, sep=" | ", flush=True)


if __name__ == "__main__":
    main()
