"""A client that vanishes leaves no thread and no connection behind.

What a server may count on is little: RFC 9112 section 9.5 wants it to notice a
close at any time. A development server runs for days.

Nothing can be left of a connection that the server has not accepted: so each client
stays until the server has it, or has answered.
"""

from __future__ import annotations

from uuid import uuid4

import pytest

from harness.lab.exchange import Exchange
from harness.lab.matrix import keeps
from harness.lab.observation import Ending
from harness.lab.request import HttpRequest, events, get, path, post

LARGE = 5_000_000


def _accepted(exchange: Exchange) -> None:
    there = exchange.server.wait_connected()
    exchange.demand(there, "the connection is not accepted, or not kept")


def _nothing_left(exchange: Exchange) -> None:
    held = exchange.server.wait_free()
    exchange.demand(not held, held)
    exchange.fetch_whole(get(1_000))


@pytest.mark.tried()
def test_reset_in_the_response(exchange: Exchange) -> None:
    """RST while the server is sending."""
    with exchange.connect(buffer=4096) as wire:
        wire.send(get(LARGE).encoded())
        wire.read(enough=1_000)
        wire.abort()
    _nothing_left(exchange)


@pytest.mark.tried()
def test_close_without_reading(exchange: Exchange) -> None:
    """The response is never read: closing then sends RST."""
    with exchange.connect(buffer=4096) as wire:
        wire.send(get(LARGE).encoded())
        _accepted(exchange)
        wire.hold()
    _nothing_left(exchange)


@pytest.mark.tried()
def test_reset_in_the_request(exchange: Exchange) -> None:
    """RST in the middle of the header."""
    with exchange.connect() as wire:
        wire.send(get(10).encoded()[:30])
        _accepted(exchange)
        wire.abort()
    _nothing_left(exchange)


@pytest.mark.tried()
def test_close_in_the_request_body(exchange: Exchange) -> None:
    """FIN after half of a body whose length was given."""
    with exchange.connect() as wire:
        wire.send(post(10, 20_000, read=1).encoded()[:-10_000])
        _accepted(exchange)
    _nothing_left(exchange)


@pytest.mark.tried()
def test_endless_response(exchange: Exchange) -> None:
    """A stream without an end, of which the client has had enough."""
    request = HttpRequest("endless", path("endless", size=1_000), 0)
    with exchange.connect() as wire:
        wire.send(request.encoded())
        wire.read(enough=10_000)
        wire.abort()
    _nothing_left(exchange)


@pytest.mark.tried()
@pytest.mark.parametrize("leaves", ["reset", "close"])
def test_event_stream_is_left(exchange: Exchange, leaves: str) -> None:
    """RST or FIN while a slow event stream waits for its next event.

    A server learns of it by what it sends: the first event draws an RST where
    the client had closed, the second one cannot be sent. The later ones never
    happen, so it must not wait for them."""
    gate = uuid4().hex
    with exchange.connect() as wire:
        wire.send(events(LARGE // 1000, 5, gate).encoded())
        wire.read(enough=LARGE // 5000)
        if leaves == "reset":
            wire.abort()
    for number in (1, 2):
        exchange.server.open_gate(f"{gate}-{number}")
    _nothing_left(exchange)


@pytest.mark.tried(servers=keeps)
def test_idle_connection_is_left(exchange: Exchange) -> None:
    """FIN on a kept connection, between requests."""
    request = get(10).but(close=False)
    with exchange.connect() as wire:
        wire.send(request.encoded())
        exchange.demand_complete(request, wire.read())
    _nothing_left(exchange)


@pytest.mark.tried(links=("resetting",))
def test_link_resets(exchange: Exchange) -> None:
    """The link breaks in the middle of the response."""
    response = exchange.fetch(get(LARGE))
    exchange.demand(response.ending is Ending.RESET, "the link did not break")
    held = exchange.server.wait_free()
    exchange.demand(not held, held)
