"""Results that are kept, each under the key of its job.

Owns: the files of results. Must not know what a key is made from, or how a job is
carried out. A file that is not whole is as good as none: the job is done again.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from ..model import JobEnd, Result
from ..system.digests import digest
from ..system.files import replace_bytes
from ..system.home import Home

KEPT = (JobEnd.COMPLETED, JobEnd.CUT_OFF)
# Made here, once: msgspec crashes when two threads first decode a type at the same time.
RESULTS = msgspec.json.Decoder(Result)


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

    def has(self, key: str) -> bool:
        """Whether there is a file for it. Whether that is whole, ``get`` tells."""
        return self._path(key).is_file()

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
