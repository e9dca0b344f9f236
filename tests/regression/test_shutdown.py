"""``shutdown()`` does not wait for a client that has its response.

It returns when the server's loop has ended: after the client that is being served. Programs
and tests that end a server wait for it: within ``deadlines.PROMPT``. What it takes is kept,
and compared with the base's.
"""

from __future__ import annotations

import pytest

from harness.lab import deadlines
from harness.lab.exchange import Exchange
from harness.lab.matrix import main
from harness.lab.request import get
from harness.lab.stopwatch import Stopwatch

SIZE = 1_000
WAIT = "shutdown"


# Without threads: it serves one connection at a time, in the loop that shutdown() ends.
@pytest.mark.tried(servers=lambda kind: main(kind) and not kind.threaded)
def test_with_a_client_open(own_exchange: Exchange, waits: Stopwatch) -> None:
    """The client has everything, and does not close."""
    with own_exchange.connect() as wire:
        wire.send(get(SIZE).encoded())
        own_exchange.demand_complete(get(SIZE), wire.read())
        with waits.measure(WAIT):
            own_exchange.server.child.say("shut down")
            over = own_exchange.server.heard_awake("shut", deadlines.PROMPT)
        own_exchange.demand(over, "shutdown() waits for the client")
