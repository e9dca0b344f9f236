"""The engines: what carries out jobs beside each other.

Owns: the protocol of an engine, and which there are. Must not know in which order jobs are
done, nor what for. An engine is one module and one line in ``ENGINES``; all are held to the
same tests. What only one of them needs (``distributed``) is imported when it is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Protocol

from ...model import Job, Result, Value
from ..worker import Worker
from . import connecting, own
from .places import Together, by_ground


class Engine(Protocol):
    """Carries out jobs, several at once."""

    @property
    def always(self) -> int:
        """How many jobs run at once in any case."""
        ...

    @property
    def most(self) -> int:
        """How many run at once where there is room for them."""
        ...

    def submit(self, job: Job) -> Future[Result]:
        """Have a job done. Its failures are results; an exception is the engine's own."""
        ...

    def stop(self) -> None:
        """End everything that was started and that has not ended; it has when this returns."""
        ...


class Settings(Value, frozen=True):
    """How an engine is opened: as many jobs ``at_once`` on this machine, or on the workers of
    the ``scheduler`` at an address."""

    at_once: int
    scheduler: str = ""


Open = Callable[[Worker, Settings, Together], AbstractContextManager[Engine]]


def _threads(
    worker: Worker, settings: Settings, together: Together
) -> AbstractContextManager[Engine]:
    return own.threads(worker, settings.at_once)


def _processes(
    worker: Worker, settings: Settings, together: Together
) -> AbstractContextManager[Engine]:
    return own.processes(worker, settings.at_once)


def _dask(worker: Worker, settings: Settings, together: Together) -> AbstractContextManager[Engine]:
    return connecting.opened(worker, settings.at_once, settings.scheduler, together)


ENGINES: dict[str, Open] = {"threads": _threads, "processes": _processes, "dask": _dask}


def opened(
    name: str,
    worker: Worker,
    settings: Settings,
    together: Callable[[Job], Hashable] = by_ground,
) -> AbstractContextManager[Engine]:
    """The engine of that name, until the context ends.

    Jobs of which ``together`` says the same are compared with one another, and are done on
    one machine. Raises ``RequestError`` for an engine that can not be had.
    """
    return ENGINES[name](worker, settings, together)
