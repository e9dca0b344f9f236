"""A server for the lab's own tests: it says what it is told to, and ends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from harness.lab import deadlines
from harness.lab.servers import HOST, Address

Serve = Callable[[socket.socket], None]


@contextmanager
def serving(serve: Serve) -> Iterator[Address]:
    """Call ``serve`` with each connection, one after another."""
    listener = socket.create_server((HOST, 0))

    def loop() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(deadlines.REAP)
                    serve(connection)

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(deadlines.REAP)
        assert not thread.is_alive()


def read_all(connection: socket.socket) -> bytes:
    """Everything up to FIN."""
    parts = []
    while data := connection.recv(65536):
        parts.append(data)
    return b"".join(parts)
