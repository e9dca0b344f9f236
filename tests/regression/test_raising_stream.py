"""A view whose stream raises hangs nobody, whatever it raises and whenever.

A generator that reads from a database, a pipe or another server raises what they
raise. ``ConnectionResetError``, ``ConnectionAbortedError`` and ``BrokenPipeError``
are the treacherous ones: the standard library's ``wsgiref.handlers`` takes them for
the client's going away and ends the response without a word. RFC 9112 section 8:
what was cut off has to be seen to be, and where no last chunk and no error page
says so, only the closing of the connection can.

The client has not asked for the connection to be closed: the server has to. Another
request is sent right behind, so that nobody needs to wait for what does not come: a
server that answers it on a connection whose first response has not ended would keep
a client waiting that has nothing more to ask.
"""

from __future__ import annotations

import pytest

from harness.lab.exchange import Exchange
from harness.lab.matrix import main
from harness.lab.observation import Ending
from harness.lab.request import HttpRequest, get, path

SIZE = 2_000
ERRORS = (
    "ConnectionResetError",
    "ConnectionAbortedError",
    "BrokenPipeError",
    "ValueError",
)
SENT = {"first": 0, "middle": SIZE // 2, "end": SIZE}
"""How much of the body the view yields before it raises."""


@pytest.mark.tried(servers=main)
@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("at", SENT)
def test_ends(exchange: Exchange, error: str, at: str) -> None:
    """An end comes: that of an error page, or of the connection after all that the
    view had made."""
    _ends(exchange, error, at)


@pytest.mark.tried(servers=lambda kind: main(kind) and kind.family != "control")
@pytest.mark.parametrize("at", SENT)
def test_ends_with_system_exit(exchange: Exchange, at: str) -> None:
    """The same for what is no ``Exception``, as ``sys.exit()`` raises it. It costs
    waitress one of its threads, and cheroot stops for it, so they are not asked."""
    _ends(exchange, "SystemExit", at)


def _ends(exchange: Exchange, error: str, at: str) -> None:
    target = path("raises", size=SIZE, error=error, at=at)
    request = HttpRequest("raises", target, SENT[at], close=False)
    with exchange.connect() as wire:
        wire.send(request.encoded() + get(SIZE).encoded())
        response = wire.read()
        exchange.observe(request, response)
        exchange.demand(response.ending is not Ending.HUNG, "hung: nobody tells of the error")
        if response.status == 500:
            return
        followed = response.ending is Ending.MALFORMED or len(response.body) > SENT[at]
        exchange.demand(not followed, "hung: no end comes, but the next response")
        exchange.demand(len(response.body) == SENT[at], "what came before the error is lost")
