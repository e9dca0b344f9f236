"""The next client does not pay for the one before it.

A server that serves one connection at a time keeps the second and the third client waiting
for as long as it waits for the first to close. ``test_lockout.py`` says what is too long;
here the time is kept, and compared with the base's.
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from harness.lab import deadlines
from harness.lab.exchange import Exchange
from harness.lab.request import HttpRequest, get, stream
from harness.lab.stopwatch import Stopwatch

SIZE = 1_000
WAIT = "the next client"
REQUESTS = {"get": get(SIZE), "stream": stream(SIZE)}


@pytest.mark.tried()
@pytest.mark.parametrize("http_request", REQUESTS.values(), ids=REQUESTS)
def test_while_earlier_ones_do_not_close(
    exchange: Exchange, waits: Stopwatch, http_request: HttpRequest
) -> None:
    """Three clients, none of which closes when it has its response."""
    with ExitStack() as stack:
        first = stack.enter_context(exchange.connect(who="first"))
        first.send(http_request.encoded())
        exchange.demand_complete(http_request, first.read())
        for who in ("second", "third"):
            with waits.measure(WAIT):
                wire = stack.enter_context(exchange.connect(who=who))
                wire.socket.settimeout(deadlines.LOCKOUT)
                wire.send(http_request.encoded())
                exchange.demand_complete(http_request, wire.read())
