"""Hands jobs to workers, as many at once as the machine has room for.

Owns: the order in which jobs are started, and their end when the user stops.
Must not know what a job is for. A job's suite is a process of its own and often
waits, so a thread is enough to look after it; `processes` does the same with
nothing shared but the job and its result as JSON. One job for each core runs in any
case, and others beside them as long as these leave cores idle.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from functools import partial
from multiprocessing import get_context

import msgspec

from ..model import Job, Result
from ..system import processes
from ..system.room import LOOK, cores
from .worker import Worker, carry_out

Started = Callable[[Job], None]
Follow = Callable[[Job, Result], Iterable[Job]]
Rank = tuple[bool, int, bool, float]


def _threads(jobs: int) -> Executor:
    return ThreadPoolExecutor(jobs, thread_name_prefix="job")


def _processes(jobs: int) -> Executor:
    # Not forked: the parent has threads. Ctrl-C is for the parent, which ends them.
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_in_child)


ENGINES: dict[str, Callable[[int], Executor]] = {"threads": _threads, "processes": _processes}


def run(
    jobs: Iterable[Job],
    worker: Worker,
    follow: Follow,
    *,
    at_once: int,
    engine: str = "threads",
    started: Started = lambda job: None,
    room: Callable[[], bool] = lambda: True,
    before: Callable[[Job], Rank] = lambda job: (False, 0, False, 0.0),
) -> None:
    """Do the jobs, and those that ``follow`` asks for when it is given a result.

    At most ``at_once`` jobs run at the same time, and no more than there are cores unless
    there is ``room`` for another one; what follows goes before what waits, and of each the
    job of which ``before`` says least. What it says may change while jobs end.
    If the caller stops (Ctrl-C, an error), every process that was started is
    ended before this returns.
    """
    work = worker if engine == "threads" else partial(_elsewhere, *worker.elsewhere())
    executor = ENGINES[engine](at_once)
    waiting, following = list(jobs), list[Job]()
    running: dict[Future[Result], Job] = {}
    always = min(at_once, cores())
    try:
        while waiting or following or running:
            while (queue := following or waiting) and (
                len(running) < always or (len(running) < at_once and room())
            ):
                job = min(queue, key=before)
                queue.remove(job)
                started(job)
                running[executor.submit(work, job)] = job
            look = LOOK if queue and len(running) < at_once else None
            for future in wait(running, look, FIRST_COMPLETED).done:
                following += follow(running.pop(future), future.result())
    except BaseException:
        processes.stop_all()
        for process in getattr(executor, "_processes", None) or {}:
            processes.interrupt(process)
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _elsewhere(home: str, fresh: bool, job: Job) -> Result:
    answer = carry_out(msgspec.json.encode(job), home, fresh)
    return msgspec.json.decode(answer, type=Result)


def _in_child() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: processes.stop_all())
