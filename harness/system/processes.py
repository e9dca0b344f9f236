"""The door to processes: deadlines, limits, whole process trees ended, output kept.

Owns: starting, watching and ending processes. Must not know what they are for. Three
others start some: GitPython calls git (``trees.repository``), an engine makes workers of
our own (``jobs.engines.own``), and the lab has children of its own (``lab.children``).

Output goes to files, never to pipes, so that a grandchild which keeps a
descriptor open can not keep the workbench waiting.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from typing import IO

import psutil

from ..model import Value, WorkbenchError
from .usage import WATCH_SECONDS, Usage

TAIL_BYTES = 512 * 1024
MARK = "WORKBENCH_PROCESS"
HAS_PROC = Path("/proc/self/environ").exists()


class Stop(StrEnum):
    """Why a process is no longer running."""

    EXITED = "exited"
    DEADLINE = "deadline"
    MEMORY = "memory"
    PROCESSES = "processes"
    OUTPUT = "output"


class Limits(Value, frozen=True):
    """What one process tree may use: bytes of memory, processes, bytes of output."""

    memory: int = 4 * 1024**3
    processes: int = 256
    output: int = 64 * 1024**2


LIMITS = Limits()


class ProcessResult(Value, frozen=True):
    """A process that has ended, and the end of what it printed.

    ``status`` is the exit status, or minus the number of the signal. ``cpu`` is the seconds of
    CPU time of all that it started, as far as was seen while it ran: a process of less than
    ``WATCH_SECONDS`` has none.
    """

    argv: tuple[str, ...]
    status: int
    stop: Stop
    seconds: float
    stdout: str
    stderr: str
    cpu: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether it ended by itself with exit status 0."""
        return self.stop is Stop.EXITED and self.status == 0

    def explain(self) -> str:
        """What was run, how it ended and the last lines of what it printed."""
        how = f"exit status {self.status}" if self.stop is Stop.EXITED else f"{self.stop} limit"
        tail = (self.stderr.strip() or self.stdout.strip()).splitlines()[-12:]
        return "\n".join([f"`{' '.join(self.argv)}` ended with {how}", *tail])


class CommandError(WorkbenchError):
    """A command that had to succeed did not."""

    def __init__(self, finished: ProcessResult) -> None:
        super().__init__(finished.explain())
        self.finished = finished


class Interrupted(WorkbenchError):
    """The workbench is stopping; no process may be started any more."""

    exit_status = 130


# The process trees that are running, with the group that each was started for.
_live: dict[int, str] = {}
# The group of what this thread starts, and those that were stopped.
_group: ContextVar[str] = ContextVar("group", default="")
_stopped: set[str] = set()
# A signal's handler may stop everything while its own thread is starting a process.
_live_lock = threading.RLock()
_stopping = threading.Event()


def run(
    argv: Sequence[str | os.PathLike[str]],
    *,
    deadline: float,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    limits: Limits = LIMITS,
    check: bool = False,
) -> ProcessResult:
    """Run a command to its end, or to its deadline (seconds), and end its whole tree.

    With ``log`` both streams are added to that file, which is kept. Raises
    ``CommandError`` with ``check`` if it did not end with status 0, and
    ``Interrupted`` if ``stop_all`` was called.
    """
    words = tuple(os.fspath(word) for word in argv)
    mark = uuid.uuid4().hex
    environ = {**(os.environ if env is None else env), MARK: mark}
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        out: IO[bytes]
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            out = err = stack.enter_context(log.open("a+b"))
        else:
            out = stack.enter_context(tempfile.TemporaryFile())
            err = stack.enter_context(tempfile.TemporaryFile())
        process = _start(words, cwd, environ, out, err)
        usage = Usage(process.pid)
        try:
            stop = _watch(process, started + deadline, limits, (out, err), usage)
        finally:
            _end(process, mark)
        if _is_stopped():
            raise Interrupted("stopped")
        if log is not None:
            _keep_start(out, limits.output)
        finished = ProcessResult(
            argv=words,
            status=process.returncode,
            stop=stop,
            seconds=time.monotonic() - started,
            stdout=_tail(out),
            stderr="" if err is out else _tail(err),
            cpu=round(usage.cpu, 3),
        )
    if check and not finished.ok:
        raise CommandError(finished)
    return finished


def run_quietly(argv: Sequence[str], deadline: float) -> bool:
    """Whether a command can be run at all and ends with status 0."""
    try:
        return run(argv, deadline=deadline).ok
    except Interrupted:
        raise
    except WorkbenchError:
        return False


