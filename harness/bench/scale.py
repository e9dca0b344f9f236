"""How much of its processors a fleet of workers uses, and how that grows with their number.

Owns: the measurement, on a Dask cluster of one, two, four and eight workers that begin with
empty folders of their own, each in a network of its own where that can be had; and the model
for more of them. ``scaling`` simulates one machine with more cores from what jobs took; this
one measures what it costs to hand jobs out.

The model is Amdahl's law. What the client and the scheduler work for each job they do one after
another, and what a worker works for it is done beside all else: with the share ``s`` of the
first, ``n`` workers use ``1 / (1 + s * (n - 1))`` of what they have.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil
from rich.console import Console

from ..model import WorkbenchError
from ..report.measurement import Figure, Measurement
from ..system import accounts, apart, processes
from ..system.accounts import Account
from ..system.home import PROJECT, Home
from ..system.room import cores
from .judging import KEPT, RUN_SECONDS, say

WORKERS = (1, 2, 4, 8)
MODELLED = (*WORKERS, 16, 32, 100)
HOST = "127.0.0.1"
PRELOAD = "harness.jobs.engines.remote"
START_SECONDS = 120.0  # for the workers; each starts in a few
IN_NETWORKS = "in networks of their own, from which the scheduler's port alone is reached"
WHOLE = (0, 3)  # exit statuses of a run that came to its end
COUNTED = "their CPU time is that of all that they started, by control groups"


class Fleet(NamedTuple):
    """A scheduler's address, the files with the process ids of it and of its workers, and the
    workers' accounts, if they have some."""

    address: str
    scheduler: Path
    workers: tuple[Path, ...]
    accounts: tuple[Account, ...] = ()


class Point(NamedTuple):
    """What so many workers did: jobs, seconds, and the CPU seconds of all workers, of the
    scheduler and of the client. ``there`` is what the workers could have had."""

    workers: int
    jobs: int
    wall: float
    worked: float
    scheduler: float
    client: float

    @property
    def there(self) -> float:
        """CPU seconds: a worker has a processor, as long as there is one for it."""
        return self.wall * min(self.workers, cores())

    @property
    def share(self) -> float:
        """Which share of the work for a job is done one after another."""
        serial = self.scheduler + self.client
        return serial / (serial + self.worked)


def run(
    words: Sequence[str], home: Home, out: Console, numbers: Sequence[int] = WORKERS
) -> Measurement:
    """Run ``test`` with these words on fleets of several sizes, and print what they used.

    Raises ``WorkbenchError`` if a run does not come to its end.
    """
    points = []
    with home.scratch("scale") as scratch:
        why = _why(lambda: apart.places(1))
        is_apart = not why
        where = f"as plain processes ({why})" if why else IN_NETWORKS
        uncounted = _why(accounts.account)
        counted = f"without what their sandboxes worked ({uncounted})" if uncounted else COUNTED
        where = f"{where}; {counted}"
        say(out, f"workers {where}; {cores()} processors are here")
        say(out, f"{'workers':>8}{'jobs':>8}{'seconds':>9}{'used':>9}{'there':>9}{'share':>7}")
        for number in numbers:
            how = _How(is_apart, not uncounted)
            point = _measured(words, home, scratch / str(number), number, how)
            points.append(point)
            used = f"{point.worked:>9.1f}{point.there:>9.1f}{point.worked / point.there:>7.0%}"
            say(out, f"{number:>8}{point.jobs:>8}{point.wall:>9.1f}{used}")
    return _told(points, where, out)


def efficiency(share: float, workers: int) -> float:
    """Amdahl's law: which share of their processors so many workers use at most."""
    return 1 / (1 + share * (workers - 1))


def _told(points: Sequence[Point], where: str, out: Console) -> Measurement:
    first = points[0]
    serial = (first.client + first.scheduler) / first.jobs
    about = (
        f"workers {where}, {cores()} processors",
        f"for each job a worker works {first.worked / first.jobs:.3f} s, client and scheduler "
        f"{serial:.3f} s",
    )
    say(out, about[1])
    figures = [
        Figure(f"CPU used of CPU there, {p.workers} workers", p.worked, "s", than=p.there)
        for p in points
    ]
    for number in MODELLED:
        share = efficiency(first.share, number)
        what = f"the model, {number} machines of one processor"
        figures.append(Figure(what, number * share, "processors", than=number))
        say(out, f"{what}: {share:.0%}")
    most = first.worked / (first.client + first.scheduler)
    said = f"beyond {most:.0f} processors the client and the scheduler are what all wait for"
    say(out, said)
    return Measurement("scale", about, tuple(figures), said=(said,))


