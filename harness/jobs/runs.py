"""Runs jobs and shows them while they run: what every searching verb does.

Owns: putting the pool, the worker and the display together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console

from ..model import Job, Result
from ..request import Request
from ..sources.provider import Provider
from ..system.room import Room
from . import pool
from .progress import Display
from .worker import Worker

Run = Callable[[Iterable[Job], Callable[[Job, Result], Iterable[Job]]], None]
"""Does jobs and what follows from them, as ``pool.run`` does."""


@contextmanager
def running(request: Request, provider: Provider, errors: Console) -> Iterator[Run]:
    """A function that does jobs as the request's flags say, with a display around it all."""
    worker, room = Worker(provider, fresh=not request.cache), Room()
    with Display(errors) as display:

        def run(jobs: Iterable[Job], follow: Callable[[Job, Result], Iterable[Job]]) -> None:
            def told(job: Job, result: Result) -> list[Job]:
                display.finished(job, result)
                more = list(follow(job, result))
                display.expect(len(more))
                return more

            first = list(jobs)
            display.expect(len(first))
            pool.run(
                first,
                worker,
                told,
                at_once=request.jobs,
                engine=request.engine,
                started=display.started,
                room=room.is_left,
            )

        yield run
