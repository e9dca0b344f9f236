"""Results that are kept, under the content of everything that made them.

Owns: the key of a job and the files of results. Must not know how a job is
carried out. A file that is not whole is as good as none: the job is done again.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from ..model import Job, JobEnd, Result
from ..suites import RUNNERS
from ..system.digests import digest, digest_of_programs, digest_of_value
from ..system.files import replace_bytes
from ..system.home import Home

KEPT = (JobEnd.COMPLETED, JobEnd.CUT_OFF)
# Made here, once: msgspec crashes when two threads first decode a type at the same time.
RESULTS = msgspec.json.Decoder(Result)


def key(job: Job, surroundings: str) -> str:
    """The content address of a job's result.

    ``surroundings`` is what else decides about it: installed packages, the kind
    of isolation, the files of a suite that stand outside the tree.
    """
    content = {
        "suite": job.suite,
        "trees": [(tree.base.upstream, tree.tree) for tree in job.trees],
        "python": (job.python.path, job.python.version, job.python.build),
        "labels": job.labels,
        "select": job.select,
        "attempt": job.attempt,
        "timeouts": (job.timeout, job.test_timeout),
        "runners": digest_of_programs(RUNNERS),
        "surroundings": surroundings,
    }
    return digest_of_value(content)[:32]


class Store:
    """The results in one workbench folder."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def get(self, key: str) -> Result | None:
        """The kept result, or None if there is none or its file is damaged."""
        try:
            recorded, _, body = self._path(key).read_bytes().partition(b"\n")
        except OSError:
            return None
        if digest(body).encode() != recorded:
            return None
        try:
            return RESULTS.decode(body)
        except msgspec.MsgspecError:
            return None

    def put(self, key: str, result: Result) -> None:
        """Keep a result, in one step, if it says something about the patch.

        Raises ``SpuriousError`` if it can not be written.
        """
        if result.ended not in KEPT:
            return
        body = msgspec.json.encode(result)
        replace_bytes(self._path(key), digest(body).encode() + b"\n" + body)

    def log(self, key: str) -> Path:
        """Where the output of that job goes; an earlier one is removed."""
        path = self._home.folder("logs", key[:2]) / f"{key}.txt"
        path.unlink(missing_ok=True)
        return path

    def _path(self, key: str) -> Path:
        return self._home.folder("results", key[:2]) / f"{key}.json"
