"""The suites: each a module with runs_on(), shards() and run(); one line for each."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..model import Job, Project, Result
from ..upstreams import kind_of
from . import behaviours, command, cpython, django, imports, pytest_files, regression
from .participants import Participants
from .place import PROGRAMS as PROGRAMS
from .place import JobWorkspace

# The programs that run suites and keep their records: they decide about every result.
RUNNERS = Path(__file__).parent


class Suite(Protocol):
    """Anything that gives ``{test id: Outcome}`` for a tree.

    ``FILES`` are folders outside the tree that decide about its results. ``JOINS``: tests
    of several shards that run without the others may as well do so in one job, because what
    is tested is started anew for each label.
    """

    FILES: tuple[Path, ...]
    JOINS: bool

    def runs_on(self, project: Project) -> bool:
        """Whether it says something about trees of that project."""
        ...

    def has(self, project: Project, tree: Path, label: str) -> bool:
        """Whether the checkout ``tree`` has what a label names; a job leaves out what it
        has not, and the tests of it are absent there."""
        ...

    def shards(
        self, project: Project, tree: Path, labels: tuple[str, ...]
    ) -> list[tuple[str, ...]]:
        """The labels cut into jobs that can run side by side, for the checkout ``tree``.

        Raises ``RequestError`` for a label that there can not be, and ``WorkbenchError``
        if the tree has no tests.
        """
        ...

    def participants(self, job: Job) -> Participants:
        """What takes part in the job from outside of the tree and its Python."""
        ...

    def run(self, job: Job, place: JobWorkspace) -> Result:
        """Carry out one job."""
        ...


# The suite that asks what is promised on the wire; its tests have a behaviour and a link.
WIRE = "regression"
# What is promised, as tests of our own: on the wire, and by tickets.
PROMISES = (WIRE, behaviours.NAME)
# Whether what a patch touches can be imported; it is asked for every patch, before any test.
IMPORTS = imports.NAME
SUITES: dict[str, Suite] = {
    "django": django,
    "cpython": cpython,
    "pytest": pytest_files,
    WIRE: regression,
    behaviours.NAME: behaviours,
    IMPORTS: imports,
    command.NAME: command,
}


def own_suite(project: Project) -> str:
    """The name of the suite that runs a project's own tests."""
    return kind_of(project).SUITE
