"""Hands jobs to an engine, as many at once as it has room for.

Owns: the order in which jobs are started, and their end when the user stops.
Must not know what a job is for, or what carries it out (``engines``). So many jobs run in
any case, and others beside them as long as these leave room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait

from ..model import Job, Result
from ..system.room import LOOK
from .engines import Engine
from .engines.places import MachineLost

Started = Callable[[Job], None]
Follow = Callable[[Job, Result], Iterable[Job]]
Rank = tuple[bool, int, bool, float]


def run(
    jobs: Iterable[Job],
    engine: Engine,
    follow: Follow,
    *,
    started: Started = lambda job: None,
    room: Callable[[], bool] = lambda: True,
    before: Callable[[Job], Rank] = lambda job: (False, 0, False, 0.0),
    is_open: Callable[[], bool] = lambda: True,
) -> list[Job]:
    """Do the jobs, and those that ``follow`` asks for when it is given a result.

    The engine says how many run at the same time, and how many of these only if there is
    ``room`` for another one; what follows goes before what waits, and of each the
    job of which ``before`` says least. What it says may change while jobs end.
    When it is not ``is_open`` any more none is started; those that run are waited for, and
    those that were not started are returned.
    If the caller stops (Ctrl-C, an error), everything that was started has ended before
    this returns. Raises ``MachineLost`` if what was compared has to be done anew.
    """
    waiting, following = list(jobs), list[Job]()
    running: dict[Future[Result], Job] = {}
    try:
        while running or ((waiting or following) and is_open()):
            while (
                (queue := following or waiting)
                and is_open()
                and (
                    len(running) < min(engine.always, engine.most)
                    or (len(running) < engine.most and room())
                )
            ):
                job = min(queue, key=before)
                queue.remove(job)
                started(job)
                running[engine.submit(job)] = job
            look = LOOK if queue and len(running) < engine.most else None
            for future in wait(running, look, FIRST_COMPLETED).done:
                following += follow(running.pop(future), future.result())
    except MachineLost:
        raise  # what others do goes on: the caller asks for it again, and is given it
    except BaseException:
        engine.stop()
        raise
    return [*waiting, *following]
