"""Python's own http.client."""

from __future__ import annotations

import http.client
import socket

from .. import deadlines
from ..observation import Ending, HttpResponse, Recorder
from ..request import HttpRequest
from . import Pace
from .failures import ending_of


def fetch(
    address: tuple[str, int], request: HttpRequest, recorder: Recorder, pace: Pace
) -> HttpResponse:
    """See ``clients.Fetch``."""
    connection = http.client.HTTPConnection(*address, timeout=deadlines.HUNG)
    if request.version == "1.0":
        # The module's own way to speak HTTP/1.0, as its tests do it.
        connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"  # type: ignore[attr-defined]
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: list[bytes] = []
    try:
        connection.sock = socket.socket()
        connection.sock.settimeout(deadlines.HUNG)
        if pace.buffer is not None:
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, pace.buffer)
        connection.sock.connect(address)
        recorder.note("client", "connected")
        connection.putrequest(
            request.method, request.target, skip_host=True, skip_accept_encoding=True
        )
        for name, value in request.headers():
            connection.putheader(name, value)
        connection.endheaders(request.encoded_body() or None)
        recorder.note("client", "sent its request")
        response = connection.getresponse()
        status, headers = response.status, tuple(response.getheaders())
        while data := response.read1(65536):
            recorder.note("client", "received", len(data))
            body.append(data)
        if response.length:
            # read1() reports a body that was cut short as its end.
            raise http.client.IncompleteRead(b"", response.length)
    except (OSError, http.client.HTTPException) as error:
        ending, reason = ending_of(error)
        return HttpResponse(ending, status, headers, b"".join(body), reason)
    finally:
        recorder.note("client", "closed")
        connection.close()
    return HttpResponse(Ending.COMPLETE, status, headers, b"".join(body), known=recorder.now())