def stop_all() -> None:
    """End every process tree that is running, and refuse to start more."""
    _stopping.set()
    with _live_lock:
        live = dict(_live)
    for pid in live:
        _kill_group(pid)


@contextlib.contextmanager
def in_group(name: str) -> Iterator[None]:
    """Let what this thread starts be of a group, which can be stopped by itself."""
    token = _group.set(name)
    try:
        yield
    finally:
        _group.reset(token)


def stop_group(name: str) -> None:
    """End every process tree of a group, and refuse to start more for it."""
    with _live_lock:
        _stopped.add(name)
        live = [pid for pid, group in _live.items() if group == name]
    for pid in live:
        _kill_group(pid)


def interrupt(pid: int) -> None:
    """Ask one of our own worker processes to end what it runs (SIGTERM)."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def resume() -> None:
    """Allow processes again after ``stop_all`` (one command line in one process)."""
    _stopping.clear()


def _is_stopped() -> bool:
    return _stopping.is_set() or _group.get() in _stopped


def _start(
    words: tuple[str, ...],
    cwd: Path | None,
    env: dict[str, str],
    out: IO[bytes],
    err: IO[bytes],
) -> subprocess.Popen[bytes]:
    with _live_lock:
        if _is_stopped():
            raise Interrupted("stopped")
        try:
            process = subprocess.Popen(
                words,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        except OSError as error:
            raise WorkbenchError(f"cannot run {words[0]}: {error.strerror or error}") from error
        _live[process.pid] = _group.get()
    return process


def _watch(
    process: subprocess.Popen[bytes],
    deadline: float,
    limits: Limits,
    outputs: tuple[IO[bytes], IO[bytes]],
    usage: Usage,
) -> Stop:
    with _exit_event(process) as ended:
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return Stop.DEADLINE
            if _is_stopped():
                return Stop.EXITED  # it was being started just then
            if ended(min(left, WATCH_SECONDS)):
                return Stop.EXITED
            over = _over_limit(usage, limits, outputs)
            if over is not None:
                return over


@contextlib.contextmanager
def _exit_event(process: subprocess.Popen[bytes]) -> Iterator[_Waiter]:
    """A way to wait for the end of a process without polling, where there is one."""
    if not hasattr(os, "pidfd_open"):
        yield _Waiter(process, None)
        return
    descriptor = os.pidfd_open(process.pid)
    selector = selectors.DefaultSelector()
    try:
        selector.register(descriptor, selectors.EVENT_READ)
        yield _Waiter(process, selector)
    finally:
        selector.close()
        os.close(descriptor)


class _Waiter:
    def __init__(
        self, process: subprocess.Popen[bytes], selector: selectors.BaseSelector | None
    ) -> None:
        self._process = process
        self._selector = selector

    def __call__(self, timeout: float) -> bool:
        if self._selector is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout)
            return self._process.returncode is not None
        return bool(self._selector.select(timeout)) and self._process.wait() is not None


def _over_limit(usage: Usage, limits: Limits, outputs: tuple[IO[bytes], IO[bytes]]) -> Stop | None:
    if max(os.fstat(stream.fileno()).st_size for stream in outputs) > limits.output:
        return Stop.OUTPUT
    usage.look()
    if usage.number > limits.processes:
        return Stop.PROCESSES
    return Stop.MEMORY if usage.memory > limits.memory else None


def _end(process: subprocess.Popen[bytes], mark: str) -> None:
    _kill_group(process.pid)
    process.wait()
    with _live_lock:
        del _live[process.pid]
    for stray in _strays(mark):
        with contextlib.suppress(psutil.Error):
            stray.kill()


def _strays(mark: str) -> list[psutil.Process]:
    """Descendants that left the process group; they are known by their environment."""
    return [process for pid in psutil.pids() if (process := _marked(pid, mark)) is not None]


def _marked(pid: int, mark: str) -> psutil.Process | None:
    """The process of that number, if it was started with the mark."""
    with contextlib.suppress(psutil.Error, OSError):
        # Where the kernel shows it as a file, a look there takes a tenth of the time.
        if HAS_PROC and mark.encode() not in Path(f"/proc/{pid}/environ").read_bytes():
            return None
        process = psutil.Process(pid)
        if process.environ().get(MARK) == mark:
            return process
    return None


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _keep_start(log: IO[bytes], most: int) -> None:
    """A fast writer is past the limit before it is seen; its log is not kept whole."""
    if os.fstat(log.fileno()).st_size > most:
        log.truncate(most)


def _tail(stream: IO[bytes]) -> str:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - TAIL_BYTES))
    return stream.read().decode("utf-8", "replace")
