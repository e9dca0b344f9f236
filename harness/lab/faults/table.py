"""The faults by name, and what each of them does.

Owns that table. A new fault is one file beside this one and one line here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from . import Fault
from .faithful import Faithful
from .resetting import Resetting
from .slow import Slow
from .tearing import Tearing


class FaultKind(msgspec.Struct, frozen=True):
    """A fault: what makes one for a connection, and what it does in a line."""

    make: Callable[[], Fault]
    says: str


FAULTS: Final[dict[str, FaultKind]] = {
    "faithful": FaultKind(Faithful, "none: bytes, half-closes and resets pass as they came"),
    "tearing": FaultKind(Tearing, "the server's FIN ends both sides; what is queued is dropped"),
    "slow": FaultKind(Slow, "the response in pieces of 16 kB with pauses"),
    "resetting": FaultKind(Resetting, "after 1,024 bytes of the response both sides are reset"),
}
