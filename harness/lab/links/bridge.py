"""The dev-container bridge: a Node process per connection, between two pipes.

Owns the listener on the near side, the Node processes and their pipes. The
pipe's capacity and the far reader's patience are what makes the loss certain:
the reader takes nothing more until Node has exited, or ``hold`` is over. Then the
pipe is widened.
"""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from .. import deadlines
from ..observation import Recorder
from ..servers import HOST, PROGRAMS, Address

CAPACITY: Final = 4096
"""Bytes that the pipe from Node holds: one page, the smallest there is."""

ORDINARY: Final = 65536
"""Bytes that a pipe holds unless somebody changes it, pipe(7)."""

WIDE: Final = 1 << 20
"""Bytes that it holds once the loss is settled: a page at a time, a busy machine
would need seconds for a large response, and no server can wait for that."""


def node() -> str | None:
    """Where Node.js is, None when it is not installed."""
    return shutil.which("node") or shutil.which("nodejs")


class Bridge:
    """One connection: a thread per direction and a Node process."""

    def __init__(
        self,
        near: socket.socket,
        server: Address,
        recorder: Recorder,
        hold: float,
        capacity: int,
    ) -> None:
        self.near, self.recorder, self.hold = near, recorder, hold
        self.out, write = os.pipe()
        fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, capacity)
        program = [node() or "node", str(PROGRAMS / "bridge.js"), server[0], str(server[1])]
        self.process = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=write, start_new_session=True
        )
        os.close(write)
        self.threads = [
            threading.Thread(target=work, daemon=True) for work in (self.inward, self.outward)
        ]
        for thread in self.threads:
            thread.start()

    def inward(self) -> None:
        """From the client to Node's standard input."""
        assert self.process.stdin is not None
        with suppress(OSError):
            while data := self.near.recv(65536):
                self.recorder.note("bridge", "got from client", len(data), data)
                os.write(self.process.stdin.fileno(), data)
            self.recorder.note("bridge", "got FIN from client")
        with suppress(OSError):
            self.process.stdin.close()

    def outward(self) -> None:
        """From Node's standard output to the client."""
        exited = select.poll()
        exited.register(self.out, 0)
        first = select.poll()
        first.register(self.out, select.POLLIN)
        first.poll()
        # Not POLLIN: only that the writing end has gone is waited for.
        if self.hold:
            exited.poll(self.hold * 1000)
            fcntl.fcntl(self.out, fcntl.F_SETPIPE_SZ, WIDE)
        with suppress(OSError):
            while data := os.read(self.out, 65536):
                self.recorder.note("bridge", "passed to client", len(data), data)
                self.near.sendall(data)
        self.recorder.note("bridge", "Node has exited")
        with suppress(OSError):
            self.near.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Kill what is left of it and prove that it ended."""
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait(deadlines.REAP)
        with suppress(OSError):
            self.near.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(deadlines.REAP)
            if thread.is_alive():
                raise RuntimeError("a thread of the bridge did not end")
        os.close(self.out)
        self.near.close()


@contextmanager
def bridge(
    server: Address,
    recorder: Recorder,
    hold: float = deadlines.HOLD,
    capacity: int = CAPACITY,
) -> Iterator[Address]:
    """Forward to ``server`` through Node; yields the address to connect to.

    Without ``hold`` (seconds) and with an ordinary ``capacity`` (bytes) the loss is
    the race that it is in life."""
    listener = socket.create_server((HOST, 0))
    bridges: list[Bridge] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                near = listener.accept()[0]
                bridges.append(Bridge(near, server, recorder, hold, capacity))

    thread = threading.Thread(target=accept, name="bridge", daemon=True)
    thread.start()
    try:
        address: Address = listener.getsockname()
        yield address
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        thread.join(deadlines.REAP)
        listener.close()
        for one in bridges:
            one.end()
        if thread.is_alive():
            raise RuntimeError("the bridge did not stop listening")
