"""A server of the lab that runs: started, watched, stopped, ended.

Owns how to start and end one, and how to see what it has not let go of yet. It must
not know requests, links or tests.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from threading import Event as Pause
from typing import Final

import psutil

from . import certificates, deadlines
from .children import Child, child
from .kinds import ServerKind
from .target import Target

PROGRAMS: Final = Path(__file__).parent / "programs"
HOST: Final = "127.0.0.1"
CPUCLOCK_SCHED: Final = 2  # Linux, include/linux/posix-timers_types.h

Address = tuple[str, int]
"""Where something listens: host and port."""


@dataclass
class RunningServer:
    """A server that listens at ``address``; ``gates`` is where its gates are opened."""

    kind: ServerKind
    address: Address
    child: Child
    gates: Path
    _threads: int = field(default=0)
    _sockets: frozenset[str] = field(default=frozenset())

    @property
    def name(self) -> str:
        """Its name in the table."""
        return self.kind.name

    def settle(self, patience: float) -> None:
        """Count the threads and sockets that it has at rest, and see it answer a request
        within ``patience`` seconds, if it is known how to ask it for something."""
        self._threads = self.threads()
        self._sockets = self._open_sockets()
        if self.kind.protocol != "http":
            return
        with socket.create_connection(self.address, patience) as first:
            first.sendall(b"GET /bytes?size=1 HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            first.shutdown(socket.SHUT_WR)
            try:
                while first.recv(4096):
                    pass
            except OSError:
                raise self.child.failure("did not answer its first request") from None
        self.wait_free()

    def _processes(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self.child.pid)
            # Looking for children reads the whole process table.
            return [parent, *(parent.children(recursive=True) if self.kind.forks else ())]
        return []

    def _open_sockets(self) -> frozenset[str]:
        """Every socket that its processes hold, of whatever kind; where nobody can tell,
        something that no server had at rest."""
        found = set()
        for process in self._processes():
            folder = f"/proc/{process.pid}/fd"
            try:
                files = [f"{folder}/{name}" for name in os.listdir(folder)]
            except OSError:
                return frozenset(["unknown"])
            for path in files:
                with suppress(OSError):
                    found.add(os.readlink(path))
        return frozenset(each for each in found if each.startswith("socket:"))

    def connections(self) -> int:
        """How many connections the server's processes hold open."""
        # Asking what its sockets are makes the kernel walk over all that the machine has:
        # ten milliseconds, which hundreds of tests would pay.
        if self._open_sockets() <= self._sockets:
            return 0
        count = 0
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                count += sum(1 for c in process.net_connections("tcp") if c.raddr)
        return count

    def cpu_seconds(self) -> float:
        """The CPU time of its process so far, with that of threads that have ended."""
        if sys.platform == "linux":
            # The process's own clock (clock_getcpuclockid(3)), which counts nanoseconds; what
            # psutil reads counts hundredths of a second.
            return time.clock_gettime(~self.child.pid << 3 | CPUCLOCK_SCHED)
        times = psutil.Process(self.child.pid).cpu_times()
        return float(times.user + times.system)

    def threads(self) -> int:
        """How many threads its processes have, over those that it booted with."""
        total = 0
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                total += process.num_threads()
        return total - self._threads

    def held(self) -> str:
        """What it has not let go of yet, in words without numbers; empty: nothing."""
        if self.connections():
            return "a connection is left open"
        if self.kind.per_connection and self.threads() > 0:
            return "a thread is left running"
        return ""

    def wait_connected(self, deadline: float = deadlines.CONNECT) -> bool:
        """Wait until it holds a connection; whether it does within ``deadline`` seconds.

        One that the kernel keeps for it, because it was not accepted yet, is none."""
        began = time.monotonic()
        while not (connected := self.connections() > 0) and time.monotonic() < began + deadline:
            _wait_a_little(began)
        return connected

    def wait_free(self, deadline: float = deadlines.FREE) -> str:
        """Wait until it has let go of every connection; what it still holds
        after ``deadline`` seconds, else the empty string."""
        began = time.monotonic()
        while (held := self.held()) and time.monotonic() < began + deadline:
            _wait_a_little(began)
        return held

    def open_gate(self, name: str) -> None:
        """Let the gated stream ``name`` go on."""
        (self.gates / name).touch()

    def heard_awake(self, word: str, deadline: float) -> bool:
        """Whether its program says ``word`` within ``deadline`` seconds, kept awake.

        ``serve_forever()`` looks twice a second whether to stop, and after each client: it is
        sent some that leave at once, so that no part of the time is its sleep."""
        end = time.monotonic() + deadline
        while not (heard := self.child.heard(word, deadlines.POLL)) and time.monotonic() < end:
            with socket.socket() as nobody:
                nobody.setblocking(False)
                nobody.connect_ex(self.address)
        return heard

    def interrupt(self) -> bool:
        """Ask it to stop as Ctrl-C does; whether it has ended within STOP."""
        os.killpg(self.child.pid, signal.SIGINT)
        try:
            self.child.process.wait(deadlines.STOP)
        except subprocess.TimeoutExpired:
            return False
        return True


def _wait_a_little(since: float) -> None:
    """A pause before the next look at a server, a tenth of the time that was waited.

    To look is work, of which somebody else's share of the processor is not to be spent on one
    that hangs; and who waits for seconds does not mind a tenth of them.
    """
    Pause().wait(max(deadlines.POLL, (time.monotonic() - since) * deadlines.POLL_SHARE))


@contextmanager
def serve(
    kind: ServerKind, target: Target, boot: float = deadlines.BOOT
) -> Iterator[RunningServer]:
    """Run one server; ChildFailed when it does not come up within ``boot`` seconds."""
    target.scratch.mkdir(parents=True, exist_ok=True)
    directory = Path(mkdtemp(prefix=f"lab-{kind.name}-", dir=target.scratch))
    gates = directory / "gates"
    gates.mkdir()
    env = target.environment()
    env["LAB_GATES"] = str(gates)
    if kind.protocol == "https":
        env["LAB_CERTIFICATE"] = str(certificates.make(directory))
    env["LAB_GATE_SECONDS"] = str(deadlines.GATE)
    argv = [*target.python, str(PROGRAMS / kind.program)]
    if kind.family == "django":
        argv.append(str(directory / "project"))
    with child([*argv, *kind.options], env, directory) as process:
        port = process.hear("ready", boot)[0]
        running = RunningServer(kind, (HOST, int(port)), process, gates)
        running.settle(boot)
        yield running
