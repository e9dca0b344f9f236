"""Whether the modules that a patch touches can be compiled and imported at all.

Owns: the program that tries it, and what it means when even that does not start. Must not
know candidates or verdicts. It is asked before any test, for every kind of project: a
module that can not be imported takes the tests of half a project with it, and none of
these says why. A label is ``UPSTREAM:PATH``, a Python file of one of the job's trees, and
the id of a test is the path.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ..model import Job, JobEnd, Outcome, Project, Result, Status
from ..system.processes import ProcessResult
from ..upstreams import kind_of
from .participants import NOBODY, Participants
from .place import PROGRAMS, JobWorkspace
from .record import read
from .recorded import spurious

NAME = "imports"
FILES: tuple[Path, ...] = ()
JOINS = False
PYTHON = ".py"
# The first import loads what all tests of a run share: it may take as long as several tests.
AS_LONG_AS = 5


def runs_on(project: Project) -> bool:
    """On every project; nobody has to ask for it."""
    return True


def has(project: Project, tree: Path, label: str) -> bool:
    """Whether the file is there is seen when the job runs."""
    return True


def shards(project: Project, tree: Path, labels: tuple[str, ...]) -> list[tuple[str, ...]]:
    """All in one process, which takes a second."""
    return [labels] if labels else []


def participants(job: Job) -> Participants:
    """Nothing: it all runs in the trees' own Python."""
    return NOBODY


def run(job: Job, place: JobWorkspace) -> Result:
    """Try each file that its tree has; those that it has not are absent."""
    began = time.monotonic()
    left = {words[0]: words for words in _modules(job, place)}
    outcomes: dict[str, Outcome] = {}
    ended, note = JobEnd.COMPLETED, ""
    while left and ended is JobEnd.COMPLETED:
        found, note = _once(job, place, list(left.values()))
        if note:
            ended = JobEnd.SPURIOUS
        outcomes |= found
        left = {name: words for name, words in left.items() if name not in outcomes}
    return Result(
        ended=ended,
        outcomes=outcomes,
        note=note,
        seconds=round(time.monotonic() - began, 3),
        log=str(place.log),
        isolation=place.isolation,
    )


def _modules(job: Job, place: JobWorkspace) -> Iterator[tuple[str, str, str, str]]:
    """What the program is told of each file: see there."""
    for label in job.labels:
        upstream, _, path = label.partition(":")
        tree = next(tree for tree in job.trees if tree.base.upstream == upstream)
        checkout = place.checkouts[upstream]
        if (checkout / path).is_file():
            project = tree.base.project
            folder, module = kind_of(project).imported_as(path, checkout, project) or ("", "")
            yield path, str(checkout / path), str(checkout / folder) if module else "", module


def _once(
    job: Job, place: JobWorkspace, modules: list[tuple[str, str, str, str]]
) -> tuple[dict[str, Outcome], str]:
    """The outcomes of one process, at least one; or the machine's fault that there is none."""
    own = Path(tempfile.mkdtemp(prefix="imports-", dir=place.scratch))
    projects = {tree.base.upstream: tree.base.project for tree in job.trees}
    setup = next((p for p in map(_setup, projects.values()) if p), "")
    folders = [path for up, at in place.checkouts.items() for path in _path(projects[up], at)]
    record, stacks = own / "record", own / "stacks"
    argv = [*place.python, str(PROGRAMS / "import_modules.py"), str(record), str(stacks)]
    argv += [str(AS_LONG_AS * job.test_timeout), setup]
    argv += [word for words in modules for word in words]
    # A place of its own: what one process left there says nothing to the next.
    place = place._replace(scratch=own)
    env = place.environment(*folders)
    finished = place.run(argv, cwd=place.folder("cwd"), env=env, deadline=job.timeout)
    found = read(record)
    if found.ended:
        return found.outcomes, ""
    if why := spurious(finished):
        return {}, why
    names = [found.running] if found.running else [words[0] for words in modules]
    hung = stacks.exists() and bool(stacks.read_text(errors="replace").strip())
    broken = _broken(finished, hung, bool(found.running))
    return found.outcomes | dict.fromkeys(names, broken), ""


def _broken(finished: ProcessResult, hung: bool, within: bool) -> Outcome:
    """What is said of a module in which the process ended, or of all if it was in none."""
    lines = (finished.stderr.strip() or finished.stdout.strip()).splitlines()
    if hung:
        return Outcome(Status.HUNG, reason="hung: not over at its deadline")
    if within:
        return Outcome(Status.CRASHED, reason=f"the process ended with status {finished.status}")
    said = lines[-1] if lines else f"exit status {finished.status}"
    return Outcome(Status.ERROR, reason=f"Python does not start: {said}", detail="\n".join(lines))


def _setup(project: Project) -> str:
    return kind_of(project).IMPORT_SETUP


def _path(project: Project, folder: Path) -> tuple[Path, ...]:
    return kind_of(project).import_path(folder)
