"""Values of the model that several test modules start from."""

from __future__ import annotations

import os
import platform
import sys

import msgspec

from harness.judge.runs import Run
from harness.model import (
    Base,
    Change,
    ChangeKind,
    Interpreter,
    Job,
    JobEnd,
    Outcome,
    Project,
    Result,
    Source,
    Stack,
    Status,
    Tree,
)

PYTHON = Interpreter("/usr/bin/python3", "3.13.0", "3.13.0 (main)", "/usr", True)
DJANGO = Project("django", "django", url="https://example.org/django.git")
CPYTHON = Project("cpython", "cpython", url="https://example.org/cpython.git")
X = Stack.read("django/x")
BASE = Tree(Base(DJANGO, "6.1.3", Source.SDIST, "6.1.3"), "c" * 40, "b" * 40)
PATCHED = msgspec.structs.replace(BASE, commit="d" * 40, tree="p" * 40, stack=X)
# The interpreter that runs the tests.
OWN = Interpreter(
    os.path.realpath(sys.executable), platform.python_version(), sys.version, sys.base_prefix, False
)
JOB = Job("django", (BASE,), PYTHON, ("servers",))


def result(ended: JobEnd = JobEnd.COMPLETED, **statuses: Status) -> Result:
    """A run in which tests ended so."""
    return Result(ended, {test: Outcome(status) for test, status in statuses.items()})


def runs(*results: Result, first: int = 0) -> list[Run]:
    """Runs of a whole part; the ``first`` ones were looked at to choose what runs again."""
    return [Run(each, first=number < first) for number, each in enumerate(results)]


def alone(**statuses: Status) -> Run:
    """A run of these tests alone; one that is absent was not there to be run."""
    found = {
        test: Outcome(status) for test, status in statuses.items() if status is not Status.ABSENT
    }
    return Run(Result(JobEnd.COMPLETED, found), frozenset(statuses))


def change(
    kind: ChangeKind = ChangeKind.BROKEN,
    base: Status = Status.PASSED,
    patched: Status = Status.FAILED,
    *,
    confirmed: bool = True,
    **fields: object,
) -> Change:
    """A change that three runs on each side agree on, unless ``fields`` say otherwise."""
    plain = Change(
        suite="django",
        test="servers.tests.Test.test_it",
        base=base,
        patched=patched,
        kind=kind,
        confirmed=confirmed,
        base_runs={base.value: 3},
        patched_runs={patched.value: 3},
        chance=0.001,
    )
    return msgspec.structs.replace(plain, **fields)
