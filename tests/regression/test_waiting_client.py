"""A client that waits for the server to close is not kept waiting.

RFC 9112 section 9.6: a server that received or sent ``Connection: close`` "MUST
initiate closure of the connection" after the response, and a client may well
read to EOF, as HTTP/1.0 clients have to.
"""

from __future__ import annotations

import pytest

from harness.lab.ask import HttpRequest, get, post, stream
from harness.lab.observation import Ending
from harness.lab.trial import Exchange

SIZE = 50_000
ASKS = {
    "get": get(SIZE),
    "post": post(SIZE, read=1),
    "stream": stream(SIZE),
    "http-1.0": get(SIZE).but(name="http-1.0", version="1.0"),
}


@pytest.mark.tried()
@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_reads_to_eof(trial: Exchange, ask: HttpRequest) -> None:
    """After the whole response, EOF comes, and not an RST."""
    with trial.talk() as wire:
        wire.send(ask.wire())
        trial.complete(ask, wire.read(ask.method))
        _ends(trial, wire.wait_end())


@pytest.mark.tried(links=("direct", "faithful"))
def test_half_closed(trial: Exchange) -> None:
    """A client that has sent FIN after its request gets its response and EOF."""
    ask = get(SIZE)
    with trial.talk() as wire:
        wire.send(ask.wire())
        wire.finish()
        trial.complete(ask, wire.read())
        _ends(trial, wire.wait_end())


def _ends(trial: Exchange, ending: Ending) -> None:
    words = {
        Ending.HUNG: "hung: waited for the server to close",
        Ending.RESET: "whole body, then RST",
        Ending.MALFORMED: "bytes after the end of the response",
    }
    trial.demand(ending is Ending.COMPLETE, words.get(ending, "no EOF"))
