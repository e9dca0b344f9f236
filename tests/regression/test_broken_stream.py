"""An error in the middle of a stream can be told from success, and hangs nobody.

RFC 9112 section 8: a message that was cut off is incomplete, and the client has
to be able to see that: with the chunked coding by the missing last chunk.
"""

from __future__ import annotations

import pytest

from harness.lab.ask import get
from harness.lab.matrix import first, frames, main
from harness.lab.observation import Ending
from harness.lab.trial import Exchange

SENT = 50_000


BROKEN = get(SENT, "broken").but(name="broken")


@pytest.mark.tried(servers=lambda kind: frames(kind) and main(kind))
@pytest.mark.tried(servers=lambda k: frames(k) and first(k), clients=("node", "httpclient"))
def test_can_be_told(trial: Exchange) -> None:
    """No client takes the broken response for a complete one."""
    answer = trial.exchange(BROKEN)
    trial.demand(answer.ending is not Ending.COMPLETE, "a broken response is taken for complete")


@pytest.mark.tried(servers=main)
@pytest.mark.tried(servers=first, links=("faithful",))
def test_hangs_nobody(trial: Exchange) -> None:
    """The client is not left waiting for the rest."""
    answer = trial.exchange(BROKEN)
    trial.demand(answer.ending is not Ending.HUNG, "hung: nobody tells of the error")
    trial.demand(len(answer.body) == SENT, "what came before the error is lost")


@pytest.mark.tried(servers=main)
def test_next_request(trial: Exchange) -> None:
    """The server goes on serving others."""
    trial.exchange(BROKEN)
    trial.delivers(get(SENT))
