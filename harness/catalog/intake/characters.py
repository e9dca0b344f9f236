"""From a file's bytes to text: unpacked, decoded, and with the line ends of a patch.

Owns: compression, byte order marks, encodings and line ends. Must not know diffs, beyond
which lines are a header's: these tell a file that was converted from a file whose content
has such line ends.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import re
import zlib
from collections.abc import Callable
from typing import NamedTuple

from ...model import UTF_8, RequestError

PACKED: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
    (b"\x1f\x8b", gzip.decompress),
    (b"BZh", bz2.decompress),
    (b"\xfd7zXZ\x00", lzma.decompress),
)
# Gives every byte a character, and every one of these its byte again.
ANY_BYTES = "latin-1"
# The lines that whoever makes a diff writes, and the tree has no part in.
HEADERS = re.compile(r"^(?:--- |\+\+\+ |\*\*\* |@@ |diff |Index: ).*(?:\n|\Z)", re.MULTILINE)


class Text(NamedTuple):
    """A decoded text; ``encoding`` turns it into the file's bytes again."""

    content: str
    encoding: str = UTF_8


def text_of(data: bytes, name: str) -> Text:
    """The text of a file, whatever it is packed or encoded in.

    Bytes that are no UTF-8 are kept: each is then one character, by ``ANY_BYTES``.
    Raises ``RequestError`` if what it is packed in is damaged.
    """
    data = _unpacked(data, name)
    text = _decoded(data)
    return text._replace(content=_with_own_line_ends(text.content))


def _unpacked(data: bytes, name: str) -> bytes:
    for magic, unpack in PACKED:
        if data.startswith(magic):
            try:
                return _unpacked(unpack(data), name)
            except (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error) as error:
                raise RequestError(
                    f"{name}: what it is packed in is damaged or cut off: {error}; get it again"
                ) from None
    return data


def _decoded(data: bytes) -> Text:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Text(data.decode("utf-16", "replace"))
    # ASCII in UTF-16 without a mark: every other byte is zero.
    for zeros, encoding in ((data[1::2], "utf-16-le"), (data[::2], "utf-16-be")):
        if len(zeros) > 1 and not len(data) % 2 and zeros.count(0) > 0.9 * len(zeros):
            return Text(data.decode(encoding, "replace"))
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return Text(data.decode(UTF_8))
    except UnicodeDecodeError:
        return Text(data.decode(ANY_BYTES), ANY_BYTES)


def _with_own_line_ends(text: str) -> str:
    """The text without the carriage returns that its way here has added.

    If every line has one, the file was converted as a whole; if every header has one but
    not every line, only the headers were. All others are the content of patched files.
    """
    headers = HEADERS.findall(text)
    if not headers or not all(line.rstrip("\n").endswith("\r") for line in headers):
        return text
    lines = text.removesuffix("\n").split("\n")
    if all(line.endswith("\r") for line in lines[:-1]):
        return text.replace("\r\n", "\n").removesuffix("\r")
    return HEADERS.sub(lambda found: found[0].replace("\r", ""), text)
