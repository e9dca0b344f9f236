"""Results that are kept, under the content of everything that made them.

Owns: the key of a job and the files of results. Must not know how a job is
carried out. A file that is not whole is as good as none: the job is done again.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

import msgspec

from ..model import Job, JobEnd, Result, SpuriousError
from ..system.home import Home

RUNNERS = Path(__file__).parents[1] / "suites"
KEPT = (JobEnd.COMPLETED, JobEnd.CUT_OFF)
# Made here, once: msgspec crashes when two threads first decode a type at the same time.
RESULTS = msgspec.json.Decoder(Result)


@cache
def digest_of(folder: Path) -> str:
    """A digest of every program in a folder, by name and content."""
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.js")]):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


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
        "runners": digest_of(RUNNERS),
        "surroundings": surroundings,
    }
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()[:32]


class Store:
    """The results in one workbench folder."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def get(self, key: str) -> Result | None:
        """The kept result, or None if there is none or its file is damaged."""
        try:
            digest, _, body = self._path(key).read_bytes().partition(b"\n")
        except OSError:
            return None
        if hashlib.sha256(body).hexdigest().encode() != digest:
            return None
        try:
            return RESULTS.decode(body)
        except msgspec.MsgspecError:
            return None

    def put(self, key: str, result: Result) -> None:
        """Keep a result, in one step, if it says something about the patch."""
        if result.ended not in KEPT:
            return
        body = msgspec.json.encode(result)
        path = self._path(key)
        try:
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
                os.replace(name, path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise SpuriousError(
                f"cannot keep a result in {path.parent}: {error.strerror}"
            ) from error

    def log(self, key: str) -> Path:
        """Where the output of that job goes; an earlier one is removed."""
        path = self._home.folder("logs", key[:2]) / f"{key}.txt"
        path.unlink(missing_ok=True)
        return path

    def _path(self, key: str) -> Path:
        return self._home.folder("results", key[:2]) / f"{key}.json"
