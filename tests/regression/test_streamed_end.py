"""The end of a streamed response can be seen.

RFC 9112 section 6.3: since a close-delimited message cannot be told from one
that was cut off, a server "SHOULD generate encoding or length-delimited
messages whenever possible". To an HTTP/1.0 client (section 6.1) it must not
send chunks, and only the closing of the connection can show the end.
"""

from __future__ import annotations

import pytest

from harness.lab.exchange import Exchange
from harness.lab.matrix import bare, first, frames, main, only
from harness.lab.observation import HttpResponse
from harness.lab.request import get, stream

SIZE = 50_000
LIBRARIES = ("httpclient", "requests", "httpx", "aiohttp", "curl")


@pytest.mark.tried()
@pytest.mark.tried(links=("faithful", "slow", "lossy"), servers=first)
@pytest.mark.tried(clients=("node",), servers=main)
@pytest.mark.tried(clients=LIBRARIES, servers=first)
def test_arrives(exchange: Exchange) -> None:
    """The whole stream arrives, and its end is noticed without delay."""
    exchange.fetch_whole(stream(SIZE))


@pytest.mark.tried(links=("tearing", "bridge"))
@pytest.mark.tried(links=("tearing", "bridge"), servers=only("patient"))
def test_arrives_behind_a_forwarder(exchange: Exchange) -> None:
    """The whole stream arrives, although the forwarder drops what is in flight.

    No server of the control group does this; it is what the ticket asks for,
    and a server can do it for a stream whose end the client can tell."""
    exchange.fetch_whole(stream(SIZE))


@pytest.mark.tried(servers=frames)
def test_is_visible(exchange: Exchange) -> None:
    """Over HTTP/1.1 something other than the closing shows the end."""
    request = stream(SIZE)
    with exchange.connect() as wire:
        wire.send(request.encoded())
        response = wire.read(enough=1)
        exchange.observe(request, response)
        exchange.demand(_framed(response), "only the closing of the connection shows the end")


@pytest.mark.tried(servers=frames)
def test_goes_on_after_a_stream(exchange: Exchange) -> None:
    """A stream with a visible end leaves the connection usable, unless the
    server says that it closes."""
    request = stream(SIZE).but(close=False)
    with exchange.connect() as wire:
        wire.send(request.encoded())
        response = wire.read(enough=SIZE)
        exchange.observe(request, response)
        if response.says_close or not _framed(response):
            return
        exchange.demand(wire.read_end(), "the end of the stream is missing")
        wire.send(request.encoded())
        exchange.demand_complete(request, wire.read())


def _framed(response: HttpResponse) -> bool:
    """Whether the header says how the end of the body is told."""
    coding = (response.header("Transfer-Encoding") or "").lower()
    return coding == "chunked" or response.header("Content-Length") is not None


@pytest.mark.tried(servers=main)
@pytest.mark.tried(links=("faithful",), servers=first)
@pytest.mark.tried(clients=("httpclient", "curl"), servers=first)
def test_http_1_0(exchange: Exchange) -> None:
    """An HTTP/1.0 client gets no chunks, and sees the end by EOF."""
    response = exchange.fetch_whole(stream(SIZE).but(version="1.0", close=False))
    exchange.demand(
        response.header("Transfer-Encoding") is None, "chunks for a client that knows none"
    )


@pytest.mark.tried(servers=bare, links=("direct", "faithful"))
def test_json_without_length(exchange: Exchange) -> None:
    """Without CommonMiddleware no response has a length: it arrives all the same."""
    exchange.fetch_whole(get(SIZE, "json"))