class _How(NamedTuple):
    """Whether workers have networks and accounts of their own."""

    is_apart: bool
    is_counted: bool


def _why(having: Callable[[], AbstractContextManager[object]]) -> str:
    """Why workers can not have something of their own; empty if they can."""
    try:
        with having():
            return ""
    except WorkbenchError as error:
        return str(error)


def _measured(words: Sequence[str], home: Home, folder: Path, number: int, how: _How) -> Point:
    with _fleet(home, folder, number, how) as fleet:
        own = _home(home, folder / "client")
        env = {**os.environ, "WORKBENCH_HOME": str(own), "PYTHONPATH": str(PROJECT)}
        command = [sys.executable, "-m", "harness", *words, "--scheduler", fleet.address]
        before = _seconds(fleet)
        finished = processes.run(command, env=env, deadline=RUN_SECONDS)
        after = _seconds(fleet)
    if finished.status not in WHOLE:
        raise WorkbenchError(f"the measured run failed. {finished.explain()}")
    jobs = len((own / "reports" / "jobs.txt").read_text("utf-8").splitlines())
    worked, scheduler = after[0] - before[0], after[1] - before[1]
    return Point(number, jobs, finished.seconds, worked, scheduler, finished.cpu)


@contextmanager
def _fleet(home: Home, folder: Path, number: int, how: _How) -> Iterator[Fleet]:
    """A scheduler and so many workers; all have ended when the block does."""
    folder.mkdir()
    with ExitStack() as stack:
        places: tuple[apart.Place, ...] = (apart.Place((), HOST),) * number
        address, listens = f"{HOST}:{apart.free_port(HOST)}", "0"
        if how.is_apart:
            made = stack.enter_context(apart.places(number))
            places, address, listens = made.places, f"{made.address}:{made.port}", str(apart.PORT)
        counts = tuple(
            stack.enter_context(accounts.account()) for _ in range(number * how.is_counted)
        )
        threads = stack.enter_context(ThreadPoolExecutor(number + 1))
        stack.callback(processes.stop_group, str(folder))

        def start(what: str, place: apart.Place, root: Path, *flags: str) -> Path:
            pid = folder / f"{root.name}.pid"
            command = [*place.words, sys.executable, "-m", f"distributed.cli.dask_{what}"]
            command += ["--pid-file", str(pid), *flags]
            threads.submit(_run, command, root, str(folder))
            return pid

        host, _, port = address.partition(":")
        web = ("--dashboard-address", f"{HOST}:0")
        own = apart.Place((), host)
        flags = ("--host", host, "--port", port, *web)
        scheduler = start("scheduler", own, folder / "scheduler", *flags)
        workers = []
        for n, place in enumerate(places):
            # Before the network's: in that, no control group is to be seen.
            counted = counts[n].words if counts else ()
            root = _home(home, folder / f"worker{n}")
            where = (f"tcp://{address}", "--host", place.address, "--worker-port", listens, *web)
            alone = ("--nthreads", "1", "--no-nanny", "--preload", PRELOAD)
            kept = ("--local-directory", str(folder / f"dask{n}"))
            joined = place._replace(words=(*counted, *place.words))
            workers.append(start("worker", joined, root, *where, *alone, *kept))
        _wait_for(f"tcp://{address}", number)
        yield Fleet(f"tcp://{address}", scheduler, tuple(workers), counts)


def _run(command: Sequence[str], root: Path, group: str) -> None:
    env = {**os.environ, "WORKBENCH_HOME": str(root), "PYTHONPATH": str(PROJECT)}
    log = root.with_suffix(".txt")
    with suppress(processes.Interrupted), processes.in_group(group):
        processes.run(command, env=env, deadline=RUN_SECONDS, log=log)


def _wait_for(address: str, workers: int) -> None:
    """Return when so many workers have announced themselves."""
    from distributed import Client

    with Client(address, timeout=START_SECONDS) as client:
        client.wait_for_workers(workers, timeout=START_SECONDS)


def _home(home: Home, root: Path) -> Path:
    """An empty folder for a workbench, but for what would have to be fetched."""
    for name in KEPT:
        shutil.copytree(home.folder(name), root / name)
    return root


def _seconds(fleet: Fleet) -> tuple[float, float]:
    """The CPU seconds of all workers with what they started, and of the scheduler."""
    worked = [each.seconds for each in fleet.accounts] or map(_of, fleet.workers)
    return sum(worked), _of(fleet.scheduler)


def _of(pid: Path) -> float:
    return sum(psutil.Process(int(pid.read_text("ascii"))).cpu_times()[:4])
