"""Modules of CPython's test package.

Owns: the program that runs them. Must not know sockets,
candidates or verdicts. Each module is a job of its own, as `python -m test -j`
does it; the program keeps a record instead of regrtest's JUnit file, which names
no test whose failures are all in subtests and is not written when a test hangs.
"""

from __future__ import annotations

from pathlib import Path

from ..model import Job, Project, RequestError, Result
from ..system.processes import ProcessResult
from ..upstreams import kind_of
from . import recorded
from .participants import NOBODY, Participants
from .place import PROGRAMS, JobWorkspace

NAME = "cpython"
FILES: tuple[Path, ...] = ()
JOINS = False


def runs_on(project: Project) -> bool:
    """On projects of the kind that has such tests."""
    return kind_of(project).SUITE == NAME


def has(project: Project, tree: Path, label: str) -> bool:
    """Whether its test package has such a module or package."""
    place = tree.joinpath("Lib", "test", *label.split("."))
    return place.is_dir() or place.with_name(f"{place.name}.py").is_file()


def shards(project: Project, tree: Path, labels: tuple[str, ...]) -> list[tuple[str, ...]]:
    """One job for each module. Raises ``RequestError`` if there is none."""
    if not labels:
        raise RequestError(f"{NAME}: which tests? Say {NAME}:LABEL, a module of its test package")
    return [(label,) for label in labels]


def participants(job: Job) -> Participants:
    """Nothing: it all runs in the tree's own Python."""
    return NOBODY


def run(job: Job, place: JobWorkspace) -> Result:
    """Run the job's modules with the Python of its tree, in an empty folder."""
    tree = job.trees[0].base.project
    labels = [label for label in job.labels if has(tree, place.subject, label)]
    if not labels:
        return recorded.nothing(place)

    def command(place: JobWorkspace, record: dict[str, str]) -> ProcessResult:
        env = place.environment() | record
        argv = [*place.python, str(PROGRAMS / "cpython_tests.py"), *labels]
        return place.run(argv, cwd=place.folder("cwd"), env=env, deadline=job.timeout)

    return recorded.run(job, place, command)
