"""A live-server test case tears down as fast as before.

Each test class that uses one pays for it: the server thread has to end within
``deadlines.STOP`` with whatever connections a browser has left open.
"""

from __future__ import annotations

import pytest

from harness.lab import deadlines
from harness.lab.ask import HttpRequest, get
from harness.lab.servers import ServerKind
from harness.lab.trial import Exchange

LEFT = {"kept-alive": get(1_000).but(close=False), "unclosed": get(1_000)}


def live(kind: ServerKind) -> bool:
    """Only the live-server test case."""
    return kind.name == "liveserver"


@pytest.mark.tried(servers=live)
@pytest.mark.parametrize("ask", LEFT.values(), ids=LEFT)
def test_tears_down(own_trial: Exchange, ask: HttpRequest) -> None:
    """With a kept connection, and with one that the client does not close."""
    child = own_trial.server.child
    with own_trial.talk() as wire:
        wire.send(ask.wire())
        own_trial.complete(ask, wire.read())
        own_trial.recorder.note("server", "told to finish")
        child.say("finish")
        torn = child.heard("torn", deadlines.STOP)
        own_trial.demand(torn, "hung: the server thread does not end")
        own_trial.recorder.note("server", "torn down")
