"""A live-server test case tears down as fast as before, and without a word.

Each test class that uses one pays for it: the server thread has to end within
``deadlines.STOP`` with whatever connections a browser has left open. What the
threads of these connections still do must not disturb the classes that follow: with
a database in memory, all threads share a connection that is no longer theirs then.
"""

from __future__ import annotations

import pytest

from harness.lab import deadlines
from harness.lab.exchange import Exchange
from harness.lab.kinds import ServerKind
from harness.lab.request import HttpRequest, get

LEFT = {"kept-alive": get(1_000).but(close=False), "unclosed": get(1_000)}
TRACEBACK = "Traceback (most recent call last):"


def live(kind: ServerKind) -> bool:
    """Only the live-server test case."""
    return kind.name == "liveserver"


@pytest.mark.tried(servers=live)
@pytest.mark.parametrize("http_request", LEFT.values(), ids=LEFT)
def test_tears_down(own_exchange: Exchange, http_request: HttpRequest) -> None:
    """With a kept connection, and with one that the client does not close."""
    child = own_exchange.server.child
    with own_exchange.connect() as wire:
        wire.send(http_request.encoded())
        own_exchange.demand_complete(http_request, wire.read())
        own_exchange.recorder.note("server", "told to finish")
        child.say("finish")
        torn = child.heard("torn", deadlines.STOP)
        own_exchange.demand(torn, "hung: the server thread does not end")
        own_exchange.recorder.note("server", "torn down")


@pytest.mark.tried(servers=live)
@pytest.mark.parametrize("http_request", LEFT.values(), ids=LEFT)
def test_prints_no_traceback(own_exchange: Exchange, http_request: HttpRequest) -> None:
    """The client leaves after the class has ended; the test runner goes on."""
    child = own_exchange.server.child
    with own_exchange.connect() as wire:
        wire.send(http_request.encoded())
        own_exchange.demand_complete(http_request, wire.read())
        child.say("finish")
        child.hear("torn", deadlines.BOOT)
        own_exchange.recorder.note("server", "torn down")
    own_exchange.server.wait_free()
    child.say("end")
    log = child.log_to_end(deadlines.LINE)
    own_exchange.demand(TRACEBACK not in log, "a thread prints a traceback after the class")
