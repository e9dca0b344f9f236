"""A shell command as one test of a tree, by the exit codes of ``git bisect run``.

Owns: what these codes mean, and the place where a command works. Must not know a search,
nor any project.

A label is the whole command. A checkout is shared by many jobs and stays as it is, while
commands build, leave files behind and change what they find: each gets a copy of the tree
of its own, without ``.git``, which is thrown away afterwards.
"""

from __future__ import annotations

import shlex
import shutil
import time
from pathlib import Path

from ..model import Job, JobEnd, Outcome, Project, RequestError, Result, Status
from ..system.processes import ProcessResult, Stop
from ..upstreams import kind_of
from .participants import Participants
from .place import JobWorkspace
from .recorded import spurious

NAME = "command"
# The one test that a command is.
TEST = NAME
FILES: tuple[Path, ...] = ()
JOINS = False
SHELL = "/bin/sh"
# https://git-scm.com/docs/git-bisect#_bisect_run
UNTESTABLE = 125
STOPS = 128
DETAIL_CHARACTERS = 8000


def runs_on(project: Project) -> bool:
    """On every project."""
    return True


def has(project: Project, tree: Path, label: str) -> bool:
    """Whether a command can be run is seen when it is."""
    return True


def shards(project: Project, tree: Path, labels: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Each command is a job. Raises ``RequestError`` if there is none, or an empty one."""
    if not labels or not all(label.strip() for label in labels):
        raise RequestError(f"{NAME}: which command? Say {NAME}:'SHELL COMMAND'")
    return [(label,) for label in labels]


def participants(job: Job) -> Participants:
    """The shell. What else a command starts nobody knows before it does."""
    return Participants(programs=("sh",))


def run(job: Job, place: JobWorkspace) -> Result:
    """Run the command at the top of a copy of the tree, up to the job's deadline.

    In the sandbox it has no network and can write in its copy and in scratch folders only.
    ``python`` and ``python3`` are the tree's Python, and it imports the copy.
    """
    began = time.monotonic()
    (command,) = job.labels
    finished = _finished(job, place, command)
    ended, note = JobEnd.COMPLETED, spurious(finished)
    outcomes: dict[str, Outcome] = {}
    if note:
        ended = JobEnd.SPURIOUS
    elif finished.stop in (Stop.EXITED, Stop.DEADLINE):
        outcomes = {TEST: _outcome(finished)}
    else:
        ended, note = JobEnd.CUT_OFF, f"`{command}` was ended at its {finished.stop} limit"
    return Result(
        ended=ended,
        outcomes=outcomes,
        note=note,
        seconds=round(time.monotonic() - began, 3),
        log=str(place.log),
        isolation=place.isolation,
        traces=() if job.traced else None,
        cpu=finished.cpu,
    )


def is_stop(outcome: Outcome) -> bool:
    """Whether ``git bisect run`` would give up at this outcome, and name no commit."""
    return outcome.status is Status.CRASHED


def _finished(job: Job, place: JobWorkspace, command: str) -> ProcessResult:
    project = job.trees[0].base.project
    kind = kind_of(project)
    # What an interpreter was built into is no part of its tree, and runs from where it is.
    left_out = {".git", "build"} if kind.IS_INTERPRETER else {".git"}
    tree = place.scratch / "tree"

    def ignored(folder: str, names: list[str]) -> set[str]:
        return left_out.intersection(names) if Path(folder) == place.subject else set()

    shutil.copytree(place.subject, tree, symlinks=True, ignore=ignored)
    try:
        under = [
            path
            for other in job.trees[1:]
            for path in kind_of(other.base.project).import_path(
                place.checkouts[other.base.upstream]
            )
        ]
        env = place.environment(*kind.import_path(tree), *under)
        env["PATH"] = f"{_programs(place)}:{env['PATH']}"
        # By their paths, which never come again, compiled files of a copy are of no use.
        del env["PYTHONPYCACHEPREFIX"]
        return place.run([SHELL, "-c", command], cwd=tree, env=env, deadline=job.timeout)
    finally:
        shutil.rmtree(tree, ignore_errors=True)


def _programs(place: JobWorkspace) -> Path:
    """A folder with the tree's Python under the names that commands call it by."""
    folder = place.folder("bin")
    for name in ("python", "python3"):
        program = folder / name
        program.write_text(f'#!{SHELL}\nexec {shlex.join(place.python)} "$@"\n', "utf-8")
        program.chmod(0o755)
    return folder


def _outcome(finished: ProcessResult) -> Outcome:
    """What the exit status means; the end of the output is the detail."""
    detail = finished.stdout[-DETAIL_CHARACTERS:]
    seconds = round(finished.seconds, 6)
    if finished.stop is Stop.DEADLINE:
        return Outcome(Status.HUNG, seconds, "hung: not over at its deadline", detail)
    code = finished.status
    how = f"exit status {code}" if code >= 0 else f"signal {-code}"
    if code == 0:
        return Outcome(Status.PASSED, seconds)
    if code == UNTESTABLE:
        return Outcome(Status.SKIPPED, seconds, f"{how}: this commit can not be tested", detail)
    if 0 < code < STOPS:
        return Outcome(Status.FAILED, seconds, how, detail)
    return Outcome(Status.CRASHED, seconds, f"{how}: git bisect run stops there", detail)
