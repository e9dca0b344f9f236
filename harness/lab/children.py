"""Child processes of the lab: started in their own group, ended whole.

Owns subprocesses and the lines they report. It must not know what a child
serves or says; programs under test are untrusted, so nothing here waits
without a deadline, and at exit the whole group is killed and proved gone.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from . import deadlines

MARK = "lab: "
"""Lines that begin with this are for us; all others are the program's log."""


class ChildFailed(RuntimeError):
    """A child did not do its part; the message shows its argv, status and log."""


@dataclass
class Child:
    """A running child; ``log`` keeps the last lines that are not for us."""

    argv: tuple[str, ...]
    process: subprocess.Popen[bytes]
    log: deque[str] = field(default_factory=lambda: deque(maxlen=200))
    _said: queue.SimpleQueue[list[str] | None] = field(default_factory=queue.SimpleQueue)

    @property
    def pid(self) -> int:
        """Its process id, and that of its process group."""
        return self.process.pid

    def hear(self, word: str, deadline: float) -> list[str]:
        """Wait at most ``deadline`` seconds for the line ``lab: WORD VALUE…``, and
        return its values; ChildFailed when it ends or stays silent instead."""
        end = time.monotonic() + deadline
        while True:
            try:
                said = self._said.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise self.failure(f"did not say {word!r} in time") from None
            if said is None:
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(deadlines.REAP)
                raise self.failure(f"ended before it said {word!r}")
            if said[0] == word:
                return said[1:]

    def heard(self, word: str, deadline: float) -> bool:
        """Whether the child says ``word`` within ``deadline`` seconds."""
        try:
            self.hear(word, deadline)
        except ChildFailed:
            return False
        return True

    def log_to_end(self, deadline: float) -> list[str]:
        """Wait at most ``deadline`` seconds for its end, and return what it has printed;
        ChildFailed when it goes on."""
        end = time.monotonic() + deadline
        with suppress(queue.Empty):
            while self._said.get(timeout=max(0.0, end - time.monotonic())) is not None:
                pass
            return list(self.log)
        raise self.failure("did not end in time")

    def say(self, word: str) -> None:
        """Write one line to the child's standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(word.encode() + b"\n")
        self.process.stdin.flush()

    def failure(self, what: str) -> ChildFailed:
        """The error that shows everything that is known about this child."""
        status = self.process.poll()
        state = "still running" if status is None else f"exit status {status}"
        log = "\n".join(self.log) or "(it printed nothing)"
        return ChildFailed(f"{what}\n{' '.join(self.argv)}\n{state}; the end of its log:\n{log}")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for raw in self.process.stdout:
            line = raw.decode("utf-8", "replace").rstrip()
            if line.startswith(MARK):
                self._said.put(line[len(MARK) :].split() or [""])
            elif line:
                self.log.append(line)
        self._said.put(None)


def group_alive(pgid: int) -> bool:
    """Whether any process of the group is left that can still do something.

    One that has ended stays in its group until its parent asks for its status. If its own
    parent was killed, that is process 1, and where this is no init it never asks.
    """
    try:
        os.killpg(pgid, 0)
    except ProcessLookupError:
        return False
    return any(_is_at_work(process, pgid) for process in psutil.process_iter())


def _is_at_work(process: psutil.Process, pgid: int) -> bool:
    try:
        return os.getpgid(process.pid) == pgid and process.status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False


def _end(child: Child, reader: threading.Thread) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.process.wait(deadlines.REAP)
    reader.join(deadlines.REAP)
    for stream in (child.process.stdin, child.process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    pause, end = threading.Event(), time.monotonic() + deadlines.REAP
    while group_alive(child.pid) and time.monotonic() < end:
        pause.wait(deadlines.POLL)
    if group_alive(child.pid) or reader.is_alive():
        raise child.failure("left something alive after its group was killed")


@contextmanager
def child(argv: Sequence[str], env: Mapping[str, str], cwd: Path) -> Iterator[Child]:
    """Run ``argv``; at exit its process group is killed, reaped and proved gone."""
    process = subprocess.Popen(
        list(argv),
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    running = Child(tuple(argv), process)
    reader = threading.Thread(target=running._read, name=f"log of {process.pid}", daemon=True)
    reader.start()
    try:
        yield running
    finally:
        _end(running, reader)
