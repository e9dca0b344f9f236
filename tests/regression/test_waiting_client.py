"""A client that waits for the server to close is not kept waiting.

RFC 9112 section 9.6: a server that received or sent ``Connection: close`` "MUST
initiate closure of the connection" after the response, and a client may well
read to EOF, as HTTP/1.0 clients have to.
"""

from __future__ import annotations

import pytest

from harness.lab.exchange import Exchange
from harness.lab.observation import Ending
from harness.lab.request import HttpRequest, get, post, stream

SIZE = 50_000
REQUESTS = {
    "get": get(SIZE),
    "post": post(SIZE, read=1),
    "stream": stream(SIZE),
    "http-1.0": get(SIZE).but(name="http-1.0", version="1.0"),
}


@pytest.mark.tried()
@pytest.mark.parametrize("http_request", REQUESTS.values(), ids=REQUESTS)
def test_reads_to_eof(exchange: Exchange, http_request: HttpRequest) -> None:
    """After the whole response, EOF comes, and not an RST."""
    with exchange.connect() as wire:
        wire.send(http_request.encoded())
        exchange.demand_complete(http_request, wire.read(http_request.method))
        _ends(exchange, wire.wait_end())


@pytest.mark.tried(links=("direct", "faithful"))
def test_half_closed(exchange: Exchange) -> None:
    """A client that has sent FIN after its request gets its response and EOF."""
    request = get(SIZE)
    with exchange.connect() as wire:
        wire.send(request.encoded())
        wire.finish()
        exchange.demand_complete(request, wire.read())
        _ends(exchange, wire.wait_end())


def _ends(exchange: Exchange, ending: Ending) -> None:
    words = {
        Ending.HUNG: "hung: waited for the server to close",
        Ending.RESET: "whole body, then RST",
        Ending.MALFORMED: "bytes after the end of the response",
    }
    exchange.demand(ending is Ending.COMPLETE, words.get(ending, "no EOF"))
