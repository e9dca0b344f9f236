"""An error in the middle of a stream can be told from success, and hangs nobody.

RFC 9112 section 8: a message that was cut off is incomplete, and the client has
to be able to see that: with the chunked coding by the missing last chunk.
"""

from __future__ import annotations

import pytest

from harness.lab.exchange import Exchange
from harness.lab.matrix import first, frames, main
from harness.lab.observation import Ending
from harness.lab.request import get

SENT = 50_000


BROKEN = get(SENT, "broken").but(name="broken")


@pytest.mark.tried(servers=lambda kind: frames(kind) and main(kind))
@pytest.mark.tried(servers=lambda k: frames(k) and first(k), clients=("node", "httpclient"))
def test_can_be_told(exchange: Exchange) -> None:
    """No client takes the broken response for a complete one."""
    response = exchange.fetch(BROKEN)
    exchange.demand(
        response.ending is not Ending.COMPLETE, "a broken response is taken for complete"
    )


@pytest.mark.tried(servers=main)
@pytest.mark.tried(servers=first, links=("faithful",))
def test_hangs_nobody(exchange: Exchange) -> None:
    """The client is not left waiting for the rest."""
    response = exchange.fetch(BROKEN)
    exchange.demand(response.ending is not Ending.HUNG, "hung: nobody tells of the error")
    exchange.demand(len(response.body) == SENT, "what came before the error is lost")


@pytest.mark.tried(servers=main)
def test_next_request(exchange: Exchange) -> None:
    """The server goes on serving others."""
    exchange.fetch(BROKEN)
    exchange.fetch_whole(get(SENT))
