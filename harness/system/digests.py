"""What names content: the SHA-256 of bytes, values, files and folders.

Owns: how a digest is made of each. Must not know what is named by it. All are 64
hexadecimal digits; who needs a short name cuts one off.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import msgspec

PROGRAMS = ("*.py", "*.js")


def digest(content: bytes | str) -> str:
    """The digest of bytes, or of text in UTF-8."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
    return hashlib.sha256(data).hexdigest()


def digest_of_value(value: object) -> str:
    """The digest of a value's JSON; the order in which a dict was filled does not matter."""
    return digest(msgspec.json.encode(value, order="deterministic"))


def digest_of_file(path: Path) -> str:
    """The digest of a file's content. Raises ``OSError`` if it can not be read."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@cache
def digest_of_folder(folder: Path) -> str:
    """A digest of every file in a folder and below but bytecode, by name and content.

    It is made once for each process, as that of programs is.
    """
    files = (path for path in folder.rglob("*") if path.is_file())
    ours = sorted(path for path in files if "__pycache__" not in path.parts)
    return digest_of_value(
        [(path.relative_to(folder).as_posix(), digest_of_file(path)) for path in ours]
    )


@cache
def digest_of_programs(place: Path) -> str:
    """A digest of a program, or of every one in a folder and below, by name and content.

    It is made once for each process: what runs was read when the process began.
    """
    if not place.is_dir():
        return digest_of_value([(place.name, digest_of_file(place))])
    files = sorted({path for pattern in PROGRAMS for path in place.rglob(pattern)})
    return digest_of_value(
        [(path.relative_to(place).as_posix(), digest_of_file(path)) for path in files]
    )
