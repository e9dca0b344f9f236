"""A client that vanishes leaves no thread and no connection behind.

What a server may count on is little: RFC 9112 section 9.5 wants it to notice a
close at any time. A development server runs for days.
"""

from __future__ import annotations

from uuid import uuid4

import pytest

from harness.lab.ask import HttpRequest, events, get, path, post
from harness.lab.matrix import keeps
from harness.lab.trial import Exchange

LARGE = 5_000_000


def _nothing_left(trial: Exchange) -> None:
    held = trial.server.wait_free()
    trial.demand(not held, held)
    trial.delivers(get(1_000))


@pytest.mark.tried()
def test_reset_in_the_response(trial: Exchange) -> None:
    """RST while the server is sending."""
    with trial.talk(buffer=4096) as wire:
        wire.send(get(LARGE).wire())
        wire.read(enough=1_000)
        wire.abort()
    _nothing_left(trial)


@pytest.mark.tried()
def test_close_without_reading(trial: Exchange) -> None:
    """The response is never read: closing then sends RST."""
    with trial.talk(buffer=4096) as wire:
        wire.send(get(LARGE).wire())
        wire.hold()
    _nothing_left(trial)


@pytest.mark.tried()
def test_reset_in_the_request(trial: Exchange) -> None:
    """RST in the middle of the header."""
    with trial.talk() as wire:
        wire.send(get(10).wire()[:30])
        wire.abort()
    _nothing_left(trial)


@pytest.mark.tried()
def test_close_in_the_request_body(trial: Exchange) -> None:
    """FIN after half of a body whose length was given."""
    with trial.talk() as wire:
        wire.send(post(10, 20_000, read=1).wire()[:-10_000])
    _nothing_left(trial)


@pytest.mark.tried()
def test_endless_response(trial: Exchange) -> None:
    """A stream without an end, of which the client has had enough."""
    ask = HttpRequest("endless", path("endless", size=1_000), 0)
    with trial.talk() as wire:
        wire.send(ask.wire())
        wire.read(enough=10_000)
        wire.abort()
    _nothing_left(trial)


@pytest.mark.tried()
@pytest.mark.parametrize("leaves", ["reset", "close"])
def test_event_stream_is_left(trial: Exchange, leaves: str) -> None:
    """RST or FIN while a slow event stream waits for its next event.

    A server learns of it by what it sends: the first event draws an RST where
    the client had closed, the second one cannot be sent. The later ones never
    happen, so it must not wait for them."""
    gate = uuid4().hex
    with trial.talk() as wire:
        wire.send(events(LARGE // 1000, 5, gate).wire())
        wire.read(enough=LARGE // 5000)
        if leaves == "reset":
            wire.abort()
    for number in (1, 2):
        trial.server.open_gate(f"{gate}-{number}")
    _nothing_left(trial)


@pytest.mark.tried(servers=keeps)
def test_idle_connection_is_left(trial: Exchange) -> None:
    """FIN on a kept connection, between requests."""
    ask = get(10).but(close=False)
    with trial.talk() as wire:
        wire.send(ask.wire())
        trial.complete(ask, wire.read())
    _nothing_left(trial)


@pytest.mark.tried(links=("resetting",))
def test_link_resets(trial: Exchange) -> None:
    """The link breaks in the middle of the response."""
    trial.exchange(get(LARGE))
    held = trial.server.wait_free()
    trial.demand(not held, held)
