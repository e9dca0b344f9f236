"""Tests that run under pytest: test files, in the environment of their own project.

Owns: how pytest is run on one tree, and how its test files are cut into shards. Must not
know any project. The tree's own configuration of pytest holds; what it would write into
the tree goes to scratch.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..model import Job, Project, Result, WorkbenchError
from ..system.processes import ProcessResult
from ..upstreams import kind_of
from . import recorded
from .participants import NOBODY, Participants
from .place import PROGRAMS, JobWorkspace

NAME = "pytest"
FILES: tuple[Path, ...] = ()
JOINS = False
ALL = "all"
SHARDS = 8
PATTERNS = ("test_*.py", "*_test.py")


def runs_on(project: Project) -> bool:
    """On projects of the kind that has such tests."""
    return kind_of(project).SUITE == NAME


def has(project: Project, tree: Path, label: str) -> bool:
    """Whether there is such a file or folder."""
    file = label.partition("::")[0]
    return label == ALL or (not label.startswith(("/", "-")) and (tree / file).exists())


def shards(project: Project, tree: Path, labels: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Each label is one job; ``all``, or none, is all test files in parts of like size.

    A label is a file or a folder of the tree.
    """
    named = () if ALL in labels else labels
    if named:
        return [(label,) for label in named]
    folder = tree / project.tests
    files = sorted({path for pattern in PATTERNS for path in folder.rglob(pattern)})
    files = [path for path in files if path.relative_to(tree).as_posix() not in project.deselect]
    if not files:
        raise WorkbenchError(
            f"there are no tests below {project.tests}/ in this tree of {project.name}; a source "
            f"distribution may come without them: say where they are with `tests` in patches/"
            f"{project.name}/upstream.toml, or take the tree from git"
        )
    weights = {path.relative_to(tree).as_posix(): _tests_in(path) for path in files}
    return recorded.in_like_parts(weights, SHARDS)


def participants(job: Job) -> Participants:
    """Nobody: the tests run in the tree's Python, with the project's own environment."""
    return NOBODY


def run(job: Job, place: JobWorkspace) -> Result:
    """Run the job's test files at the top of its tree."""
    tree = place.subject
    project = job.trees[0].base.project
    labels = [label for label in job.labels if has(project, tree, label)]
    if not labels:
        return recorded.nothing(place)
    left_out = [f"--deselect={test}" for test in project.deselect]

    def command(place: JobWorkspace, record: dict[str, str]) -> ProcessResult:
        env = place.environment(PROGRAMS) | record
        cache = place.folder("pytest-cache")
        options = ["-q", "-p", "workbench_pytest", "-o", f"cache_dir={cache}"]
        options += ["--continue-on-collection-errors", "--rootdir", str(tree), *left_out]
        argv = [*place.python, "-m", "pytest", *options, *labels]
        return place.run(argv, cwd=tree, env=env, deadline=job.timeout)

    return recorded.run(job, place, command)


def _tests_in(file: Path) -> int:
    return 1 + len(re.findall(r"def test", file.read_text("utf-8", "replace")))
