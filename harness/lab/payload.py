"""The bytes that a client of the lab expects.

The same rule as ``programs/payload.py``, which runs under another interpreter and
cannot be imported; ``tests/harness/test_lab_payload.py`` holds the two together.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

PERIOD: Final = 65521
"""Length of the repeated block, in bytes: prime, so that a lost buffer shows."""


@lru_cache(maxsize=1)
def _block() -> bytes:
    return b"".join(b"%07d\n" % n for n in range(PERIOD // 8 + 1))[:PERIOD]


def payload(size: int) -> bytes:
    """The first ``size`` bytes of the endless body."""
    return (_block() * (size // PERIOD + 1))[:size]


def json_text(size: int) -> bytes:
    """The JSON document of ``size`` bytes (at least 12) that ``/json`` answers with."""
    return b'{"data": "' + b"x" * (size - 12) + b'"}'


def first_difference(got: bytes, wanted: bytes) -> int | None:
    """Offset in bytes at which ``got`` stops being a prefix of ``wanted``, if it does."""
    if wanted.startswith(got):
        return None
    return next(
        (n for n, (a, b) in enumerate(zip(got, wanted, strict=False)) if a != b),
        len(wanted),
    )
