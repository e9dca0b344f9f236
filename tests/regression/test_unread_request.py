"""Request bytes that the server does not read cost the response nothing.

RFC 9112 section 9.6: if a server closes while the client has sent data that it
has not read, its TCP stack may send a reset, which erases what the client has
not received yet: so close in stages. RFC 1122 section 4.2.2.13 is why.

The client reads late and with a small buffer (``HELD``), so that what the reset
erases is lost every time. Node and the libraries read as they like: they get
their response over a faithful link that reads late in the same way.
"""

from __future__ import annotations

import pytest

from harness.lab.clients import HELD
from harness.lab.clients.upload import upload
from harness.lab.exchange import Exchange
from harness.lab.matrix import first, main
from harness.lab.request import get, post, stream

SIZE = 50_000
SENT = 20_000
UPLOAD = 1_000_000
LARGE = 500_000
MUCH = 50_000
UPLOADS = [pytest.param(megabytes * 1_000_000, id=f"{megabytes}MB") for megabytes in (8, 50, 200)]
LIBRARIES = ("httpclient", "requests", "httpx", "aiohttp")


@pytest.mark.tried()
def test_rubbish(exchange: Exchange) -> None:
    """Bytes after the last request (here the start of another one)."""
    rubbish = b"GET /unasked HTTP/1.1\r\nX-Rubbish: " + b"x" * SENT
    exchange.fetch_whole(get(SIZE).but(name="rubbish", trailing=rubbish), HELD)


@pytest.mark.tried()
def test_ignored_body(exchange: Exchange) -> None:
    """A request body, its length given, that the view does not look at."""
    exchange.fetch_whole(post(SIZE, SENT), HELD)


@pytest.mark.tried()
@pytest.mark.tried(links=("lossy",), servers=first)
def test_chunked_body(exchange: Exchange) -> None:
    """A chunked request body that the server does not understand."""
    exchange.fetch_whole(post(SIZE, SENT).but(name="post-chunked", chunked=True), HELD)


@pytest.mark.tried(servers=main)
def test_rubbish_from_http_1_0(exchange: Exchange) -> None:
    """The client can only see the end of this response by EOF: a server cannot wait
    for it to close first."""
    request = stream(SIZE).but(version="1.0", close=False, trailing=b"\r\n" * SENT)
    exchange.fetch_whole(request, HELD)


@pytest.mark.tried(servers=main)
def test_large_chunked_body(exchange: Exchange) -> None:
    """The same with more than any buffer holds: a server that stops to read after
    a few kilobytes does not get away with it."""
    exchange.fetch_whole(post(SIZE, UPLOAD).but(name="post-chunked", chunked=True), HELD)


@pytest.mark.tried(servers=first)
@pytest.mark.parametrize("size", UPLOADS)
def test_upload(exchange: Exchange, size: int) -> None:
    """The same with whole files, by a client that goes on sending whatever comes back,
    as Node does: it is for its time to end, and not for its size, that a server may
    give up."""
    request = post(SIZE, 0).but(name="upload", chunked=True)
    with exchange.connect(buffer=HELD.buffer) as wire:
        upload(wire, request, size)
        exchange.demand_complete(request, wire.read(request.method))


@pytest.mark.tried(servers=main)
def test_body_that_comes_late(exchange: Exchange) -> None:
    """The second half of it is sent when the response is already on its way: it is
    not enough to drop what has come by then."""
    request = post(SIZE, SENT).but(name="post-chunked", chunked=True)
    sent = request.encoded()
    with exchange.connect(buffer=HELD.buffer) as wire:
        wire.send(sent[: -SENT // 2])
        wire.hold()
        wire.send(sent[-SENT // 2 :])
        wire.hold()
        exchange.demand_complete(request, wire.read(request.method))


@pytest.mark.tried(links=("late",), clients=("node",), servers=main)
@pytest.mark.tried(links=("late",), clients=LIBRARIES, servers=first)
def test_chunked_body_in_life(exchange: Exchange) -> None:
    """The same from a real client: Node's ``req.write()``, as in the ticket."""
    exchange.fetch_whole(post(LARGE, MUCH).but(name="post-chunked", chunked=True))


@pytest.mark.tried(links=("late",), clients=("node",), servers=first)
def test_ignored_body_in_life(exchange: Exchange) -> None:
    """A POST whose body has its length, from a real client."""
    exchange.fetch_whole(post(LARGE, MUCH))
