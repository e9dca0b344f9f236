"""The bytes that one end of a connection sent, in order.

Owns TCP's numbers: which bytes are new, which were sent again, which are not in the
capture. Pure: it must not know what the bytes mean, nor the other end.

Numbers here are counted on without end; TCP's begin again at 2**32. What waits for bytes
before it is bounded, so that a capture full of holes costs no memory.
"""

from __future__ import annotations

from typing import Final

import msgspec

AROUND: Final = 1 << 32
MOST_WAITING: Final = 200
"""Segments that wait for bytes before them."""
MOST_BYTES: Final = 256 << 10
"""Bytes that wait."""


class Piece(msgspec.Struct, frozen=True):
    """Bytes of a stream in order: ``size`` of them, of which ``data`` was captured.

    ``missing``: they were not captured at all."""

    size: int
    data: bytes = b""
    missing: bool = False


class Arrived(msgspec.Struct, frozen=True):
    """What a segment brought: pieces that are next, and how many bytes had been there
    before. ``early``: bytes before it are not there yet. ``late``: it fills such a hole."""

    pieces: tuple[Piece, ...] = ()
    again: int = 0
    early: bool = False
    late: bool = False


class Stream:
    """One direction of a connection. ``next`` is the number of the next byte in order."""

    def __init__(self) -> None:
        self.next: int | None = None
        self._waiting: dict[int, Piece] = {}
        self._bytes = 0

    def begin(self, seq: int) -> None:
        """The next byte in order has this number."""
        self.next = seq

    def place(self, seq: int) -> int:
        """A number of TCP's, counted on: the one that is nearest to ``next``."""
        assert self.next is not None
        half = AROUND // 2
        return self.next + (seq - self.next + half) % AROUND - half

    def is_before_next(self, seq: int) -> bool:
        """Whether it is the number of the last byte that is there."""
        return self.next is not None and self.place(seq) == self.next - 1

    def take(self, seq: int, size: int, data: bytes) -> Arrived:
        """A segment's data; the first that is seen begins the stream."""
        if self.next is None:
            self.begin(seq)
        assert self.next is not None
        at = self.place(seq)
        known = min(size, max(0, self.next - at))
        if known == size:
            return Arrived(again=size)
        at, piece = at + known, Piece(size - known, data[known:])
        if at > self.next:
            if at in self._waiting and self._waiting[at].size >= piece.size:
                return Arrived(again=piece.size)
            self._wait(at, piece)
            overflow = len(self._waiting) > MOST_WAITING or self._bytes > MOST_BYTES
            return Arrived(self.skip() if overflow else (), again=known, early=True)
        late = bool(self._waiting)
        return Arrived((self._advance(piece), *self._follow()), again=known, late=late)

    def acknowledged(self, ack: int) -> tuple[Piece, ...]:
        """The other end has everything before ``ack``: what was not seen of it by now is not
        in the capture. What follows a hole that is given up."""
        if self.next is None:
            return ()
        at, found = self.place(ack), list[Piece]()
        while self._waiting and self.next < at and min(self._waiting) <= at:
            found += self.skip()
        return tuple(found)

    def skip(self) -> tuple[Piece, ...]:
        """Give up the hole that the first waiting segment is behind."""
        if self.next is None or not self._waiting:
            return ()
        hole = min(self._waiting) - self.next
        return (self._advance(Piece(hole, missing=True)), *self._follow())

    def unseen(self, ack: int) -> int:
        """How many bytes before ``ack`` were never seen."""
        return 0 if self.next is None else max(0, self.place(ack) - self.next)

    def _wait(self, at: int, piece: Piece) -> None:
        before = self._waiting.get(at)
        self._bytes += len(piece.data) - (len(before.data) if before else 0)
        self._waiting[at] = piece

    def _advance(self, piece: Piece) -> Piece:
        assert self.next is not None
        self.next += piece.size
        return piece

    def _follow(self) -> list[Piece]:
        """Those that waited and are next now."""
        assert self.next is not None
        found = []
        for at in sorted(self._waiting):
            if at > self.next:
                break
            piece = self._waiting.pop(at)
            self._bytes -= len(piece.data)
            known = self.next - at
            if known < piece.size:
                found.append(self._advance(Piece(piece.size - known, piece.data[known:])))
        return found
