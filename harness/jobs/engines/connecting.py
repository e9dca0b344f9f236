"""How a Dask cluster is had: one of our own on 127.0.0.1, or one that exists.

Owns: starting and finding it. Must not know jobs. A scheduler and its workers are trusted,
as is whoever can reach them: Dask's wire is pickle (``notes/0030-on-several-machines.md``).
"""

from __future__ import annotations

import importlib.util
import logging
import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from ...model import RequestError
from ...system.home import Home
from ...system.room import cores
from ..worker import Worker
from . import clocks
from .cluster import Cluster
from .places import Together

if TYPE_CHECKING:
    import distributed

PACKAGE = "distributed"
PRELOAD = "harness.jobs.engines.remote"
HOST = "127.0.0.1"
CONNECT_SECONDS = 15.0  # for a scheduler to answer
LOGGERS = ("distributed", "tornado")
SILENT = logging.CRITICAL + 1  # that a client left is critical to a scheduler of our own


@contextmanager
def opened(worker: Worker, at_once: int, scheduler: str, together: Together) -> Iterator[Cluster]:
    """The engine on a scheduler that exists, or on a cluster of our own for ``at_once`` jobs.

    Raises ``RequestError`` if Dask is not installed, or no scheduler answers there.
    """
    if importlib.util.find_spec(PACKAGE) is None:
        raise RequestError(
            f"the engine dask needs the package {PACKAGE}, which nox installs for it; by hand: "
            f"pip install {PACKAGE} -c constraints.txt"
        )
    with ExitStack() as stack:
        if scheduler:
            engine = Cluster(worker, lambda: stack.enter_context(_client(scheduler)), together)
            engine.open()
        else:
            home, number = worker.provider.home, min(at_once, cores())
            engine = Cluster(
                worker,
                lambda: stack.enter_context(own(home, number, math.ceil(at_once / number))),
                together,
                (number, at_once),
            )
        stack.callback(engine.stop)
        yield engine


@contextmanager
def own(home: Home, number: int, threads: int) -> Iterator[distributed.Client]:
    """A cluster of this machine: so many worker processes with so many threads each."""
    import dask
    from distributed import Client, LocalCluster

    _silence()
    clocks.steady()
    settings = {
        # Each death is looked into by the engine.
        "distributed.scheduler.allowed-failures": 0,
        "distributed.worker.profile.enabled": False,
    }
    with (
        dask.config.set(settings),
        home.scratch("dask") as scratch,
        LocalCluster(
            n_workers=number,
            threads_per_worker=threads,
            host=HOST,
            # Without a dashboard a web server of a few lines stays; it is for this machine too.
            scheduler_kwargs={"dashboard": False, "dashboard_address": f"{HOST}:0"},
            worker_dashboard_address=f"{HOST}:0",
            memory_limit=None,
            silence_logs=SILENT,
            local_directory=str(scratch),
            preload=[PRELOAD],
            env={"WORKBENCH_HOME": str(home.root)},
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@contextmanager
def _client(address: str) -> Iterator[distributed.Client]:
    from distributed import Client

    _silence()
    clocks.steady()
    try:
        client = Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise RequestError(
            f"no Dask scheduler answers at {address} ({error}); start one with `dask scheduler`"
        ) from error
    with client:
        yield client


def _silence() -> None:
    """What goes wrong is told as a result, in our own words. Importing Dask sets the levels."""
    for name in LOGGERS:
        logging.getLogger(name).setLevel(SILENT)
