"""A body that is not as long as its Content-Length fools and hangs nobody.

A view that gives a wrong length is wrong, and a server can not mend it. But it can
keep the damage to this response (RFC 9112 section 8: a message that is shorter than
its Content-Length is incomplete; section 6.3: what follows its last byte belongs to
the next response). So a server that has sent too little closes, and one that has
been given too much closes as well, or leaves the surplus out.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.lab.exchange import Exchange
from harness.lab.matrix import main
from harness.lab.observation import Ending
from harness.lab.request import HttpRequest, get

SIZE = 2_000
MORE, LESS = SIZE + 500, SIZE - 500
VIEWS: dict[str, Callable[[int], HttpRequest]] = {
    "plain": lambda claimed: get(SIZE, claimed=claimed),
    "stream": lambda claimed: get(SIZE, "stream", length=1, claimed=claimed),
}
"""What is sent is of ``SIZE`` bytes; the view says another number."""


@pytest.mark.tried(servers=main)
@pytest.mark.parametrize("view", VIEWS)
def test_too_short(exchange: Exchange, view: str) -> None:
    """The client is told that nothing more comes, and does not take this for all."""
    request = VIEWS[view](MORE).but(name="too-short")
    with exchange.connect() as wire:
        wire.send(request.encoded())
        response = wire.read()
        exchange.observe(request, response)
        exchange.demand(response.ending is not Ending.HUNG, "hung: waits for what never comes")
        whole = response.ending is Ending.COMPLETE and response.status != 500
        exchange.demand(not whole, "a part of a response is taken for the whole")


@pytest.mark.tried(servers=main)
@pytest.mark.parametrize("view", VIEWS)
def test_too_short_with_another_behind(exchange: Exchange, view: str) -> None:
    """The next response on the same connection does not make up for what is missing.

    A client that has nothing more to ask would wait for ever where it does."""
    request = VIEWS[view](MORE).but(name="too-short", close=False)
    with exchange.connect() as wire:
        wire.send(request.encoded() + get(SIZE).encoded())
        response = wire.read()
        exchange.observe(request, response)
        whole = response.ending is Ending.COMPLETE and response.status != 500
        exchange.demand(not whole, "hung: no end comes, but the next response")
        exchange.demand(response.ending is not Ending.HUNG, "hung: waits for what never comes")


@pytest.mark.tried(servers=main)
@pytest.mark.parametrize("view", VIEWS)
def test_too_long(exchange: Exchange, view: str) -> None:
    """The surplus is not taken for the next response."""
    request = VIEWS[view](LESS).but(name="too-long", expected=LESS, close=False)
    with exchange.connect() as wire:
        wire.send(request.encoded())
        response = wire.read()
        exchange.observe(request, response)
        if response.status == 500:
            return
        exchange.demand_complete(request, response)
        wire.send(get(SIZE).encoded())
        behind = wire.read()
        exchange.observe(get(SIZE), behind)
        surplus = behind.ending is Ending.MALFORMED
        exchange.demand(not surplus, "the surplus is taken for the next response")
        exchange.demand(behind.ending is not Ending.HUNG, "hung: neither answers nor closes")
