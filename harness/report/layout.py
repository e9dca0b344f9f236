"""How a JSON file is laid out for people and for `diff`, without most of it being blanks.

Owns: where a line ends. Must not know what the file is about. What fits a line stands on
one: a report has ten thousands of small values, and one word each on a line would treble it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

WIDTH = 160
STEP = " "


def laid_out(value: object, rows: Collection[str] = ()) -> str:
    """A value as JSON. Lists of numbers are one line, however long, and so is each of the
    values of the fields ``rows``, which are lists."""
    return _text(msgspec.to_builtins(value), "", rows)


def _text(value: object, margin: str, rows: Collection[str]) -> str:
    whole = _json(value)
    if len(margin) + len(whole) <= WIDTH:
        return whole
    inner = margin + STEP
    if isinstance(value, dict):
        pairs = (
            (_json(key), _rows(one, inner) if key in rows else _text(one, inner, rows))
            for key, one in value.items()
        )
        return _block("{}", (f"{key}: {text}" for key, text in pairs), margin)
    if isinstance(value, list | tuple) and not all(isinstance(one, int | float) for one in value):
        return _block("[]", (_text(one, inner, rows) for one in value), margin)
    return whole


def _rows(values: Iterable[object], margin: str) -> str:
    return _block("[]", map(_json, values), margin)


def _block(brackets: str, lines: Iterable[str], margin: str) -> str:
    together = f",\n{margin}{STEP}".join(lines)
    return f"{brackets[0]}\n{margin}{STEP}{together}\n{margin}{brackets[1]}"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
