"""A server whose connections are wrapped in TLS delivers and ends like any other.

Packages and small programs wrap the listening socket of ``runserver`` or of
``http.server``. What reads from such a connection, or shuts it down, does so through
``ssl.SSLSocket``: ``shutdown()`` takes the TLS layer off, ``recv()`` without it
returns raw records, and a time-out in the middle of a record is another error.
"""

from __future__ import annotations

import pytest

from harness.lab.clients import HELD
from harness.lab.exchange import Exchange
from harness.lab.kinds import ServerKind
from harness.lab.observation import Ending
from harness.lab.request import HttpRequest, get, post, stream

SIZE = 50_000
SENT = 20_000
REQUESTS = {
    "get": get(SIZE),
    "post": post(SIZE, SENT, read=1),
    "stream": stream(SIZE),
    "http-1.0": stream(SIZE).but(name="http-1.0", version="1.0", close=False),
}


def wrapped(kind: ServerKind) -> bool:
    """Whether TLS is under it."""
    return kind.protocol == "https"


@pytest.mark.tried(servers=wrapped)
@pytest.mark.parametrize("http_request", REQUESTS.values(), ids=REQUESTS)
def test_whole_and_then_the_end(exchange: Exchange, http_request: HttpRequest) -> None:
    """All of the body arrives, and the end of the connection without delay, although
    the client waits for the server to close."""
    with exchange.connect() as wire:
        wire.send(http_request.encoded())
        exchange.demand_complete(http_request, wire.read(http_request.method))
        ending = wire.wait_end()
        exchange.demand(ending is not Ending.HUNG, "hung: waited for the server to close")
        exchange.demand(ending is Ending.COMPLETE, "whole body, and then no clean end")


@pytest.mark.tried(servers=wrapped)
def test_unread_body(exchange: Exchange) -> None:
    """Records that the server has not read cost the response nothing, either."""
    request = post(SIZE, SENT).but(name="post-chunked", chunked=True)
    with exchange.connect(buffer=HELD.buffer) as wire:
        wire.send(request.encoded())
        wire.hold()
        exchange.demand_complete(request, wire.read(request.method))


@pytest.mark.tried(servers=wrapped)
def test_reuse(exchange: Exchange) -> None:
    """A second request on the same connection is answered, too."""
    request = get(SIZE).but(close=False)
    with exchange.connect() as wire:
        for _ in range(2):
            wire.send(request.encoded())
            exchange.demand_complete(request, wire.read())
