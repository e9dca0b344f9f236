"""Git's binary hunks: whether they are whole.

Owns: that format, as far as its length goes
(https://git-scm.com/docs/diff-format, and ``emit_binary_diff_body`` in git's ``diff.c``).
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Sequence

HEAD = "GIT binary patch"
HALF = re.compile(r"(?:literal|delta) (\d+)$")


def end_of_binary(lines: Sequence[str], start: int) -> int:
    """The index after the binary hunk whose head is at ``start``; 0 if it is not whole."""
    at = start + 1
    while at < len(lines) and (half := HALF.match(lines[at])):
        first = at + 1
        at = first
        while at < len(lines) and lines[at]:
            at += 1
        if not _is_whole(lines[first:at], int(half[1])):
            return 0
        at += 1
    return min(at, len(lines)) if at > start + 1 else 0


def _is_whole(lines: Sequence[str], size: int) -> bool:
    """Whether the lines unpack to so many bytes. The first letter of each is its length."""
    try:
        packed = b"".join(base64.b85decode(line[1:])[: _length(line[0])] for line in lines)
        return len(zlib.decompress(packed)) == size
    except (ValueError, zlib.error):
        return False


def _length(letter: str) -> int:
    return ord(letter) - ord("A") + 1 if letter.isupper() else ord(letter) - ord("a") + 27
