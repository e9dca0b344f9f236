"""Pipelined requests are all answered, in order.

RFC 9112 section 9.3.2: a client may send requests without waiting, and a server
"MUST send the corresponding responses in the same order".
"""

from __future__ import annotations

import pytest

from harness.lab.ask import HttpRequest, get, post
from harness.lab.matrix import keeps
from harness.lab.trial import Exchange


def _answered(trial: Exchange, asks: list[HttpRequest]) -> None:
    with trial.talk() as wire:
        wire.send(b"".join(ask.wire() for ask in asks))
        for ask in asks:
            trial.complete(ask, wire.read(ask.method))


@pytest.mark.tried(servers=keeps, links=("direct", "faithful"))
def test_three_gets(trial: Exchange) -> None:
    """Different sizes show that the order is kept."""
    sizes = [50_000, 10, 20_000]
    asks = [get(size).but(close=False) for size in sizes[:-1]]
    _answered(trial, [*asks, get(sizes[-1])])


@pytest.mark.tried(servers=keeps)
def test_behind_a_post(trial: Exchange) -> None:
    """A request behind a body that the view has read is still a request."""
    _answered(trial, [post(10_000, 5_000, read=1).but(close=False), get(20_000)])
