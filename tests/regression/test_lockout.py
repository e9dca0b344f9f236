"""One client does not lock the others out, not even with ``--nothreading``.

A server that handles one connection at a time has to bound what a client can
cost the others: ``deadlines.LOCKOUT``. No standard says so; people with two
browser tabs do.
"""

from __future__ import annotations

from contextlib import ExitStack
from threading import Event, Thread

import pytest

from harness.lab import deadlines
from harness.lab.clients.wire import Wire
from harness.lab.exchange import Exchange
from harness.lab.observation import Ending, HttpResponse
from harness.lab.request import get

SIZE = 1_000


def _next_is_served(exchange: Exchange, stack: ExitStack) -> None:
    wire = stack.enter_context(exchange.connect(who="next client"))
    wire.socket.settimeout(deadlines.LOCKOUT)
    wire.send(get(SIZE).encoded())
    response: HttpResponse = wire.read()
    exchange.observe(get(SIZE), response)
    exchange.demand(response.ending is not Ending.HUNG, "locked out by another client")
    exchange.demand_complete(get(SIZE), response)


@pytest.mark.tried()
def test_client_that_never_closes(exchange: Exchange) -> None:
    """It has its response, and keeps its side open."""
    with ExitStack() as stack:
        wire = stack.enter_context(exchange.connect())
        wire.send(get(SIZE).encoded())
        exchange.demand_complete(get(SIZE), wire.read())
        _next_is_served(exchange, stack)


@pytest.mark.tried()
def test_client_that_goes_on_sending(exchange: Exchange) -> None:
    """It has its response, and sends rubbish for as long as anybody takes it."""
    with ExitStack() as stack:
        wire = stack.enter_context(exchange.connect())
        wire.send(get(SIZE).encoded())
        exchange.demand_complete(get(SIZE), wire.read())
        stack.enter_context(_Noise(wire))
        _next_is_served(exchange, stack)


@pytest.mark.tried()
def test_silent_client(exchange: Exchange) -> None:
    """It connects, and says nothing, as browsers do in advance."""
    with ExitStack() as stack:
        stack.enter_context(exchange.connect())
        _next_is_served(exchange, stack)


class _Noise:
    """Sends without end in a thread of its own."""

    def __init__(self, wire: Wire) -> None:
        self.wire, self.enough = wire, Event()
        self.thread = Thread(target=self._send, daemon=True)

    def _send(self) -> None:
        try:
            while not self.enough.wait(deadlines.PACE):
                self.wire.socket.send(b"x" * 512)
        except OSError:
            return

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *error: object) -> None:
        self.enough.set()
        self.thread.join(deadlines.REAP)
        assert not self.thread.is_alive()
