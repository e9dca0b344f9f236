"""What a link does to the bytes that pass: pure decisions, one fault per file.

A fault only decides: it is told what came from which side and answers with
decisions. It must not know sockets, clocks or threads; ``links/relay.py`` acts.
A new fault is one file here and one line in ``table.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Protocol

import msgspec


class Side(Enum):
    """Who something came from."""

    CLIENT = auto()
    SERVER = auto()


class Came(Enum):
    """What came: some bytes, the end of them (FIN), or the end of it all (RST)."""

    DATA = auto()
    FIN = auto()
    RST = auto()


class Arrival(msgspec.Struct, frozen=True):
    """``data`` came from ``side``, after ``before`` bytes that came from it since the
    other side last said something (so: in this response)."""

    side: Side
    came: Came
    data: bytes = b""
    before: int = 0


class Send(msgspec.Struct, frozen=True):
    """Pass these bytes on to the other side, after what is still queued for it."""

    data: bytes


class Wait(msgspec.Struct, frozen=True):
    """Let this many seconds go by before what is queued next for the other side."""

    seconds: float


class Finish(msgspec.Struct, frozen=True):
    """Pass FIN on to the other side, after what is still queued for it."""


class Close(msgspec.Struct, frozen=True):
    """Close both sides at once; what is still queued is lost."""


class Reset(msgspec.Struct, frozen=True):
    """Reset both sides at once; what is still queued is lost."""


Decision = Send | Wait | Finish | Close | Reset


class Fault(Protocol):
    """Decides what becomes of each arrival."""

    def decide(self, arrival: Arrival) -> Sequence[Decision]:
        """What to do now, in this order; nothing where the bytes are dropped."""
        ...
