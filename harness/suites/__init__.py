"""The suites: each a module with runs_on(), shards() and run(); one line for each."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..model import Job, Result
from . import cpython, django, regression
from .participants import Participants
from .place import PROGRAMS as PROGRAMS
from .place import JobWorkspace

# The programs that run suites and keep their records: they decide about every result.
RUNNERS = Path(__file__).parent


class Suite(Protocol):
    """Anything that gives ``{test id: Outcome}`` for a tree.

    ``FILES`` are folders outside the tree that decide about its results.
    """

    FILES: tuple[Path, ...]

    def runs_on(self, upstream: str) -> bool:
        """Whether it says something about trees of that upstream."""
        ...

    def shards(self, tree: Path, labels: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The labels cut into jobs that can run side by side."""
        ...

    def participants(self, job: Job) -> Participants:
        """What takes part in the job from outside of the tree and its Python."""
        ...

    def run(self, job: Job, place: JobWorkspace) -> Result:
        """Carry out one job."""
        ...


SUITES: dict[str, Suite] = {"django": django, "cpython": cpython, "regression": regression}
# The suite that asks what is promised on the wire; its tests have a behaviour and a link.
WIRE = "regression"
