"""The library httpx."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx

from .. import deadlines
from ..observation import Ending, HttpResponse, Recorder
from ..request import HttpRequest
from . import Pace
from .failures import ending_of


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 4096):
        yield body[start : start + 4096]


def fetch(
    address: tuple[str, int], request: HttpRequest, recorder: Recorder, pace: Pace
) -> HttpResponse:
    """See ``clients.Fetch``."""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: list[bytes] = []
    options = []
    if pace.buffer is not None:
        options.append((socket.SOL_SOCKET, socket.SO_RCVBUF, pace.buffer))
    # No certificate is looked at: to load those that the world trusts takes longer than the rest.
    transport = httpx.HTTPTransport(socket_options=options, verify=False)
    content = _pieces(request.body) if request.chunked else request.body or None
    own = {k: v for k, v in request.headers() if k != "Transfer-Encoding"}
    url = f"http://{address[0]}:{address[1]}{request.target}"
    with httpx.Client(transport=transport, timeout=deadlines.HUNG, trust_env=False) as client:
        try:
            with client.stream(request.method, url, content=content, headers=own) as response:
                status = response.status_code
                headers = tuple(response.headers.items())
                for piece in response.iter_raw():
                    recorder.note("client", "received", len(piece))
                    body.append(piece)
        except Exception as error:  # whatever a client raises is an ending
            ending, reason = ending_of(error)
            return HttpResponse(ending, status, headers, b"".join(body), reason)
    return HttpResponse(Ending.COMPLETE, status, headers, b"".join(body), known=recorder.now())
