"""HEAD, 204 and 304 carry no body and no chunk, and the connection goes on.

RFC 9110 sections 9.3.2, 15.3.5 and 15.4.5; RFC 9112 section 6.3: such a
response ends with its header, whatever the header says.
"""

from __future__ import annotations

import pytest

from harness.lab.ask import HttpRequest, get, path
from harness.lab.matrix import keeps, main
from harness.lab.observation import Ending
from harness.lab.trial import Exchange

SIZE = 5_000
ASKS = {
    "head": get(SIZE).but(name="head", method="HEAD", expected=0, close=False),
    "head-stream": HttpRequest("head-stream", path("stream", size=SIZE), 0, "HEAD", close=False),
    "204": HttpRequest("204", path("empty", status=204), 0, status=204, close=False),
    "304": HttpRequest("304", path("empty", status=304), 0, status=304, close=False),
}


@pytest.mark.tried(servers=main)
@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_nothing_follows(trial: Exchange, ask: HttpRequest) -> None:
    """When the connection is to close, nothing comes after the header."""
    with trial.talk() as wire:
        wire.send(ask.but(close=True).wire())
        answer = wire.read(ask.method)
        trial.complete(ask, answer)
        coding = answer.header("Transfer-Encoding")
        trial.demand(ask.status == 200 or coding is None, "a coding without a body")
        # Our FIN, so that a server which waits for it does not have to be waited for.
        wire.finish()
        ending = wire.wait_end()
        trial.demand(ending is not Ending.MALFORMED, "a body where there must be none")


@pytest.mark.tried(servers=keeps)
@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_goes_on(trial: Exchange, ask: HttpRequest) -> None:
    """The next request on the same connection is answered, unless the server
    has said that it closes."""
    after = get(SIZE)
    with trial.talk() as wire:
        wire.send(ask.wire())
        answer = wire.read(ask.method)
        trial.complete(ask, answer)
        if answer.says_close:
            return
        wire.send(after.wire())
        trial.complete(after, wire.read())
