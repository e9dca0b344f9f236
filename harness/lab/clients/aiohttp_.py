"""The library aiohttp."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from .. import deadlines
from ..observation import Ending, HttpResponse, Recorder
from ..request import HttpRequest
from . import Pace
from .failures import ending_of


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 4096):
        yield body[start : start + 4096]


async def _fetch(
    address: tuple[str, int], request: HttpRequest, recorder: Recorder, pace: Pace
) -> HttpResponse:
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: list[bytes] = []

    def open_socket(info: Any) -> socket.socket:
        family, kind, protocol, *_ = info
        sock = socket.socket(family, kind, protocol)
        if pace.buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, pace.buffer)
        return sock

    timeout = aiohttp.ClientTimeout(
        total=None, sock_connect=deadlines.CONNECT, sock_read=deadlines.HUNG
    )
    data = _pieces(request.body) if request.chunked else request.body or None
    own = {k: v for k, v in request.headers() if k != "Transfer-Encoding"}
    url = f"http://{address[0]}:{address[1]}{request.target}"
    connector = aiohttp.TCPConnector(socket_factory=open_socket, force_close=request.close)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        try:
            async with session.request(request.method, url, data=data, headers=own) as response:
                status = response.status
                headers = tuple(response.headers.items())
                async for piece in response.content.iter_any():
                    recorder.note("client", "received", len(piece))
                    body.append(piece)
        except Exception as error:  # whatever a client raises is an ending
            ending, reason = ending_of(error)
            return HttpResponse(ending, status, headers, b"".join(body), reason)
    return HttpResponse(Ending.COMPLETE, status, headers, b"".join(body), known=recorder.now())


def fetch(
    address: tuple[str, int], request: HttpRequest, recorder: Recorder, pace: Pace
) -> HttpResponse:
    """See ``clients.Fetch``."""
    return asyncio.run(_fetch(address, request, recorder, pace))
