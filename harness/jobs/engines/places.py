"""Which jobs are compared with one another, and so have to be done on one machine.

Owns: that question, and what is said when their machine has gone. Must not know machines.
Rule 1 of judgement: the base is run on the same machine as the patched tree, and so are the
control and all repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from ...model import Job, SpuriousError
from ...suites import SUITES

Together = Callable[[Job], Hashable]


class MachineLost(SpuriousError):
    """A machine has gone that jobs of ``places`` were done on, and whose part is not over.

    All of these has to be done anew on another one: nothing is compared across machines.
    """

    def __init__(self, machine: str, places: frozenset[Hashable]) -> None:
        super().__init__(f"the machine {machine} is gone; run this again to do its part elsewhere")
        self.machine = machine
        self.places = places


def by_ground(job: Job) -> Hashable:
    """A shard of a ground: the bases, the Python, the suite and its part.

    Runs of other labels are never compared (``compare.pooled``), unless a suite's parts
    share jobs.
    """
    labels = () if SUITES[job.suite].JOINS else job.labels
    return (*_bases(job), job.python.version, job.suite, labels)


def of_one_search(job: Job) -> Hashable:
    """One place for all: a search compares every state with every other."""
    return ()


def _bases(job: Job) -> tuple[str, ...]:
    return tuple(f"{tree.base} {tree.base.locator}" for tree in job.trees)
