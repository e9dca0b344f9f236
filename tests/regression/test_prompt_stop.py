"""The server stops promptly with connections open.

Ctrl-C at the keyboard, and the reloader, want a server that ends within
``deadlines.STOP`` whatever its clients are doing.
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from harness.lab.ask import HttpRequest, get, path
from harness.lab.matrix import main
from harness.lab.servers import ServerKind
from harness.lab.trial import Exchange


def interruptible(kind: ServerKind) -> bool:
    """A live-server test case ends by itself: ``test_live_server_teardown.py``."""
    return main(kind)


@pytest.mark.tried(servers=interruptible)
def test_with_connections_open(own_trial: Exchange) -> None:
    """One client that does not close, and one whose stream never ends.

    No stream where only one connection is served: see below."""
    server = own_trial.server
    with ExitStack() as stack:
        done = stack.enter_context(own_trial.talk(who="done"))
        done.send(get(1_000).wire())
        own_trial.complete(get(1_000), done.read())
        if server.kind.threaded:
            reading = stack.enter_context(own_trial.talk(who="reading"))
            reading.send(HttpRequest("endless", path("endless", size=1_000), 0).wire())
            reading.read(enough=1_000)
        else:
            # In the middle of a response wsgiref swallows a KeyboardInterrupt.
            server.wait_free()
        own_trial.recorder.note("server", "asked to stop")
        own_trial.demand(server.interrupt(), "hung: did not stop when asked to")
        own_trial.recorder.note("server", "ended")
