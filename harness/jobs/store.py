"""Results that are kept, each under the key of its job.

Owns: the files of results, and that a store of several machines is asked where there is none
here. Must not know what a key is made from, or how a job is carried out. A file that is not
whole is as good as none: the job is done again.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from ..model import Result, SpuriousError
from ..system.digests import digest
from ..system.files import replace_bytes
from ..system.home import Home
from .shared import KEPT, Entry, SharedStore

# Made here, once: msgspec crashes when two threads first decode a type at the same time.
RESULTS = msgspec.json.Decoder(Result)


class Store:
    """The results in one workbench folder, and behind them those that are ``shared``."""

    def __init__(self, home: Home, shared: SharedStore | None = None) -> None:
        self._home = home
        self._shared = shared

    def get(self, key: str) -> Result | None:
        """The kept result, or None if there is none or what there is, is damaged.

        One of another machine is kept here as well, with its log.
        """
        kept = self.own(key)
        if kept is not None or self._shared is None:
            return kept
        entry = self._shared.get(key)
        return None if entry is None else self._taken_over(entry)

    def own(self, key: str) -> Result | None:
        """The same of what is kept here alone."""
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

        Raises ``SpuriousError`` if it can not be written here. Where it can not be shared, the
        work goes on all the same.
        """
        if result.ended not in KEPT:
            return
        self._put_here(key, result)
        if self._shared is not None:
            log = None
            with suppress(OSError):
                log = (self._home.root / result.log).read_bytes() if result.log else None
            self._shared.put(key, msgspec.structs.replace(result, log=""), log)

    def _put_here(self, key: str, result: Result) -> None:
        body = msgspec.json.encode(result)
        replace_bytes(self._path(key), digest(body).encode() + b"\n" + body)

    def _taken_over(self, entry: Entry) -> Result:
        """A result of another machine, with its log in a file here: no path is believed.

        Where the disk here is full it is used all the same, and asked for again next time.
        """
        result = msgspec.structs.replace(entry.result, log="")
        with suppress(OSError, SpuriousError):
            if entry.log is not None:
                path = self.log(entry.key)
                replace_bytes(path, entry.log)
                result = msgspec.structs.replace(result, log=self._home.relative(path))
            self._put_here(entry.key, result)
        return result

    def log(self, key: str) -> Path:
        """Where the output of that job goes; an earlier one is removed."""
        path = self._home.folder("logs", key[:2]) / f"{key}.txt"
        path.unlink(missing_ok=True)
        return path

    def _path(self, key: str) -> Path:
        return self._home.folder("results", key[:2]) / f"{key}.json"
