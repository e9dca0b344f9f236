"""The words and numbers of a drawing, fit to be shown.

Owns how sizes and times are written, and what is taken out of a text that comes from
elsewhere. It must not know what is drawn, nor where.
"""

from __future__ import annotations

import re
from typing import Final

SHOWN: Final = 60
"""Characters of a text from elsewhere that are shown."""

# Control characters, which no XML may hold and a terminal would obey; lone surrogates,
# which no file can hold; and what turns the direction of the text that follows.
UNFIT: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def clean(text: str, most: int = SHOWN) -> str:
    """``text`` on one line, harmless to a terminal and allowed in XML (not yet escaped),
    with at most ``most`` characters."""
    fit = UNFIT.sub("\ufffd", text)
    return fit if len(fit) <= most else f"{fit[: most - 1]}…"


def in_bytes(size: int, count: int = 1) -> str:
    """A number of bytes, and in how many pieces they came."""
    unit = "byte" if size == 1 else "bytes"
    return f"{size:,} {unit}" + (f" ×{count}" if count > 1 else "")


def in_ms(seconds: float) -> str:
    """A time in milliseconds, with a decimal where it is short; without the unit."""
    ms = seconds * 1000
    return f"{ms:,.1f}" if abs(ms) < 99.95 else f"{ms:,.0f}"
