"""A raw connection read strictly by h11.

Owns one client socket: exact control of what is sent, when and how much is
read, and how the connection is left. It must not know servers or links.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import time
from types import TracebackType
from typing import Final, Self

import h11

from .. import deadlines
from ..observation import Ending, HttpResponse, Recorder

RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER on, zero seconds: close() sends RST, socket(7)."""

READING: Final = (h11.SEND_RESPONSE, h11.SEND_BODY)
"""h11's states of a server whose response we are in the middle of."""


def trusting() -> ssl.SSLContext:
    """TLS that takes any certificate: the lab's servers sign their own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Wire:
    """A client's socket, closed at the end of its ``with`` block.

    ``buffer`` is SO_RCVBUF in bytes (None: the system's); a small one keeps the
    response in flight. With ``tls`` it speaks TLS and trusts anybody. OSError when
    nobody accepts, or nobody shakes hands.
    """

    def __init__(
        self,
        address: tuple[str, int],
        recorder: Recorder,
        buffer: int | None = None,
        who: str = "client",
        tls: bool = False,
    ) -> None:
        self.recorder, self.who = recorder, who
        self.socket = socket.socket()
        self.socket.settimeout(deadlines.CONNECT)
        if buffer is not None:
            # Before connect(): the window is agreed in the handshake, tcp(7).
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        try:
            self.socket.connect(address)
            if tls:
                self.socket = trusting().wrap_socket(self.socket)
        except OSError:
            self.socket.close()
            raise
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(deadlines.HUNG)
        self.parser = h11.Connection(h11.CLIENT)
        self.reset = False
        recorder.note(who, "connected")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, data: bytes) -> bool:
        """Send all of ``data``; False when the other side no longer takes it."""
        try:
            self.socket.sendall(data)
        except OSError as error:
            # Told once: recv() will say FIN (tcp(7), error handling).
            self.reset = isinstance(error, ConnectionResetError)
            self.recorder.note(self.who, f"could not send: {error.strerror or error}")
            return False
        self.recorder.note(self.who, "sent", len(data), data)
        return True

    def finish(self) -> None:
        """Half-close: send FIN and go on reading."""
        self.socket.shutdown(socket.SHUT_WR)
        self.recorder.note(self.who, "sent FIN")

    def close(self) -> None:
        """Leave: close the socket."""
        if self.socket.fileno() != -1:
            self.recorder.note(self.who, "closed")
            self.socket.close()

    def abort(self) -> None:
        """Vanish: leave with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.recorder.note(self.who, "sent RST")
        self.socket.close()

    def hold(self, seconds: float = deadlines.HOLD) -> None:
        """Read nothing until the connection has failed, at most ``seconds``.

        What the server loses when it closes is then lost every time."""
        poll = select.poll()
        poll.register(self.socket, 0)
        self.recorder.note(self.who, "holds back")
        poll.poll(seconds * 1000)

    def receive(self, most: int = 65536) -> bytes:
        """Some bytes, empty at FIN; TimeoutError and ConnectionError as recv()."""
        try:
            data = self.socket.recv(most)
            if not data and self.reset:
                raise ConnectionResetError
        except ConnectionError:
            self.recorder.note(self.who, "received RST")
            raise
        except TimeoutError:
            self.recorder.note(self.who, "gave up waiting")
            raise
        if data:
            self.recorder.note(self.who, "received", len(data), data)
        else:
            self.recorder.note(self.who, "received FIN")
        return data

    def take(self, most: int = 4096) -> None:
        """Put some of what has come aside for ``read``, without waiting for more."""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        # With an error beside it, it is for ``read`` to say how the connection ended.
        if poll.poll(0) == [(self.socket.fileno(), select.POLLIN)]:
            self.parser.receive_data(self.receive(most))

    def expect(self, method: str = "GET") -> None:
        """Tell the parser which request the next response answers."""
        if self.parser.our_state is h11.DONE:
            self.parser.start_next_cycle()
        headers = [("Host", "lab")]
        self.parser.send(h11.Request(method=method, target="/", headers=headers))
        self.parser.send(h11.EndOfMessage())

    def read(
        self, method: str = "GET", most: int = 65536, enough: int | None = None
    ) -> HttpResponse:
        """Read one response, ``most`` bytes at a time.

        With ``enough``, stop as soon as that many bytes of its body are there
        (the ending is then HUNG with the reason "stopped reading")."""
        if self.parser.their_state not in READING:
            if self.parser.our_state is h11.MUST_CLOSE:
                return self._unasked()
            self.expect(method)
        status: int | None = None
        version = "1.1"
        headers: tuple[tuple[str, str], ...] = ()
        body: list[bytes] = []
        size = 0

        def response(ending: Ending, reason: str = "") -> HttpResponse:
            known = self.recorder.now() if ending is Ending.COMPLETE else None
            return HttpResponse(ending, status, headers, b"".join(body), reason, known, version)

        while True:
            try:
                event = self.parser.next_event()
                if event is h11.NEED_DATA:
                    self.parser.receive_data(self.receive(most))
                    continue
            except (h11.RemoteProtocolError, TimeoutError, ConnectionError) as error:
                return response(*_broken(error))
            if isinstance(event, h11.Response):
                status, version = event.status_code, event.http_version.decode()
                headers = tuple((k.decode(), v.decode()) for k, v in event.headers)
            elif isinstance(event, h11.Data):
                body.append(bytes(event.data))
                size += len(body[-1])
                if enough is not None and size >= enough:
                    return response(Ending.HUNG, "stopped reading")
            elif isinstance(event, h11.EndOfMessage):
                return response(Ending.COMPLETE)
            elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
                return response(Ending.EOF_EARLY)

    def _unasked(self) -> HttpResponse:
        """Instead of a response on a connection that the server had said it would close."""
        ending = self.wait_end()
        if ending is Ending.MALFORMED:
            return HttpResponse(ending, reason="a response behind one that said close")
        return HttpResponse(Ending.EOF_EARLY if ending is Ending.COMPLETE else ending)

    def read_end(self) -> bool:
        """After ``read(enough=…)`` of a whole body: whether its end comes, too."""
        response = self.read()
        return response.ending is Ending.COMPLETE and not response.body

    def wait_end(self, deadline: float = deadlines.HUNG) -> Ending:
        """Read to the server's FIN: COMPLETE; RESET and HUNG where that comes
        instead, MALFORMED when there were more bytes."""
        extra = bool(self.parser.trailing_data[0])
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            try:
                data = self.receive()
            except TimeoutError:
                break
            except ConnectionError:
                return Ending.RESET
            if not data:
                return Ending.MALFORMED if extra else Ending.COMPLETE
            extra = True
        return Ending.HUNG


def _broken(error: Exception) -> tuple[Ending, str]:
    """The ending and its reason; h11 reports a body cut short and a bad message alike."""
    if isinstance(error, TimeoutError):
        return Ending.HUNG, ""
    if isinstance(error, ConnectionError):
        return Ending.RESET, ""
    words = str(error)
    # The last of these is the end of the connection where a response should begin.
    endings = ("without sending complete", "closed connection", "event type ConnectionClosed")
    if any(ending in words for ending in endings):
        return Ending.EOF_EARLY, ""
    return Ending.MALFORMED, words.partition("(")[0].strip()
