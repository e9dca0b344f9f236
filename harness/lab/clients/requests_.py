"""The library requests."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from .. import deadlines
from ..observation import Ending, HttpResponse, Recorder
from ..request import HttpRequest
from . import Pace
from .failures import ending_of


class _Paced(HTTPAdapter):
    """An adapter whose sockets have the receive buffer that we want."""

    def __init__(self, buffer: int | None) -> None:
        self.buffer = buffer
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        if self.buffer is not None:
            kwargs["socket_options"] = [(socket.SOL_SOCKET, socket.SO_RCVBUF, self.buffer)]
        super().init_poolmanager(*args, **kwargs)


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
    # The library codes a body that is an iterator in chunks by itself.
    data = _pieces(request.body) if request.chunked else request.body or None
    own = {k: v for k, v in request.headers() if k != "Transfer-Encoding"}
    url = f"http://{address[0]}:{address[1]}{request.target}"
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", _Paced(pace.buffer))
        try:
            response = session.request(
                request.method, url, data=data, headers=own, stream=True, timeout=deadlines.HUNG
            )
            status, headers = response.status_code, tuple(response.headers.items())
            for piece in response.raw.stream(65536, decode_content=False):
                recorder.note("client", "received", len(piece))
                body.append(piece)
        except Exception as error:  # whatever a client raises is an ending
            ending, reason = ending_of(error)
            return HttpResponse(ending, status, headers, b"".join(body), reason)
    return HttpResponse(Ending.COMPLETE, status, headers, b"".join(body), known=recorder.now())
