"""The server stops promptly with connections open.

Ctrl-C at the keyboard, and the reloader, want a server that ends within
``deadlines.STOP`` whatever its clients are doing. Programs and tests that end one
call ``shutdown()``, and wait for it: within ``deadlines.PROMPT``.
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


def single(kind: ServerKind) -> bool:
    """A ``socketserver`` that serves one connection at a time."""
    return interruptible(kind) and kind.family != "control" and not kind.threaded


@pytest.mark.tried(servers=single)
def test_shutdown(own_exchange: Exchange) -> None:
    """One client has all that it asked for, has left nothing unread, and stays."""
    with own_exchange.connect() as wire:
        wire.send(get(1_000).encoded())
        own_exchange.demand_complete(get(1_000), wire.read())
        own_exchange.recorder.note("server", "told to shut down")
        own_exchange.demand(own_exchange.server.shut_down(), "shutdown() waits for the client")
        own_exchange.recorder.note("server", "shut down")
