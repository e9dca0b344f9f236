"""Pipelined requests are all answered, in order.

RFC 9112 section 9.3.2: a client may send requests without waiting, and a server
"MUST send the corresponding responses in the same order".
"""

from __future__ import annotations

import pytest

from harness.lab.exchange import Exchange
from harness.lab.matrix import keeps
from harness.lab.request import HttpRequest, get, post


def _answered(exchange: Exchange, requests: list[HttpRequest]) -> None:
    with exchange.connect() as wire:
        wire.send(b"".join(request.encoded() for request in requests))
        for request in requests:
            exchange.demand_complete(request, wire.read(request.method))


@pytest.mark.tried(servers=keeps, links=("direct", "faithful"))
def test_three_gets(exchange: Exchange) -> None:
    """Different sizes show that the order is kept."""
    sizes = [50_000, 10, 20_000]
    requests = [get(size).but(close=False) for size in sizes[:-1]]
    _answered(exchange, [*requests, get(sizes[-1])])


@pytest.mark.tried(servers=keeps)
def test_behind_a_post(exchange: Exchange) -> None:
    """A request behind a body that the view has read is still a request."""
    _answered(exchange, [post(10_000, 5_000, read=1).but(close=False), get(20_000)])
