"""The key under which a job's result is kept: everything that decides about it.

Owns: what that is. A result is valid for exactly: tree ids, suite and labels, the
interpreter and its packages, the runner's and the suite's own files, the versions of
every library and program that takes part, and which of them the machine has not. Must
not know how a result is kept, or what candidates are called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from ..model import Isolation, Job
from ..suites import RUNNERS, SUITES
from ..suites.participants import Participants
from ..system.digests import digest_of_folder, digest_of_programs, digest_of_value
from ..system.home import PROJECT
from ..system.installed import library_versions, program_file

KEY_DIGITS = 32
# What of the workbench itself decides about a result: how tests are run, and on what.
OURS = (RUNNERS, *(PROJECT / "harness" / name for name in ("pythons", "upstreams")))


def key_of(job: Job, packages: Mapping[str, str], isolation: Isolation) -> str:
    """The content address of a job's result, as hexadecimal digits.

    ``packages`` are the versions of what is installed for the tree's Python, by name.
    Neither the name of a candidate nor where its commit stands is part of it.
    """
    suite = SUITES[job.suite]
    content = {
        "suite": job.suite,
        "trees": [(tree.base.upstream, tree.tree) for tree in job.trees],
        "python": (job.python.path, job.python.version, job.python.build),
        "packages": packages,
        "labels": job.labels,
        "select": job.select,
        "only": job.only,
        "attempt": job.attempt,
        "timeouts": (job.timeout, job.test_timeout),
        "traced": [(file.upstream, file.path, file.lines) for file in job.traced],
        "isolation": isolation,
        "files": [digest_of_programs(folder) for folder in (*OURS, *suite.FILES)],
        "participants": _state(participants := suite.participants(job)),
        "folders": [digest_of_folder(folder) for folder in participants.folders],
    }
    left_out = [tree.base.project.deselect for tree in job.trees]
    if any(left_out):
        content["deselected"] = left_out
    return digest_of_value(content)[:KEY_DIGITS]


def _state(participants: Participants) -> dict[str, object]:
    """Which versions of them this machine has, and what of them it has not."""
    return {
        "libraries": library_versions(participants.libraries),
        "programs": {name: program_file(name) for name in participants.programs},
        "python": [sys.version, os.uname().release] if participants.own_python else [],
    }
