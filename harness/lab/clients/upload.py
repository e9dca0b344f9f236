"""A large request body, sent by a client that looks for the response now and then.

Owns how such a body is sent: chunked, of zero bytes from one buffer, so that it costs
neither memory nor time. It must not know what becomes of the response.
"""

from __future__ import annotations

from typing import Final

from ..request import HttpRequest
from .wire import Wire

PIECE: Final = 1_000_000
"""Bytes of one chunk."""

BETWEEN: Final = 16
"""So many chunks are sent before the client looks whether something has come. It takes
in little then: so what a reset erases is not with the client yet."""

CHUNK: Final = b"%x\r\n%b\r\n" % (PIECE, bytes(PIECE))


def upload(wire: Wire, request: HttpRequest, size: int) -> bool:
    """Send ``request`` with a body of ``size`` bytes, a multiple of ``PIECE``.

    False when the other side no longer takes it."""
    head = request.but(chunked=True, body=b"").encoded().removesuffix(b"0\r\n\r\n")
    wire.send(head)
    for number in range(size // PIECE):
        if not wire.send(CHUNK):
            return False
        if number % BETWEEN == BETWEEN - 1:
            wire.take()
    return wire.send(b"0\r\n\r\n")
