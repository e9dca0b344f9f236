"""Places in a Python file's text, exact to the byte. Pure.

Owns: the way from a node of the syntax tree to its place, and writing there and nowhere
else. Must not know what is written, or why. A node's column counts bytes of UTF-8
(https://docs.python.org/3/library/ast.html#ast.AST.col_offset), and lines end where Python
ends them, which is at fewer places than where ``str.splitlines`` does.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from typing import NamedTuple

LINE_END = re.compile(rb"\r\n|\r|\n")
WORD_END, WORD_START = re.compile(rb"\w\Z"), re.compile(rb"\w")
Node = ast.expr | ast.stmt
"""What has a place of its own."""


class Spot(NamedTuple):
    """A part of a text: the offset of its first byte, and that of the one after its last."""

    start: int
    end: int


class SourceText:
    """The text of one file. Texts that go in and out are whole, as they were read."""

    def __init__(self, source: str) -> None:
        self._data = source.encode()
        self._starts = [0, *(match.end() for match in LINE_END.finditer(self._data))]

    def of(self, node: Node) -> Spot:
        """Where a node stands, without brackets around it."""
        return Spot(self._offset(node.lineno, node.col_offset), self._end(node))

    def between(self, before: Node, after: Node) -> Spot:
        """What stands between two nodes: an operator, brackets, comments."""
        return Spot(self._end(before), self.of(after).start)

    def found(self, pattern: bytes, within: Spot) -> Spot | None:
        """Where a pattern is first met in a part of the text, comments left out."""
        words = re.compile(rb"#[^\r\n]*|(" + pattern + rb")")
        for match in words.finditer(self._data, *within):
            if match[1] is not None:
                return Spot(*match.span(1))
        return None

    def text(self, spot: Spot) -> str:
        """What stands there."""
        return self._data[spot.start : spot.end].decode()

    def line_of(self, spot: Spot) -> int:
        """The number of the line on which it begins."""
        return bisect_right(self._starts, spot.start)

    def line(self, number: int) -> str:
        """The text of a line, without blanks around it."""
        end = [*self._starts, len(self._data)][number]
        return self.text(Spot(self._starts[number - 1], end)).strip()

    def with_other(self, spot: Spot, new: str) -> str:
        """The whole text with something else in that place, kept apart from words around it."""
        before, after = self._data[: spot.start], self._data[spot.end :]
        left = b" " if WORD_END.search(before) and WORD_START.match(new.encode()) else b""
        right = b" " if WORD_END.search(new.encode()) and WORD_START.match(after) else b""
        return (before + left + new.encode() + right + after).decode()

    def _end(self, node: Node) -> int:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self._offset(node.end_lineno, node.end_col_offset)

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column
