"""Engines on this machine: threads, and processes of the workbench's own.

Owns: these two. A job's suite is a process of its own and often waits, so a thread is
enough to look after it; ``processes`` does the same with nothing shared but the job and its
result as JSON. Must not know the order of jobs.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context

import msgspec

from ...model import Job, Result
from ...system import processes as door
from ...system.room import cores
from ..worker import Worker, carry_out


class Own:
    """An executor of the standard library that does jobs."""

    def __init__(self, executor: Executor, work: Callable[[Job], Result], at_once: int) -> None:
        self._executor = executor
        self._work = work
        self.most = at_once
        self.always = min(at_once, cores())

    def submit(self, job: Job) -> Future[Result]:
        """Have a job done."""
        return self._executor.submit(self._work, job)

    def stop(self) -> None:
        """End every process that was started; all jobs have ended when this returns."""
        door.stop_all()
        for process in getattr(self._executor, "_processes", None) or {}:
            door.interrupt(process)
        self.close()

    def close(self) -> None:
        """Wait for what runs, and start nothing more."""
        self._executor.shutdown(cancel_futures=True)


@contextmanager
def threads(worker: Worker, at_once: int) -> Iterator[Own]:
    """Threads of this process."""
    engine = Own(ThreadPoolExecutor(at_once, thread_name_prefix="job"), worker, at_once)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def processes(worker: Worker, at_once: int) -> Iterator[Own]:
    """Processes that make a worker each. They are not forked: the parent has threads."""
    executor = ProcessPoolExecutor(at_once, mp_context=get_context("spawn"), initializer=_in_child)
    engine = Own(executor, partial(_elsewhere, *worker.elsewhere()), at_once)
    try:
        yield engine
    finally:
        engine.close()


def _elsewhere(home: str, fresh: bool, store: str, job: Job) -> Result:
    answer = carry_out(msgspec.json.encode(job), home, fresh, store)
    return msgspec.json.decode(answer, type=Result)


def _in_child() -> None:
    # Ctrl-C is for the parent, which ends its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: door.stop_all())
