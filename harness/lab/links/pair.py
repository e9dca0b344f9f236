"""One forwarded connection: two sockets, and a queue towards each.

Owns the pair of sockets and what is queued for them. It acts on a fault's
decisions and must not know which fault makes them.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Final

from .. import deadlines
from ..clients.wire import RESET_ON_CLOSE
from ..faults import Arrival, Came, Close, Decision, Fault, Finish, Reset, Send, Side, Wait
from ..observation import Recorder
from ..servers import Address

LATE_BUFFER: Final = 4096
"""SO_RCVBUF in bytes of a late link's socket towards the server."""

NAMES: Final = {Side.CLIENT: "client", Side.SERVER: "server"}


def other(side: Side) -> Side:
    """The side across the link."""
    return Side.SERVER if side is Side.CLIENT else Side.CLIENT


class Pair:
    """One forwarded connection: two sockets, and a queue towards each.

    ``near`` is the client's socket, ``server`` is connected to; for ``late`` seconds
    nothing is read from there. OSError when the server does not accept."""

    def __init__(
        self,
        near: socket.socket,
        server: Address,
        fault: Fault,
        recorder: Recorder,
        name: str,
        late: float,
    ) -> None:
        self.fault, self.recorder, self.name = fault, recorder, name
        far = socket.socket()
        far.settimeout(deadlines.CONNECT)
        if late:
            far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LATE_BUFFER)
        try:
            far.connect(server)
        except OSError:
            far.close()
            raise
        self.read_after = time.monotonic() + late
        self.sockets = {Side.CLIENT: near, Side.SERVER: far}
        self.queues: dict[Side, list[Decision]] = {Side.CLIENT: [], Side.SERVER: []}
        self.not_before = {Side.CLIENT: 0.0, Side.SERVER: 0.0}
        self.came = {Side.CLIENT: 0, Side.SERVER: 0}
        self.reading = {Side.CLIENT, Side.SERVER}
        self.finished: set[Side] = set()
        self.open = True
        for side in Side:
            self.sockets[side].setblocking(False)
            self.sockets[side].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if late:
            self.note("holds back")

    def note(self, what: str, size: int = 0, data: bytes = b"") -> None:
        """Record an event in the link's name; ``size`` is in bytes, which ``data`` has."""
        self.recorder.note(self.name, what, size, data)

    def arrive(self, side: Side) -> None:
        """Read from ``side`` and do what the fault decides."""
        try:
            data = self.sockets[side].recv(65536)
        except BlockingIOError:
            return
        except OSError:
            came, data = Came.RST, b""
        else:
            came = Came.DATA if data else Came.FIN
        verb = "got" if came is Came.DATA else f"got {came.name}"
        self.note(f"{verb} from {NAMES[side]}", len(data), data)
        if came is not Came.DATA:
            self.reading.discard(side)
        decisions = self.fault.decide(Arrival(side, came, data, self.came[side]))
        self.came[side] += len(data)
        if data:
            self.came[other(side)] = 0
        for decision in decisions:
            if isinstance(decision, Close | Reset):
                self.end(decision)
                return
            self.queues[other(side)].append(decision)
        self.push(other(side))

    def due(self, side: Side) -> float | None:
        """When the queue towards ``side`` may go on, None when it is empty."""
        return self.not_before[side] if self.queues[side] else None

    def push(self, side: Side) -> None:
        """Carry out what is queued towards ``side``, as far as it goes now."""
        queue, name = self.queues[side], NAMES[side]
        while self.open and queue and time.monotonic() >= self.not_before[side]:
            decision = queue[0]
            try:
                if isinstance(decision, Send):
                    sent = self.sockets[side].send(decision.data)
                    self.note(f"passed to {name}", sent, decision.data[:sent])
                    if sent < len(decision.data):
                        queue[0] = Send(decision.data[sent:])
                        continue
                elif isinstance(decision, Finish):
                    self.sockets[side].shutdown(socket.SHUT_WR)
                    self.note(f"passed FIN to {name}")
                    self.finished.add(side)
                elif isinstance(decision, Wait):
                    self.not_before[side] = time.monotonic() + decision.seconds
            except BlockingIOError:
                return
            except OSError:
                self.end(Reset())
                return
            queue.pop(0)
        if len(self.finished) == 2:
            self.end(Close())

    def wants(self, side: Side, now: float) -> bool:
        """Whether ``side`` is read from now."""
        if side is Side.SERVER and now < self.read_after:
            return False
        return side in self.reading

    def blocked(self, side: Side, now: float) -> bool:
        """Whether something could be sent to ``side`` if it took it."""
        due = self.due(side)
        return due is not None and now >= due

    def end(self, how: Close | Reset) -> None:
        """Close or reset both sides now."""
        if not self.open:
            return
        self.open = False
        if len(self.finished) < 2:
            lost = sum(
                len(d.data) for queue in self.queues.values() for d in queue if isinstance(d, Send)
            )
            self.note("reset both sides" if isinstance(how, Reset) else "closed both sides")
            if lost:
                self.note("dropped", lost)
        for sock in self.sockets.values():
            with suppress(OSError):
                if isinstance(how, Reset):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                sock.close()
