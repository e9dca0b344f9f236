"""Django's own tests, through its own tests/runtests.py.

Owns: that command line, and how labels are cut into shards. Must not know
sockets, candidates or verdicts. The record is our own and not
unittest-xml-reporting's, because that one writes when a run is over, and what a
hang or a crash cuts off would be lost.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..model import Job, Project, RequestError, Result
from ..system.processes import ProcessResult
from ..upstreams import kind_of
from . import recorded
from .participants import NOBODY, Participants
from .place import PROGRAMS, JobWorkspace

NAME = "django"
FILES: tuple[Path, ...] = ()
JOINS = False
ALL = "all"
SHARDS_OF_ALL = 16
NOT_LABELS = {"templates", "import_error_package", "test_runner_apps", "__pycache__", "data"}


def runs_on(project: Project) -> bool:
    """On projects of the kind that has such tests."""
    return kind_of(project).SUITE == NAME


def has(project: Project, tree: Path, label: str) -> bool:
    """Whether there is such a folder or module of tests, as far as its first part tells."""
    place = tree / "tests" / label.partition(".")[0]
    return label == ALL or place.is_dir() or place.with_suffix(".py").is_file()


def shards(project: Project, tree: Path, labels: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The labels cut into jobs: each label one, ``all`` into parts of like size.

    Raises ``RequestError`` if there is none: of so many tests one says which.
    """
    if not labels:
        raise RequestError(f"{NAME}: which tests? Say {NAME}:LABEL, a folder of tests/, or {ALL}")
    if ALL not in labels:
        return [(label,) for label in labels]
    weights = {name: _tests_in(tree / "tests" / name) for name in _every_label(tree)}
    return recorded.in_like_parts(weights, SHARDS_OF_ALL)


def participants(job: Job) -> Participants:
    """Nothing: it all runs in the tree's own Python."""
    return NOBODY


def run(job: Job, place: JobWorkspace) -> Result:
    """Run the job's labels on its Django tree."""
    tree = place.subject
    project = job.trees[0].base.project
    labels = [label for label in job.labels if has(project, tree, label)]
    if not labels:
        return recorded.nothing(place)

    def command(place: JobWorkspace, record: dict[str, str]) -> ProcessResult:
        env = place.environment(tree, PROGRAMS) | record
        argv = [*place.python, "runtests.py", *labels]
        options = ["--settings=workbench_settings", "--parallel=1", "--verbosity=1", "--noinput"]
        return place.run(argv + options, cwd=tree / "tests", env=env, deadline=job.timeout)

    return recorded.run(job, place, command)


def _every_label(tree: Path) -> list[str]:
    """What runtests.py would find by itself (its get_test_modules)."""
    found = []
    for path in sorted((tree / "tests").iterdir()):
        if path.name in NOT_LABELS or not path.is_dir():
            continue
        if path.name == "gis_tests":
            continue  # needs a spatial database; runtests.py leaves it out as well
        if (path / "__init__.py").exists():
            found.append(path.name)
    return found


def _tests_in(folder: Path) -> int:
    files = folder.rglob("test*.py")
    return 1 + sum(len(re.findall(r"def test_", file.read_text("utf-8"))) for file in files)
