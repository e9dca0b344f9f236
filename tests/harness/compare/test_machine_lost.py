"""A machine goes in the middle of the main job: what it did is done anew, and counted once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console
from support.expected import without_runs
from support.tiny import PATCHES, QUICK, UPSTREAM, Workbench
from support.values import OWN

from harness.catalog.catalog import Catalog
from harness.cli import verbs
from harness.compare.judging import judge
from harness.jobs import engines
from harness.jobs.engines import Engine, Settings, own
from harness.jobs.engines.places import MachineLost, Together
from harness.jobs.worker import Worker
from harness.model import Job, Result
from harness.sources.provider import Provider
from harness.system.home import Home


class Losing:
    """Threads, and a machine that has gone when the ``n``-th job is asked of it."""

    def __init__(self, engine: Engine, together: Together, n: int) -> None:
        self._engine = engine
        self._together = together
        self._left = n
        self.asked: list[Job] = []
        self.always, self.most = engine.always, engine.most
        self.stop = engine.stop

    def submit(self, job: Job) -> Future[Result]:
        self.asked.append(job)
        self._left -= 1
        if self._left:
            return self._engine.submit(job)
        gone: Future[Result] = Future()
        gone.set_exception(MachineLost("there", frozenset([self._together(job)])))
        return gone
