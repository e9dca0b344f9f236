"""Requests as fast as a server answers them: ``python -m harness.lab.load``.

Owns the clients of a measurement and what they count. It must not know trees,
candidates or what the numbers are compared with.
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

from . import deadlines
from .children import ChildFailed
from .kinds import SERVERS, ServerKind
from .request import HttpRequest, get, stream
from .servers import Address, RunningServer, serve
from .target import parse

SIZES: Final = {"1 kB": 1_000, "1 MB": 1_000_000}
PARTS: Final = (1000, 10)
LAST_CHUNK: Final = b"\r\n0\r\n\r\n"
CLIENTS: Final = 4
"""Clients at once: more than the cores that the server can use."""
CHUNK: Final = 1 << 18
QUICK: Final = getattr(socket, "TCP_QUICKACK", None)
"""A server that writes head and body apart waits for the first one's ACK (Nagle's
algorithm), which Linux delays by 40 ms. That wait would hide all that is measured."""


class ScenarioRate(msgspec.Struct, frozen=True):
    """One scenario: ``rate`` in requests per second, ``latency`` in seconds (the median),
    ``cpu`` in seconds of the server's CPU time for each request."""

    scenario: str
    rate: float
    latency: float
    cpu: float


class Asker:
    """Asks one server for one thing, on one connection after another.

    ``patience`` is for how many seconds a server may be silent.
    """

    def __init__(
        self, address: Address, request: HttpRequest, patience: float = deadlines.HUNG
    ) -> None:
        self._address, self._wire, self._close = address, request.encoded(), request.close
        self._expected, self._patience = request.expected, patience
        self._buffer = bytearray(CHUNK)
        self._connection: socket.socket | None = None

    def ask(self) -> None:
        """One request and its whole answer; OSError if that breaks off or does not come."""
        connection = self._connection or socket.create_connection(self._address, self._patience)
        self._connection = connection
        connection.settimeout(self._patience)
        if not self._exchange(connection):
            self.leave()

    def leave(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, connection: socket.socket) -> bool:
        """Ask once; whether the connection can be used again."""
        connection.sendall(self._wire)
        seen = b""
        while b"\r\n\r\n" not in seen:
            part = self._receive(connection)
            if not part:
                raise OSError("the server closed within the head of a response")
            seen += part
        head, _, body = seen.lower().partition(b"\r\n\r\n")
        closes = self._close or b"\r\nconnection: close" in head
        if b"\r\ncontent-length:" in head:
            self._read_counted(connection, len(body))
        else:
            closes |= self._read_to_its_end(connection, body, b"\r\ntransfer-encoding:" in head)
        return not closes

    def _read_counted(self, connection: socket.socket, had: int) -> None:
        left = self._expected - had
        while left > 0:
            count = connection.recv_into(self._buffer, min(left, CHUNK))
            if not count:
                raise OSError("the server closed within a response")
            left -= count

    def _read_to_its_end(self, connection: socket.socket, tail: bytes, chunked: bool) -> bool:
        """Read until the last chunk or EOF; whether it was EOF."""
        count = len(tail)
        while not (chunked and tail.endswith(LAST_CHUNK)):
            part = self._receive(connection)
            if not part:
                if count < self._expected:
                    raise OSError("the server closed within a response")
                return True
            count += len(part)
            tail = (tail + part)[-len(LAST_CHUNK) :]
        return False

    def _receive(self, connection: socket.socket) -> bytes:
        if QUICK is not None:
            connection.setsockopt(socket.IPPROTO_TCP, QUICK, 1)
        return connection.recv(CHUNK)


class _Client(threading.Thread):
    """Asks again and again until ``stop`` is set; ``took`` holds seconds for each answer."""

    def __init__(self, asker: Asker, stop: threading.Event) -> None:
        super().__init__(name="client")
        self._asker, self._stopped = asker, stop
        self.took: list[float] = []
        self.error = ""

    def run(self) -> None:
        try:
            while not self._stopped.is_set():
                began = time.perf_counter()
                self._asker.ask()
                self.took.append(time.perf_counter() - began)
        except OSError as error:
            self.error = str(error)
        finally:
            self._asker.leave()


def measure(
    server: RunningServer, scenario: str, request: HttpRequest, seconds: float
) -> ScenarioRate:
    """Load a server for so many seconds; ChildFailed if a request goes wrong."""
    stop = threading.Event()
    clients = [_Client(Asker(server.address, request), stop) for _ in range(CLIENTS)]
    began, used = time.perf_counter(), server.cpu_seconds()
    for client in clients:
        client.start()
    stop.wait(seconds)
    stop.set()
    for client in clients:
        client.join()
    took, used = time.perf_counter() - began, server.cpu_seconds() - used
    if wrong := next((client.error for client in clients if client.error), ""):
        raise ChildFailed(f"{scenario}: {wrong}")
    every = [each for client in clients for each in client.took]
    return ScenarioRate(scenario, len(every) / took, median(every), used / len(every))


def scenarios() -> dict[str, HttpRequest]:
    """Every way to ask: a connection kept or closed, a small body and a large one, and those
    of a stream in few large parts and in many small ones."""
    found = {
        f"{'close' if close else 'keep-alive'}, {name}": get(size).but(close=close)
        for close in (False, True)
        for name, size in SIZES.items()
    }
    return found | {
        f"stream, {parts} of {name}": stream(size * parts, parts).but(close=False)
        for parts, (name, size) in zip(PARTS, SIZES.items(), strict=True)
    }


def asked_of(kind: ServerKind) -> dict[str, HttpRequest]:
    """The scenarios that a server can be asked for."""
    return {name: request for name, request in scenarios().items() if request.close or kind.keeps}


def main(argv: Sequence[str] | None = None) -> int:
    """Start the target's server, measure every scenario, print the numbers as JSON."""
    parser = argparse.ArgumentParser(prog="python -m harness.lab.load")
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--server", choices=SERVERS, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="for each scenario")
    args = parser.parse_args(argv)
    kind = SERVERS[args.server]
    try:
        with tempfile.TemporaryDirectory(prefix="load-") as scratch:
            target = msgspec.structs.replace(
                parse(args.target.read_text("utf-8")), scratch=Path(scratch)
            )
            with serve(kind, target) as server:
                found = []
                for name, request in asked_of(kind).items():
                    measure(server, name, request, args.seconds / 4)
                    found.append(measure(server, name, request, args.seconds))
    except (ChildFailed, OSError) as error:
        print(f"the load could not be measured: {error}", file=sys.stderr)
        return 2
    print(msgspec.json.encode(found).decode())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
