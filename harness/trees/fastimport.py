"""The stream that ``git fast-import`` reads: a whole tree as one commit.

Owns: that format (git-fast-import(1)). Must not know git's commands, or where
the files come from. It is the quickest way in: one pack, nothing unpacked to disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

# One file of a tree: its path, git's mode, its bytes (a link's are its target).
Entry = tuple[str, int, bytes]
EPOCH = "1613865600 +0000"


def write(stream: IO[bytes], entries: Iterable[Entry], ref: str, message: str) -> None:
    """Write a commit of exactly ``entries`` on ``ref``, without a parent."""
    text = message.encode()
    who = f"Upstream patch workbench <workbench@localhost> {EPOCH}"
    stream.write(f"feature done\ncommit {ref}\ncommitter {who}\ndata {len(text)}\n".encode())
    stream.write(text + b"\ndeleteall\n")
    for path, mode, data in entries:
        stream.write(f"M {mode:o} inline {_quoted(path)}\ndata {len(data)}\n".encode())
        stream.write(data)
        stream.write(b"\n")
    stream.write(b"done\n")


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
