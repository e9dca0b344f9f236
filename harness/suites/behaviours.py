"""Behaviours that a ticket is about: plain pytest against a tree, in the tree's own Python.

Owns: a ticket's folder below ``tests/regression``, and what that asks for in its
``behaviours.toml``. Must not know any project or ticket. A label names a folder there, or
with a slash any other one. What a test needs of a machine it looks for itself, and skips
where it is not: the folder can be run by plain pytest as well.
"""

from __future__ import annotations

import glob
import os
import re
import shutil
from pathlib import Path

import msgspec

from ..model import Job, Project, RequestError, Result, Value
from ..system.home import PROJECT
from ..system.processes import ProcessResult
from . import recorded
from .participants import Participants
from .place import PROGRAMS, JobWorkspace

NAME = "behaviours"
TESTS = PROJECT / "tests" / "regression"
NEEDS = "behaviours.toml"
SETTINGS = "pytest.ini"
# What is in a ticket's folder is a participant of its own results, and of no others.
FILES: tuple[Path, ...] = ()
JOINS = False
# An id begins with the folder: gh_88932/test_x.py::test_y.
ID = re.compile(r"(?P<label>[\w.-]+)/(?:\w+/)*test_\w+\.py::")


class Program(Value, frozen=True):
    """A program of the machine that tests start.

    ``folders`` are patterns of where it may be beside ``PATH``, such as
    ``/usr/lib/postgresql/*/bin``; of several the newest counts. ``get`` says how it is had.
    """

    folders: tuple[str, ...] = ()
    get: str = ""


class Needs(Value, frozen=True):
    """``behaviours.toml``: the upstream whose trees these tests are for, and what they need.

    ``requires`` is installed beside pytest for the tree's Python. ``programs``, by name, are
    put on ``PATH``; which ones these are is part of a result's key.
    """

    upstream: str
    requires: tuple[str, ...] = ()
    programs: dict[str, Program] = {}


# Made here, once: msgspec crashes when two threads first decode a type at the same time.
msgspec.toml.decode(b'upstream = ""', type=Needs)


def runs_on(project: Project) -> bool:
    """On every project that a folder can be for."""
    return True


def has(project: Project, tree: Path, label: str) -> bool:
    """A folder is no part of a tree. Raises ``RequestError`` if there is none of that name."""
    return bool(_needs(label))


def shards(project: Project, tree: Path, labels: tuple[str, ...]) -> list[tuple[str, ...]]:
    """One job for each folder, or each that there is, if it is for this project.

    Raises ``RequestError`` for a folder that there is not.
    """
    return [(each,) for each in labels or known() if _needs(each).upstream == project.name]


def participants(job: Job) -> Participants:
    """The folder's files, what it requires, and the programs that its tests start."""
    (label,) = job.labels
    folder, needs = _folder(label), _needs(label)
    found = {each: _found(each, needs) for each in needs.programs}
    return Participants(
        programs=tuple(path or name for name, path in found.items()),
        requires=("pytest", *needs.requires),
        folders=(folder,),
        lacks=tuple(
            f"{NAME} {folder.name}: {name} is not on this machine, and what needs it is skipped"
            + (f"; get it with `{needs.programs[name].get}`" if needs.programs[name].get else "")
            for name, path in found.items()
            if not path
        ),
    )


def run(job: Job, place: JobWorkspace) -> Result:
    """Run the tests of the job's folder on its tree; no conftest.py above it takes part."""
    (label,) = job.labels
    folder, needs = _folder(label), _needs(label)
    settings = folder / SETTINGS
    options = ["-q", "-p", "workbench_pytest", "-p", "no:cacheprovider"]
    options += ["-c", str(settings) if settings.exists() else os.devnull]
    options += ["--rootdir", str(folder.parent), "--confcutdir", str(folder)]
    found = [_found(each, needs) for each in needs.programs]
    programs = [os.path.dirname(each) for each in found if each]

    def command(place: JobWorkspace, record: dict[str, str]) -> ProcessResult:
        env = place.environment(PROGRAMS) | record
        env["PATH"] = os.pathsep.join([*programs, env["PATH"]])
        seeing = place._replace(readable=(*place.readable, folder))
        argv = [*place.python, "-m", "pytest", *options, str(folder)]
        return seeing.run(argv, cwd=place.folder("cwd"), env=env, deadline=job.timeout)

    return recorded.run(job, place, command)


def known() -> list[str]:
    """The names of the tickets' folders."""
    return sorted(path.parent.name for path in TESTS.glob(f"*/{NEEDS}"))


def location(test: str) -> tuple[str, str] | None:
    """The label and the upstream of a test's id; None if no ticket's folder has it."""
    match = ID.match(test)
    if match is None or match["label"] not in known():
        return None
    return match["label"], _needs(match["label"]).upstream


def _folder(label: str) -> Path:
    return Path(label).absolute() if "/" in label else TESTS / label


def _needs(label: str) -> Needs:
    path = _folder(label) / NEEDS
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Needs)
    except OSError:
        names = ", ".join(known()) or "none"
        raise RequestError(
            f"{NAME}:{label}: there is no {NEEDS} in such a folder; known are: {names}"
        ) from None
    except msgspec.MsgspecError as error:
        raise RequestError(f"{path}: {error}") from None


def _found(name: str, needs: Needs) -> str:
    """The path of a program; empty if this machine has not got it."""
    folders = [path for each in needs.programs[name].folders for path in glob.glob(each)]
    folders.sort(key=lambda path: [int(digits) for digits in re.findall(r"\d+", path)])
    path = os.pathsep.join([*reversed(folders), os.environ.get("PATH", os.defpath)])
    return shutil.which(name, path=path) or ""
