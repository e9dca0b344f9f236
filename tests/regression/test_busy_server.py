"""The server is free again as soon as a client has its response.

While it waits for a client that does not close, a thread and a socket are taken; without
threads nobody else is served. The time is kept, and compared with the base's.
"""

from __future__ import annotations

import pytest

from harness.lab import deadlines
from harness.lab.exchange import Exchange
from harness.lab.request import HttpRequest, get, stream
from harness.lab.stopwatch import Stopwatch

SIZE = 1_000
SAMPLES = 3
WAIT = "a free server"
REQUESTS = {"get": get(SIZE), "stream": stream(SIZE)}


@pytest.mark.tried()
@pytest.mark.parametrize("http_request", REQUESTS.values(), ids=REQUESTS)
def test_client_that_closes(
    exchange: Exchange, waits: Stopwatch, http_request: HttpRequest
) -> None:
    """It closes when it has its response."""
    for _ in range(SAMPLES):
        with exchange.connect() as wire:
            wire.send(http_request.encoded())
            exchange.demand_complete(http_request, wire.read())
        with waits.measure(WAIT):
            held = exchange.server.wait_free()
        exchange.demand(not held, held)


@pytest.mark.tried()
def test_client_that_does_not_close(exchange: Exchange, waits: Stopwatch) -> None:
    """It has said that it will not ask again, and leaves its side open."""
    with exchange.connect() as wire:
        wire.send(get(SIZE).encoded())
        exchange.demand_complete(get(SIZE), wire.read())
        with waits.measure(WAIT):
            held = exchange.server.wait_free(deadlines.LOCKOUT)
        exchange.demand(not held, held)
