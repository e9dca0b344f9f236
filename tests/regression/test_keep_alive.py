"""A persistent connection serves more than one request.

RFC 9112 section 9.3: a connection persists in HTTP/1.1 unless one side says
``close``; section 9.6: a server that is asked to close does so after the response.
"""

from __future__ import annotations

import pytest

from harness.lab.exchange import Exchange
from harness.lab.matrix import bare, keeps
from harness.lab.observation import Ending
from harness.lab.request import get, post

SIZE = 50_000


@pytest.mark.tried(servers=keeps, links=("direct", "faithful"))
def test_reuse(exchange: Exchange) -> None:
    """Three requests on one connection, each answered whole."""
    request = get(SIZE).but(close=False)
    with exchange.connect() as wire:
        for _ in range(3):
            wire.send(request.encoded())
            exchange.demand_complete(request, wire.read())


@pytest.mark.tried(servers=keeps, links=("direct", "faithful"))
def test_reuse_after_post(exchange: Exchange) -> None:
    """A request body that the view reads does not end up as the next request."""
    first = post(SIZE, read=1).but(close=False)
    second = get(SIZE).but(close=False)
    with exchange.connect() as wire:
        for request in (first, second):
            wire.send(request.encoded())
            exchange.demand_complete(request, wire.read(request.method))


@pytest.mark.tried(servers=keeps)
@pytest.mark.parametrize("view", ["bytes", "stream"])
def test_chunked_body_is_no_request(exchange: Exchange, view: str) -> None:
    """A server that does not read a request's chunked body does not take it for the
    next request: it closes after the response (section 9.3: "a server MUST read the
    entire request message body or close the connection")."""
    first = post(SIZE, view=view).but(close=False, chunked=True)
    second = get(SIZE, "stream", length=1).but(close=False)
    with exchange.connect() as wire:
        wire.send(first.encoded())
        response = wire.read(first.method)
        exchange.demand_complete(first, response)
        if (response.header("Connection") or "").lower() == "close":
            ending = wire.wait_end()
            exchange.demand(ending is not Ending.MALFORMED, "an answer to the request's body")
        else:
            wire.send(second.encoded())
            exchange.demand_complete(second, wire.read())


@pytest.mark.tried(servers=keeps)
@pytest.mark.tried(servers=bare)
def test_reuse_after_streamed_length(exchange: Exchange) -> None:
    """A streamed response whose view says its length keeps the connection."""
    request = get(SIZE, "stream", length=1).but(close=False)
    with exchange.connect() as wire:
        for _ in range(2):
            wire.send(request.encoded())
            exchange.demand_complete(request, wire.read())


@pytest.mark.tried(servers=keeps, links=("direct", "faithful", "slow", "lossy", "tearing"))
def test_last_request_says_close(exchange: Exchange) -> None:
    """The response to the request that says close is whole, too.

    Behind the tearing forwarder: see ``test_full_body.py``."""
    first, last = get(SIZE).but(close=False), get(SIZE)
    with exchange.connect() as wire:
        wire.send(first.encoded())
        exchange.demand_complete(first, wire.read())
        wire.send(last.encoded())
        exchange.demand_complete(last, wire.read())


@pytest.mark.tried(servers=keeps)
def test_idle_connection_stays_open(exchange: Exchange) -> None:
    """The server does not end a kept connection right after its response."""
    request = get(SIZE).but(close=False)
    with exchange.connect() as wire:
        wire.send(request.encoded())
        exchange.demand_complete(request, wire.read())
        wire.hold()
        wire.send(request.encoded())
        exchange.demand_complete(request, wire.read())


@pytest.mark.tried(servers=lambda kind: kind.name == "nothreading")
def test_closing_is_announced(exchange: Exchange) -> None:
    """A server that will close says so (section 9.6), and then does."""
    request = get(SIZE).but(close=False)
    with exchange.connect() as wire:
        wire.send(request.encoded())
        response = wire.read()
        exchange.demand_complete(request, response)
        exchange.demand(response.says_close, "closes without saying so")
        exchange.demand(wire.wait_end() is Ending.COMPLETE, "hung: says close and does not close")
