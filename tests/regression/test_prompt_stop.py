"""The server stops promptly with connections open.

Ctrl-C at the keyboard, and the reloader, want a server that ends within
``deadlines.STOP`` whatever its clients are doing.
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from harness.lab.exchange import Exchange
from harness.lab.kinds import ServerKind
from harness.lab.matrix import main
from harness.lab.request import HttpRequest, get, path


def interruptible(kind: ServerKind) -> bool:
    """A live-server test case ends by itself: ``test_live_server_teardown.py``."""
    return main(kind)


@pytest.mark.tried(servers=interruptible)
def test_with_connections_open(own_exchange: Exchange) -> None:
    """One client that does not close, and one whose stream never ends.

    No stream where only one connection is served: see below."""
    server = own_exchange.server
    with ExitStack() as stack:
        done = stack.enter_context(own_exchange.connect(who="done"))
        done.send(get(1_000).encoded())
        own_exchange.demand_complete(get(1_000), done.read())
        if server.kind.threaded:
            reading = stack.enter_context(own_exchange.connect(who="reading"))
            reading.send(HttpRequest("endless", path("endless", size=1_000), 0).encoded())
            reading.read(enough=1_000)
        else:
            # In the middle of a response wsgiref swallows a KeyboardInterrupt.
            server.wait_free()
        own_exchange.recorder.note("server", "asked to stop")
        own_exchange.demand(server.interrupt(), "hung: did not stop when asked to")
        own_exchange.recorder.note("server", "ended")
