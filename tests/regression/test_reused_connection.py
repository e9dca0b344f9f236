"""A response on a connection that was used before is as quick as on the base.

A small write behind another one that was not acknowledged yet waits for that (Nagle, RFC
896), and the acknowledgement for 40 ms (delayed ACK, RFC 1122 section 4.2.3.2). Both are as
they are here: the client sets no TCP_QUICKACK. A new connection is acknowledged at once,
so that it takes some requests until it shows. The times are kept, and compared with the base's.
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from harness.lab.clients.wire import Wire
from harness.lab.exchange import Exchange
from harness.lab.matrix import bare, keeps
from harness.lab.request import HttpRequest, get, stream
from harness.lab.stopwatch import Stopwatch

SIZE = 1_000
SAMPLES = 12
WAIT = "a response on a reused connection"
REQUESTS = {"get": get(SIZE), "stream": stream(SIZE), "one-part": stream(SIZE, parts=1)}


@pytest.mark.tried(servers=keeps)
@pytest.mark.tried(servers=bare)
@pytest.mark.parametrize("http_request", REQUESTS.values(), ids=REQUESTS)
def test_latency(exchange: Exchange, waits: Stopwatch, http_request: HttpRequest) -> None:
    """A client that asks again on the same connection, or on a new one where the server
    has said that it closes."""
    request = http_request.but(close=False)
    wire: Wire | None = None
    with ExitStack() as stack:
        for _ in range(SAMPLES):
            with waits.measure(WAIT):
                wire = wire or stack.enter_context(exchange.connect())
                wire.send(request.encoded())
                response = wire.read()
            exchange.demand_complete(request, response)
            if response.says_close:
                stack.close()
                wire = None
