"""HTTP in the two streams of a connection: what was asked, and how far the answers came.

Owns what h11 is told. Pure: it must not know packets. Bodies are counted and not kept. h11
reads requests as a server would and responses as a client would; what the other side of
each is supposed to have said in the meantime is made up, so that it goes on.
"""

from __future__ import annotations

from typing import Final

import h11
import msgspec

from .streams import Piece

MOST_FILLED: Final = 64 << 20
"""Bytes of a body that were not captured and are passed over."""

MOST_ANNOUNCED: Final = (1 << 63) - 1
"""The largest number that JSON is sure to carry."""

FILLING: Final = bytes(1 << 16)
MOST_KEPT: Final = 100
"""Requests that are remembered."""
MOST_TARGET: Final = 200
"""Characters of a request's target that are."""


UPGRADED: Final = "not HTTP any more: the connection was upgraded"
BEHIND: Final = "bytes behind the last response"


class ReadRequest(msgspec.Struct, frozen=True):
    """A request: what stands in its first line."""

    method: str
    target: str


class ReadResponse(msgspec.Struct):
    """A response as far as it was read. ``announced`` is its Content-Length, if it has one."""

    status: int
    announced: int | None
    chunked: bool
    received: int = 0
    complete: bool = False
    open_chunk: bool = False


class Requests:
    """The requests in what a client sent."""

    def __init__(self) -> None:
        self.seen: list[ReadRequest] = []
        self.count = 0
        self._parser = h11.Connection(h11.SERVER)
        self._over = False

    def feed(self, piece: Piece) -> None:
        """The next bytes, or a hole."""
        if self._over:
            return
        if len(piece.data) < piece.size:
            # What of a body is missing could be counted, but nobody asks for it.
            self._over = True
        try:
            self._parser.receive_data(piece.data)
            self._read()
        except (h11.ProtocolError, ValueError):
            self._over = True

    def _read(self) -> None:
        while True:
            event = self._parser.next_event()
            if isinstance(event, h11.Request):
                self.count += 1
                if len(self.seen) < MOST_KEPT:
                    words = (
                        event.method[:MOST_TARGET].decode("latin-1"),
                        event.target[:MOST_TARGET].decode("latin-1"),
                    )
                    self.seen.append(ReadRequest(*words))
            elif isinstance(event, h11.EndOfMessage):
                self._answer()
            elif event is h11.NEED_DATA:
                return
            elif event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                self._over = True
                return

    def _answer(self) -> None:
        self._parser.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
        self._parser.send(h11.EndOfMessage())
        if self._parser.our_state is h11.DONE:
            self._parser.start_next_cycle()


class Responses:
    """The responses in what a server sent; ``problem`` says why no more are read."""

    def __init__(self, requests: Requests) -> None:
        self.seen: list[ReadResponse] = []
        self.count = 0
        self.problem = ""
        self.malformed = False
        self._requests = requests
        self._parser = h11.Connection(h11.CLIENT)
        self._asked = False

    @property
    def current(self) -> ReadResponse | None:
        """The last response, if there is one."""
        return self.seen[-1] if self.seen else None

    def feed(self, piece: Piece) -> None:
        """The next bytes, or a hole."""
        self._receive(piece.data)
        missing = piece.size - len(piece.data)
        if missing and not self.problem:
            self._fill(missing)

    def end(self) -> None:
        """The server's FIN: the end of a response that gives no length."""
        current = self.current
        if not self.problem and current is not None and not current.complete:
            self._receive(b"", at_end=True)

    def _fill(self, missing: int) -> None:
        current = self.current
        if current is None or current.complete or current.announced is None:
            self.problem = f"{missing:,} bytes are not in the capture"
            return
        rest = current.announced - current.received
        if missing > min(rest, MOST_FILLED):
            self.problem = f"{missing:,} bytes are not in the capture"
            return
        for start in range(0, missing, len(FILLING)):
            self._receive(FILLING[: missing - start])

    def _receive(self, data: bytes, at_end: bool = False) -> None:
        if self.problem or not (data or at_end):
            return
        try:
            if not self._asked:
                self._ask()
            self._parser.receive_data(data)
            self._read()
        except (h11.ProtocolError, ValueError) as error:
            current = self.current
            if at_end:
                return
            if "SWITCH" in str(error):
                self.problem = UPGRADED
            elif current is not None and current.complete:
                self.problem = BEHIND
            else:
                self.malformed = True
                self.problem = str(error).partition("(")[0].strip()

    def _ask(self) -> None:
        """Tell h11 what the next response answers: only its method matters."""
        if self._parser.our_state is h11.DONE and self._parser.their_state is h11.DONE:
            self._parser.start_next_cycle()
        known = self._requests.seen
        method = known[self.count].method if self.count < len(known) else "GET"
        request = h11.Request(method=method, target="/", headers=[("Host", "lab")])
        self._parser.send(request)
        self._parser.send(h11.EndOfMessage())
        self._asked = True

    def _read(self) -> None:
        while True:
            event = self._parser.next_event()
            if isinstance(event, h11.Response):
                self._begin(event)
            elif isinstance(event, h11.Data):
                current = self.seen[-1]
                current.received += len(event.data)
                current.open_chunk = current.chunked and not event.chunk_end
            elif isinstance(event, h11.EndOfMessage):
                self.seen[-1].complete = True
                if self._parser.their_state is not h11.DONE:
                    self._asked = False
                    return
                if not self._parser.trailing_data[0]:
                    self._asked = False
                    return
                self._ask()
            elif event is h11.NEED_DATA or isinstance(event, h11.ConnectionClosed):
                return
            elif event is h11.PAUSED:
                self.problem = UPGRADED
                return

    def _begin(self, event: h11.Response) -> None:
        headers = {name: value for name, value in event.headers}
        self.count += 1
        length = headers.get(b"content-length", b"")
        chunked = b"transfer-encoding" in headers
        announced = min(int(length), MOST_ANNOUNCED) if length and not chunked else None
        known = self._requests.seen
        bodyless = event.status_code in (204, 304) or (
            self.count <= len(known) and known[self.count - 1].method == "HEAD"
        )
        # The last one, and the first that is not whole, are all that anybody asks for.
        if self.seen and self.seen[-1].complete:
            self.seen.pop()
        self.seen.append(ReadResponse(event.status_code, 0 if bodyless else announced, chunked))
