"""What goes wrong inside a process of the fleet: its clock, and the store that it shares.

Owns: both, as the files in ``$FLEET_CONTROLS`` say. The clock is ``time.time`` of that process
alone: the kernel's own, by which files are dated, can not be another one for a few processes.
The store is a folder behind a file system of fsspec's own kind. A job's own processes know
nothing of this: what they are started with is the workbench's.
"""

from __future__ import annotations

import errno
import mmap
import os
import struct
import time
from enum import StrEnum
from pathlib import Path
from typing import Any

CONTROLS = "FLEET_CONTROLS"
PROTOCOL = "troubled"
LOOK = 0.02  # seconds between two looks of a store that does not answer


class StoreState(StrEnum):
    """What a store does when it is asked."""

    WELL = "well"
    LATE = "late"
    WRONG = "wrong"
    GONE = "gone"
    FULL = "full"


class Controls:
    """The files by which a campaign tells the processes of its fleet what goes wrong."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._clock, self._store = folder / "clock", folder / "store"
        if not self._clock.exists():
            folder.mkdir(parents=True, exist_ok=True)
            self.set_clock(0.0)
            self.set_store(StoreState.WELL)

    def set_clock(self, offset: float) -> None:
        """Every clock of the fleet is so many seconds off."""
        # Written in place: the others have it mapped.
        with self._clock.open("r+b" if self._clock.exists() else "w+b") as stream:
            stream.write(struct.pack("d", offset))

    def set_store(self, state: StoreState) -> None:
        """The store is in that state from now on."""
        part = self._store.with_suffix(".part")
        part.write_text(state, "ascii")
        part.replace(self._store)

    @property
    def store(self) -> StoreState:
        """What the store does now."""
        return StoreState(self._store.read_text("ascii"))

    def wait(self) -> StoreState:
        """What the store does, as soon as it does anything; who was in trouble is counted."""
        state = self.store
        if state is not StoreState.WELL:
            with (self._folder / state).open("ab") as stream:
                stream.write(b".")
        while state is StoreState.LATE:
            time.sleep(LOOK)
            state = self.store
        if state is StoreState.GONE:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "nobody is there")
        return state

    def met(self, state: StoreState) -> int:
        """How many requests met a store in that state."""
        path = self._folder / state
        return path.stat().st_size if path.exists() else 0

    def offset(self) -> mmap.mmap:
        """How far the clocks are off, as bytes that change."""
        with self._clock.open("rb") as stream:
            return mmap.mmap(stream.fileno(), 8, prot=mmap.PROT_READ)


def begin() -> None:
    """Put the clock and the store of this process into the hands of the campaign."""
    folder = os.environ.get(CONTROLS)
    if folder:
        controls = Controls(Path(folder))
        _shift(controls.offset())
        _register(controls)


def _shift(offset: mmap.mmap) -> None:
    real, real_ns = time.time, time.time_ns
    time.time = lambda: real() + struct.unpack("d", offset[:8])[0]
    time.time_ns = lambda: real_ns() + int(struct.unpack("d", offset[:8])[0] * 1e9)


def _register(controls: Controls) -> None:
    import fsspec
    from fsspec.implementations.local import LocalFileSystem

    class TroubledStore(LocalFileSystem):  # type: ignore[misc]  # fsspec has no types
        """A folder that answers as the campaign wants it to."""

        protocol = PROTOCOL

        def cat_file(self, path: str, *args: Any, **kwargs: Any) -> bytes:
            if controls.wait() is not StoreState.WRONG:
                return bytes(super().cat_file(path, *args, **kwargs))
            # What belongs to somebody else, whole or with one bit that is another.
            others = sorted(Path(path).parent.parent.glob("*/*.json"))
            data = others[0].read_bytes() if others else path.encode()
            middle = len(data) // 2
            flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
            return data if others and others[0] != Path(path) and data[middle] % 2 else flipped

        def pipe_file(self, path: str, value: bytes, **kwargs: Any) -> None:
            if controls.wait() is StoreState.FULL:
                super().pipe_file(path, value[: len(value) // 2], **kwargs)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            super().pipe_file(path, value, **kwargs)

    fsspec.register_implementation(PROTOCOL, TroubledStore, clobber=True)
