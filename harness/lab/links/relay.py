"""A forwarder in one thread: one loop over all its connections.

Owns the listening socket and the loop. What becomes of the bytes is decided by
a fault and done by ``pair.py``.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .. import deadlines
from ..faults import Close, Fault, Side
from ..observation import Recorder
from ..servers import HOST, Address
from .pair import Pair


class Relay:
    """The loop over all pairs of one link: each accepted connection is one."""

    def __init__(
        self,
        server: Address,
        fault: Callable[[], Fault],
        recorder: Recorder,
        name: str,
        late: float,
    ) -> None:
        self.server, self.fault, self.recorder, self.name = server, fault, recorder, name
        self.late = late
        self.listener = socket.create_server((HOST, 0))
        self.wake, self._woken = socket.socketpair()
        self.pairs: list[Pair] = []

    def _accept(self) -> None:
        near, _ = self.listener.accept()
        try:
            self.pairs.append(
                Pair(near, self.server, self.fault(), self.recorder, self.name, self.late)
            )
        except OSError:
            near.close()

    def _round(self) -> bool:
        """Wait for the next thing to do and do it; False when it is time to end."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            selector.register(self.listener, selectors.EVENT_READ)
            # One clock for the whole round, or something could become due between
            # two looks at it and be slept through.
            now = time.monotonic()
            times = [pair.read_after for pair in self.pairs]
            for pair in self.pairs:
                for side in Side:
                    mask = selectors.EVENT_READ if pair.wants(side, now) else 0
                    mask |= selectors.EVENT_WRITE if pair.blocked(side, now) else 0
                    if mask:
                        selector.register(pair.sockets[side], mask, (pair, side))
                    due = pair.due(side)
                    if due is not None:
                        times.append(due)
            waiting = [when - now for when in times if when > now]
            ready = selector.select(min(waiting) if waiting else None)
        # All reading first: a server's close is seen before anything queued
        # earlier is let go, however late this thread was woken.
        for key, mask in ready:
            if key.fileobj is self._woken:
                return False
            if key.fileobj is self.listener:
                self._accept()
            elif mask & selectors.EVENT_READ:
                pair, side = key.data
                if pair.open:
                    pair.arrive(side)
        for pair in self.pairs:
            for side in Side:
                if pair.open:
                    pair.push(side)
        self.pairs = [pair for pair in self.pairs if pair.open]
        return True

    def run(self) -> None:
        """Forward until ``wake`` is written to; all sockets are closed then."""
        try:
            while self._round():
                pass
        finally:
            for pair in self.pairs:
                pair.end(Close())
            for sock in (self.listener, self._woken):
                sock.close()


@contextmanager
def relay(
    server: Address,
    fault: Callable[[], Fault],
    recorder: Recorder,
    name: str,
    late: float = 0.0,
) -> Iterator[Address]:
    """Forward to ``server`` while the block runs; yields the address to connect to.

    With ``late``, the server is not read from for the first ``late`` seconds, and
    then through a small buffer: what it loses when it closes is lost for sure."""
    loop = Relay(server, fault, recorder, name, late)
    thread = threading.Thread(target=loop.run, name=f"link {name}", daemon=True)
    address: Address = loop.listener.getsockname()
    thread.start()
    try:
        yield address
    finally:
        loop.wake.send(b"x")
        thread.join(deadlines.REAP)
        loop.wake.close()
        if thread.is_alive():
            raise RuntimeError(f"the link {name} did not end")
