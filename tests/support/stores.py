"""Places for shared stores that are in trouble, as file systems of fsspec's own kind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

AT_ONCE = 0.05  # seconds after which a test's store counts as late; it would never answer


class LateStore(LocalFileSystem):  # type: ignore[misc]  # fsspec has no types
    """A folder that answers nothing until ``answers`` is set."""

    protocol = "late"
    answers = threading.Event()
    asked: list[str] = []

    def cat_file(self, path: str, *args: Any, **kwargs: Any) -> bytes:
        """Wait, and then read."""
        self.asked.append(path)
        self.answers.wait()
        return bytes(super().cat_file(path, *args, **kwargs))

    def pipe_file(self, path: str, value: bytes, **kwargs: Any) -> None:
        """Wait, and then write."""
        self.asked.append(path)
        self.answers.wait()
        super().pipe_file(path, value, **kwargs)


@contextmanager
def late_store(folder: Path) -> Iterator[str]:
    """The URL of a folder that does not answer as long as the block goes on."""
    fsspec.register_implementation("late", LateStore, clobber=True)
    LateStore.answers.clear()
    LateStore.asked.clear()
    try:
        yield f"late://{folder}"
    finally:
        LateStore.answers.set()
