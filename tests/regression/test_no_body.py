"""HEAD, 204 and 304 carry no body and no chunk, and the connection goes on.

RFC 9110 sections 9.3.2, 15.3.5 and 15.4.5; RFC 9112 section 6.3: such a
response ends with its header, whatever the header says.
"""

from __future__ import annotations

import pytest

from harness.lab.exchange import Exchange
from harness.lab.matrix import keeps, main
from harness.lab.observation import Ending
from harness.lab.request import HttpRequest, get, path

SIZE = 5_000
REQUESTS = {
    "head": get(SIZE).but(name="head", method="HEAD", expected=0, close=False),
    "head-stream": HttpRequest("head-stream", path("stream", size=SIZE), 0, "HEAD", close=False),
    "204": HttpRequest("204", path("empty", status=204), 0, status=204, close=False),
    "304": HttpRequest("304", path("empty", status=304), 0, status=304, close=False),
}


@pytest.mark.tried(servers=main)
@pytest.mark.parametrize("http_request", REQUESTS.values(), ids=REQUESTS)
def test_nothing_follows(exchange: Exchange, http_request: HttpRequest) -> None:
    """When the connection is to close, nothing comes after the header."""
    with exchange.connect() as wire:
        wire.send(http_request.but(close=True).encoded())
        response = wire.read(http_request.method)
        exchange.demand_complete(http_request, response)
        coding = response.header("Transfer-Encoding")
        exchange.demand(http_request.status == 200 or coding is None, "a coding without a body")
        # Our FIN, so that a server which waits for it does not have to be waited for.
        wire.finish()
        ending = wire.wait_end()
        exchange.demand(ending is not Ending.MALFORMED, "a body where there must be none")


@pytest.mark.tried(servers=keeps)
@pytest.mark.parametrize("http_request", REQUESTS.values(), ids=REQUESTS)
def test_goes_on(exchange: Exchange, http_request: HttpRequest) -> None:
    """The next request on the same connection is answered, unless the server
    has said that it closes."""
    after = get(SIZE)
    with exchange.connect() as wire:
        wire.send(http_request.encoded())
        response = wire.read(http_request.method)
        exchange.demand_complete(http_request, response)
        if response.says_close:
            return
        wire.send(after.encoded())
        exchange.demand_complete(after, wire.read())
