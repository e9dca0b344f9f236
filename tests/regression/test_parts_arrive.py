"""The parts of a stream arrive as they are produced.

PEP 3333, "Buffering and Streaming": a server must not delay a part because the
application has not made the next one yet. Here each part is made only after
the client has told that it has the one before.
"""

from __future__ import annotations

from uuid import uuid4

import pytest
from msgspec.structs import replace

from harness.lab.exchange import Exchange
from harness.lab.observation import Ending, HttpResponse
from harness.lab.request import HttpRequest, events, path

SIZE = 2_000
PARTS = 4


@pytest.mark.tried(links=("direct", "faithful"))
def test_first_part_comes_alone(exchange: Exchange) -> None:
    """Half of the body is there while the application waits for the gate."""
    gate = uuid4().hex
    request = HttpRequest("gated", path("gated", size=SIZE, gate=gate), SIZE)
    with exchange.connect() as wire:
        wire.send(request.encoded())
        response = wire.read(enough=SIZE // 2)
        exchange.observe(request.but(expected=SIZE // 2), response)
        exchange.demand(len(response.body) == SIZE // 2, "the first part is kept back")
        exchange.server.open_gate(gate)


@pytest.mark.tried(links=("direct", "faithful"))
def test_events_come_one_by_one(exchange: Exchange) -> None:
    """A slow event stream (``text/event-stream``): each event is there before the
    application has made the next one."""
    gate = uuid4().hex
    request = events(SIZE, PARTS, gate)
    so_far = HttpResponse(Ending.HUNG)
    with exchange.connect() as wire:
        wire.send(request.encoded())
        for number in range(1, PARTS + 1):
            so_far = _joined(so_far, wire.read(enough=SIZE // PARTS))
            due = SIZE // PARTS * number
            exchange.observe(request.but(expected=due), so_far)
            exchange.demand(len(so_far.body) == due, "an event is kept back")
            exchange.server.open_gate(f"{gate}-{number}")


def _joined(first: HttpResponse, second: HttpResponse) -> HttpResponse:
    """One response that was read in two turns."""
    status, headers = first.status or second.status, first.headers or second.headers
    return replace(second, status=status, headers=headers, body=first.body + second.body)
