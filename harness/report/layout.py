"""How a JSON file is laid out for people and for `diff`, without most of it being blanks.

Owns: where a line ends. Must not know what the file is about. What fits a line stands on
one: a report has ten thousands of small values, and one word each on a line would treble it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

WIDTH = 150
STEP = "  "


def laid_out(value: object) -> str:
    """A value as JSON; a list of numbers is one line, however long."""
    return _text(msgspec.to_builtins(value), "")


def _text(value: object, margin: str) -> str:
    whole = msgspec.json.encode(value).decode()
    if len(margin) + len(whole) <= WIDTH:
        return whole
    inner = margin + STEP
    if isinstance(value, dict):
        each = (f"{_text(key, inner)}: {_text(one, inner)}" for key, one in value.items())
        return _block("{}", each, margin)
    if isinstance(value, list | tuple) and not all(isinstance(one, int | float) for one in value):
        return _block("[]", (_text(one, inner) for one in value), margin)
    return whole


def _block(brackets: str, lines: Iterable[str], margin: str) -> str:
    together = f",\n{margin}{STEP}".join(lines)
    return f"{brackets[0]}\n{margin}{STEP}{together}\n{margin}{brackets[1]}"
