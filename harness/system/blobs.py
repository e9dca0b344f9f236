"""Bytes by name below a URL: a folder, a bucket, whatever fsspec reaches.

Owns: fsspec (https://filesystem-spec.readthedocs.io/), how long a request may take, and that
what is written is there in one step. Must not know what the bytes are. Nothing is told of
how a place is reached but by its URL: each kind of place reads its own configuration, as
``FSSPEC_S3_ENDPOINT_URL`` or ``AWS_PROFILE``.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from ..model import RequestError, SpuriousError
from .index import redacted

SECONDS = 10.0  # for one request; a store nearby takes a hundredth
# An object of these appears whole when it was sent whole. Elsewhere a file is written beside
# and renamed.
IN_ONE_STEP = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "memory"})
PARTS = "parts"
STALE = 86400.0  # seconds; who writes a part for a day has been killed

T = TypeVar("T")


class LateError(SpuriousError):
    """No answer came within the bound."""


class Blobs:
    """What is below ``url``; each request may take so many ``seconds``.

    Raises ``RequestError`` for a URL that nothing here can reach.
    """

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        self.url = redacted(url)
        self._seconds = seconds
        self._fs, self._root = _reach(url)
        protocol = self._fs.protocol
        names = {protocol} if isinstance(protocol, str) else set(protocol)
        self._is_local = "file" in names
        self._in_one_step = bool(names & IN_ONE_STEP)
        self._is_tidy = not self._is_local

    def read(self, name: str) -> bytes | None:
        """The bytes of that name, or None if there are none.

        Raises ``LateError``, and ``SpuriousError`` with the reason for any other failure.
        """

        def read() -> bytes | None:
            try:
                return bytes(self._fs.cat_file(f"{self._root}/{name}"))
            except (FileNotFoundError, NotADirectoryError):
                return None

        return self._bounded(read)

    def write(self, name: str, data: bytes) -> None:
        """Put the bytes there in one step, in the place of others.

        Raises as ``read`` does. One that is late may still come to its end afterwards.
        """
        self._bounded(lambda: self._write(f"{self._root}/{name}", data))

    def _write(self, path: str, data: bytes) -> None:
        if self._in_one_step:
            self._fs.pipe_file(path, data)
            return
        self._tidy()
        part = f"{self._root}/{PARTS}/{uuid.uuid4().hex}"
        self._fs.makedirs(f"{self._root}/{PARTS}", exist_ok=True)
        try:
            self._fs.pipe_file(part, data)
            self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._fs.mv(part, path)
        except BaseException:
            with suppress(Exception):
                self._fs.rm_file(part)
            raise

    def _tidy(self) -> None:
        """Take away, once, the parts that writers left which were killed."""
        if self._is_tidy:
            return
        self._is_tidy = True
        with suppress(OSError):
            for entry in self._fs.ls(f"{self._root}/{PARTS}", detail=True):
                if entry["mtime"] < time.time() - STALE:
                    self._fs.rm_file(entry["name"])

    def _bounded(self, work: Callable[[], T]) -> T:
        """What the work returns. A thread can not be ended: one that hangs is left behind, and
        keeps nobody from ending, since it is a daemon."""
        answer: Future[T] = Future()

        def carry_out() -> None:
            # Every kind of place has errors of its own, and few of them are an OSError.
            try:
                answer.set_result(work())
            except BaseException as error:
                answer.set_exception(error)

        threading.Thread(target=carry_out, name="blobs", daemon=True).start()
        try:
            return answer.result(self._seconds)
        except TimeoutError:
            raise LateError(f"no answer within {self._seconds:g} s") from None
        except Exception as error:
            said = " ".join(str(error).split()) or "no reason was given"
            raise SpuriousError(redacted(f"{type(error).__name__}: {said}")) from error


def url_of(text: str) -> str:
    """What a user wrote, as a URL: a folder is named in full, since other processes stand in
    other folders. Nothing stays nothing."""
    return text if "://" in text or not text else f"file://{os.path.abspath(text)}"


def _reach(url: str) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError:
        raise RequestError(
            f"{redacted(url)}: a shared store needs the package fsspec; "
            "install it where the workbench runs"
        ) from None
    try:
        fs, root = fsspec.url_to_fs(url)
    except (ImportError, ValueError) as error:
        said = " ".join(str(error).split())
        raise RequestError(f"{redacted(url)} can not be a shared store: {said}") from None
    return fs, root.rstrip("/")
