"""What a worker of a Dask cluster does: announces itself, does a job, and ends what it runs.

Owns: the worker's side of the engine. ``dask worker ADDRESS --preload
harness.jobs.engines.remote`` is all that a machine needs beside the workbench's code. Must
not know the order of jobs, nor other machines. A job and its answer cross the wire as JSON;
of what Dask pickles there is nothing but the name of ``carry_out``.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from ...model import Job, JobEnd, Result, Value, WorkbenchError
from ...sources.provider import Provider
from ...suites import SUITES
from ...system import cleaning, machine, processes
from ...system.home import Home
from ..shared import in_this_process
from ..worker import Worker
from . import clocks, machines

if TYPE_CHECKING:
    from distributed import Worker as DaskWorker

STOPPING_SECONDS = 20.0  # an ended process tree is gone at once, and its folders in a second


class Order(Value, frozen=True):
    """A job as it is sent: for which ``run`` of a client, whether to do it again, and the URL
    of a shared ``store``, if the client has one. ``lacks`` is what the client's machine has not
    got of what the job's tests ask for."""

    job: Job
    run: str
    fresh: bool
    version: str
    machine: str
    store: str = ""
    lacks: tuple[str, ...] = ()


class Answer(Value, frozen=True):
    """What comes back: a result with its log, or what the machine lacks for it.

    There is no log where the two machines share a folder, or where it was cleaned away.
    """

    result: Result = Result(JobEnd.NOT_RUN)
    lacks: str = ""
    log: bytes | None = None


# Made here, once: msgspec crashes when two threads first decode a type at the same time.
ORDERS = msgspec.json.Decoder(Order)
ANSWERS = msgspec.json.Decoder(Answer)

_running: Counter[str] = Counter()
_changed = threading.Condition()
# While there is a worker, nothing is taken away from under it.
_until_over = ExitStack()


def carry_out(order: bytes) -> bytes:
    """Do a job that was sent, in this machine's own folder. It carries everything."""
    sent = ORDERS.decode(order)
    if sent.version != machines.version():
        said = Answer(lacks="it has another version of the workbench")
    else:
        said = _done(sent)
    return msgspec.json.encode(said)


async def stop(run: str) -> None:
    """End what runs for a client, and return when it has ended."""
    processes.stop_group(run)
    await asyncio.to_thread(_wait_for, run)


async def dask_setup(worker: DaskWorker) -> None:
    """Announce what this machine offers (Dask calls it before a worker is there for others)."""
    if worker.nanny and threading.current_thread() is threading.main_thread():
        # Ctrl-C in a terminal reaches every process there; the nanny ends this one in order.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    clocks.steady()
    home = Home()
    _until_over.enter_context(cleaning.running(home))
    slots = float(worker.state.nthreads)
    names = await asyncio.to_thread(machines.announced, home)
    offers = dict.fromkeys((*names, machines.SLOT), slots)
    # It is not registered yet, and so the scheduler can not be told in any other way.
    worker.state.total_resources.update(offers)
    worker.state.available_resources.update(offers)


def dask_teardown(worker: DaskWorker) -> None:
    """End what this worker runs."""
    processes.stop_all()
    _until_over.close()


def _done(sent: Order) -> Answer:
    with _counted(sent.run), processes.in_group(sent.run):
        worker, job = _worker(sent.fresh, sent.store), sent.job
        try:
            python = worker.provider.same_python(job.python, any_micro=machines.is_built(job))
            job = msgspec.structs.replace(job, python=python)
            for tree in job.trees:
                worker.provider.provide(tree)
            # Tests that are skipped here alone would be told of nowhere.
            fewer = set(SUITES[job.suite].participants(job).lacks) - set(sent.lacks)
            if fewer:
                return Answer(lacks=min(fewer))
        except processes.Interrupted:
            raise
        except (WorkbenchError, OSError) as error:
            return Answer(lacks=str(error))
        result = worker(job)
        home = worker.provider.home
        if not result.log or machines.name_of(home) == sent.machine:
            return Answer(result)
        with suppress(OSError):
            return Answer(result, log=(home.root / result.log).read_bytes())
        return Answer(msgspec.structs.replace(result, log=""))


@cache
def _worker(fresh: bool, store: str) -> Worker:
    home = Home()
    shared = in_this_process(store, machine.here(home.root)) if store else None
    return Worker(Provider(home, {}), fresh=fresh, shared=shared)


@contextmanager
def _counted(run: str) -> Iterator[None]:
    """Let ``stop`` know of what goes on for a client."""
    with _changed:
        _running[run] += 1
    try:
        yield
    finally:
        with _changed:
            _running[run] -= 1
            _changed.notify_all()


def _wait_for(run: str) -> None:
    with _changed:
        _changed.wait_for(lambda: not _running[run], STOPPING_SECONDS)
