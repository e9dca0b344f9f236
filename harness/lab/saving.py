"""Exchanges in files: which suffix is written how, and what can be read back.

Owns that table, and what is wrong with a path. A new format is one writer here. It must
not know how an exchange is made.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from .diagram_files import Sides, html_file, svg_file
from .observation import Observation


class BadFile(ValueError):
    """A file that can not be written, or does not hold what it should; says why in a line."""


class Exhibit(msgspec.Struct, frozen=True):
    """What is saved: what was seen of one exchange, or of two to be drawn side by side.

    ``packets`` is a capture of what passed, where one was made."""

    sides: Sides
    packets: bytes = b""


def _json(exhibit: Exhibit) -> bytes:
    if len(exhibit.sides) > 1:
        raise BadFile("a .json file holds one exchange: save two as .svg or .html")
    return exhibit.sides[0][1].to_json().encode() + b"\n"


def _packets(exhibit: Exhibit) -> bytes:
    if not exhibit.packets:
        raise BadFile(f"{PACKETS} has the packets of an exchange, and none was made")
    return exhibit.packets


PACKETS: Final = ".pcapng"

WRITERS: Final[dict[str, Callable[[Exhibit], bytes]]] = {
    ".svg": lambda exhibit: svg_file(exhibit.sides).encode(),
    ".html": lambda exhibit: html_file(exhibit.sides).encode(),
    ".json": _json,
    PACKETS: _packets,
}
"""By the suffix of the file: what makes its content. ``BadFile`` where it can not be made."""


def check(path: Path) -> None:
    """Raises ``BadFile`` where nothing can be saved at ``path``: said before anything is run."""
    if path.suffix not in WRITERS:
        raise BadFile(f"{path}: the name has to end in {', '.join(WRITERS)}")
    if path.is_dir():
        raise BadFile(f"{path} is a folder: name a file in it")
    folder = path.parent
    if not folder.is_dir():
        raise BadFile(f"{path}: there is no folder {folder}")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise BadFile(f"{path} can not be written to")


def save(path: Path, exhibit: Exhibit) -> None:
    """Write what was seen, as the suffix says. Raises ``BadFile``."""
    check(path)
    content = WRITERS[path.suffix](exhibit)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise BadFile(f"{path} can not be written to: {error.strerror}") from error


def load(path: Path) -> Observation:
    """What was saved as .json. Raises ``BadFile``."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Observation)
    except OSError as error:
        raise BadFile(f"{path} can not be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise BadFile(f"{path} holds no exchange of the lab: {error}") from error


def worst(seen: list[Observation]) -> Observation:
    """The one of several that is most worth a look: a bad one, with the least of its body."""
    return min(seen, key=lambda each: (each.good, each.received / max(1, each.expected)))
