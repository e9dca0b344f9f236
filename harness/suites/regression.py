"""The regression tests: what is promised on the wire, through the wire lab.

Owns: how pytest is run on one tree, and that a job is one server. Must not know
sockets, candidates or verdicts: to the rest these are tests like any other.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..lab.parts import parts_of
from ..lab.servers import family_names
from ..lab.target import VARIABLE, Target
from ..model import Job, RequestError, Result
from ..system.home import PROJECT
from ..system.processes import ProcessResult
from . import recorded
from .participants import Participants
from .place import PROGRAMS, JobWorkspace

TESTS = PROJECT / "tests" / "regression"
LAB = PROJECT / "harness" / "lab"
# What decides about a result beside the trees: part of the key under which it is kept.
FILES: tuple[Path, ...] = (TESTS, LAB)
# The servers of an upstream's trees, by the family that they have in the lab's table.
SERVERS = {"django": family_names("django"), "cpython": family_names("stdlib")}
CONTROL_GROUP = family_names("control")


def runs_on(upstream: str) -> bool:
    """On every upstream whose servers the lab can start."""
    return upstream in SERVERS


def shards(tree: Path, labels: tuple[str, ...]) -> list[tuple[str, ...]]:
    """One job for each server of the tree; labels name servers.

    Raises ``RequestError`` for a label that is no server of any tree.
    """
    known = [server for servers in SERVERS.values() for server in servers]
    for label in labels:
        if label not in known:
            raise RequestError(f"regression:{label}: no such server; known are: {', '.join(known)}")
    family = "django" if (tree / "django").is_dir() else "cpython"
    return [(server,) for server in SERVERS[family] if not labels or server in labels]


def participants(job: Job) -> Participants:
    """pytest, and the lab's clients, links and servers of the control group."""
    parts = parts_of(job.labels)
    return Participants(("pytest", *parts.libraries), parts.programs, own_python=True)


def run(job: Job, place: JobWorkspace) -> Result:
    """Run the tests of the job's servers against its trees."""

    def command(place: JobWorkspace, record: dict[str, str]) -> ProcessResult:
        target = place.scratch / "target.json"
        target.write_bytes(target_of(job, place).to_json())
        # pytest runs in the workbench's own Python, with nothing but this suite's plug-in.
        env = place._replace(python_path=()).environment(PROJECT, PROGRAMS) | record
        env |= {VARIABLE: str(target), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        options = ["-q", "-p", "workbench_pytest", "-p", "no:cacheprovider", "-c", os.devnull]
        argv = [sys.executable, "-m", "pytest", *options, "--rootdir", str(PROJECT), str(TESTS)]
        seeing = place._replace(readable=(*place.readable, *FILES, PROJECT / "harness"))
        return seeing.run(argv, cwd=place.folder("cwd"), env=env, deadline=job.timeout)

    return recorded.run(job, place, command)


def target_of(job: Job, place: JobWorkspace) -> Target:
    """What the lab has to be told about a job."""
    django = place.checkouts.get("django")
    control = next((label for label in job.labels if label in CONTROL_GROUP), None)
    own = place.environment(*([django] if django else []))
    return Target(
        scratch=place.folder("lab"),
        python=(sys.executable,) if control else place.python,
        django=django,
        control=control,
        env={"PYTHONPATH": "" if control else own.get("PYTHONPATH", "")},
        servers=job.labels,
    )
