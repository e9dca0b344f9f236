"""Nobody waits longer for the end of a response than without a patch.

How long a client waits is its own choice as well: one that reads to EOF although it was told
the length (PHP's ``file_get_contents()``, as HTTP/1.0 and as HTTP/1.1) waits until the server
closes. Nothing here fails for being slow: the times are kept, and compared with the base's.
"""

from __future__ import annotations

import pytest

from harness.lab.exchange import Exchange
from harness.lab.observation import Ending
from harness.lab.request import HttpRequest, get, post, stream
from harness.lab.stopwatch import Stopwatch

SIZE = 50_000
SAMPLES = 3
WAIT = "the end of the response"
REQUESTS = {
    "get": get(SIZE),
    "get-1.0": get(SIZE).but(version="1.0"),
    "post": post(SIZE, read=1),
    "stream": stream(SIZE),
    "stream-1.0": stream(SIZE).but(version="1.0"),
}
KNOWN = {name: REQUESTS[name] for name in ("get", "stream")}


@pytest.mark.tried()
@pytest.mark.parametrize("http_request", REQUESTS.values(), ids=REQUESTS)
def test_client_that_reads_to_eof(
    exchange: Exchange, waits: Stopwatch, http_request: HttpRequest
) -> None:
    """It knows that it has everything, and goes on reading until FIN."""
    for _ in range(SAMPLES):
        with exchange.connect() as wire, waits.measure(WAIT):
            wire.send(http_request.encoded())
            exchange.demand_complete(http_request, wire.read(http_request.method))
            exchange.demand(wire.wait_end() is Ending.COMPLETE, "hung: no EOF")


@pytest.mark.tried()
@pytest.mark.parametrize("http_request", KNOWN.values(), ids=KNOWN)
def test_client_that_half_closes(
    exchange: Exchange, waits: Stopwatch, http_request: HttpRequest
) -> None:
    """It sends FIN behind its request, and reads until the server's."""
    for _ in range(SAMPLES):
        with exchange.connect() as wire, waits.measure(WAIT):
            wire.send(http_request.encoded())
            wire.finish()
            exchange.demand_complete(http_request, wire.read())
            exchange.demand(wire.wait_end() is Ending.COMPLETE, "hung: no EOF")


@pytest.mark.tried()
@pytest.mark.parametrize("http_request", KNOWN.values(), ids=KNOWN)
def test_client_that_closes(
    exchange: Exchange, waits: Stopwatch, http_request: HttpRequest
) -> None:
    """It leaves as soon as it has everything."""
    for _ in range(SAMPLES):
        with exchange.connect() as wire, waits.measure(WAIT):
            wire.send(http_request.encoded())
            exchange.demand_complete(http_request, wire.read())


@pytest.mark.tried()
@pytest.mark.parametrize("http_request", KNOWN.values(), ids=KNOWN)
def test_client_that_keeps_the_connection(
    exchange: Exchange, waits: Stopwatch, http_request: HttpRequest
) -> None:
    """It would ask again on the same connection; ``test_reused_connection.py`` does."""
    request = http_request.but(close=False)
    for _ in range(SAMPLES):
        with exchange.connect() as wire, waits.measure(WAIT):
            wire.send(request.encoded())
            exchange.demand_complete(request, wire.read())
