"""Files that are replaced in one step.

Owns: the one atomic write. Must not know what a file is for. Whoever reads sees the
old file or the new one, never a half, and two that write at once leave one whole file.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from ..model import SpuriousError


def replace_text(path: Path, text: str) -> None:
    """``replace_bytes`` of UTF-8; what was read with ``surrogateescape`` is written back as it was.

    Raises ``SpuriousError``, as ``replace_bytes`` does.
    """
    replace_bytes(path, text.encode("utf-8", "surrogateescape"))


def replace_bytes(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of a file; its folder is made if it is not there.

    A symbolic link stays, and the file that it leads to is replaced. What is no file,
    as a pipe or ``/dev/stdout``, is written to. Raises ``SpuriousError`` with the
    path and the reason if it can not be done; then the file is as it was, and nothing
    is left beside it.

    It is not forced to the disk: after a power cut a reader may find an old or an
    empty file, and every reader of ours takes a damaged one for none.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(Path(os.path.realpath(path)), data)
    except OSError as error:
        raise SpuriousError(f"cannot write {path}: {error.strerror or error}") from error


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder: a rename is one step only within a file system.
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
