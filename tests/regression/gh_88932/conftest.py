"""Servers of ``socketserver`` whose loop runs in a thread, and what a client does to them.

The interval of a poll is given where it matters: long where shutdown() must not wait for it,
short where it may. Nothing waits for time: a loop is known to wait when its selector says so.
"""

from __future__ import annotations

import os
import selectors
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

POLL = 15.0  # seconds; what ends sooner did not wait for it
SHORT = 0.05  # seconds, where the poll may be what ends it
SOON = 3.0  # seconds; far from both
ANSWER = b"served"


class Answers(socketserver.BaseRequestHandler):
    """Says one word to whoever comes; to a datagram, from the socket that it came by."""

    def handle(self) -> None:
        if isinstance(self.request, tuple):
            self.request[1].sendto(ANSWER, self.client_address)
        else:
            self.request.sendall(ANSWER)


class PipeServer(socketserver.BaseServer):
    """A server that is not on a socket: requests are bytes of a pipe."""

    def __init__(self) -> None:
        super().__init__("pipe", Answers)
        self.reader, self.writer = os.pipe()
        self.served = threading.Event()

    def fileno(self) -> int:
        return self.reader

    def get_request(self) -> tuple[Any, Any]:
        return os.read(self.reader, 1), "nobody"

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.served.set()

    def server_close(self) -> None:
        os.close(self.reader)
        os.close(self.writer)


SERVERS: dict[str, Callable[[str], socketserver.BaseServer]] = {
    "tcp": lambda path: socketserver.TCPServer(("127.0.0.1", 0), Answers),
    "threading": lambda path: socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answers),
    "forking": lambda path: socketserver.ForkingTCPServer(("127.0.0.1", 0), Answers),
    "udp": lambda path: socketserver.UDPServer(("127.0.0.1", 0), Answers),
    "unix": lambda path: socketserver.UnixStreamServer(path, Answers),
    "pipe": lambda path: PipeServer(),
}


def request(server: socketserver.BaseServer) -> None:
    """Be served: connect, or send a byte. Raises ``TimeoutError`` if nobody answers."""
    if isinstance(server, PipeServer):
        server.served.clear()
        os.write(server.writer, b"x")
        if not server.served.wait(SOON):
            raise TimeoutError("the request was not served")
        return
    assert isinstance(server, socketserver.TCPServer)
    with socket.socket(server.address_family, server.socket_type) as client:
        client.settimeout(SOON)
        client.connect(server.server_address)
        if server.socket_type is socket.SOCK_DGRAM:
            client.send(b"x")
        assert client.recv(100) == ANSWER


class Loop:
    """``serve_forever()`` in a thread."""

    def __init__(self, server: socketserver.BaseServer, poll: float, waits: threading.Event):
        self.server = server
        waits.clear()
        self.thread = threading.Thread(target=server.serve_forever, args=(poll,), daemon=True)
        self.thread.start()
        assert waits.wait(SOON), "the loop does not begin to wait"

    def stop(self) -> float:
        """Call ``shutdown()``, and fail if that is not over soon; the seconds that it took."""
        began = time.monotonic()
        caller = threading.Thread(target=self.server.shutdown, daemon=True)
        caller.start()
        caller.join(SOON)
        assert not caller.is_alive(), "shutdown() waits for the poll"
        self.thread.join(SOON)
        assert not self.thread.is_alive()
        return time.monotonic() - began

    def end(self) -> None:
        """Have it ended, whatever the server is like: a request ends every poll."""
        if self.thread.is_alive():
            threading.Thread(target=self.server.shutdown, daemon=True).start()
            self.thread.join(4 * SHORT)
        if self.thread.is_alive():
            with suppress(OSError, AssertionError):
                request(self.server)
            self.thread.join(SOON)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set whenever a loop, which has seen no shutdown so far, waits for requests."""
    waiting = threading.Event()
    select = selectors.PollSelector.select

    def watched(self: selectors.PollSelector, timeout: float | None = None) -> Any:
        waiting.set()
        return select(self, timeout)

    monkeypatch.setattr(selectors.PollSelector, "select", watched)
    return waiting


@pytest.fixture
def serve(waits: threading.Event) -> Iterator[Callable[..., Loop]]:
    """Begin the loop of a server; it has ended, and the server is closed, after the test."""
    with ExitStack() as stack:
        closed: set[int] = set()

        def begin(server: socketserver.BaseServer, poll: float = SHORT) -> Loop:
            if id(server) not in closed:
                closed.add(id(server))
                stack.callback(server.server_close)
            loop = Loop(server, poll, waits)
            stack.callback(loop.end)
            return loop

        yield begin


@pytest.fixture
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], socketserver.BaseServer]:
    """A server by its name, which nobody serves yet."""

    def make(name: str) -> socketserver.BaseServer:
        # The path of a Unix socket is short, or there is none.
        folder = Path(os.path.relpath(tmp_path_factory.mktemp("s")))
        return SERVERS[name](str(folder / "s"))

    return make


@contextmanager
def in_thread(function: Callable[[], object]) -> Iterator[threading.Thread]:
    """A call that goes on beside the block; it has to be over soon after it."""
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    yield thread
    thread.join(SOON)
    assert not thread.is_alive(), "it is still waiting"
