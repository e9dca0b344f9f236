"""What others have built on socketserver goes on working.

``shutdown_request()`` and ``close_request()`` are documented as what a server may
override, and ``finish()`` as what a handler may. Some servers hand the socket on there,
to a thread that goes on with the connection (a WebSocket, a tunnel, a collector of
log records). And socketserver serves any protocol: nothing in it may count on clients
that close once they have been answered.
"""

from __future__ import annotations

import socket
from contextlib import ExitStack

import pytest

from harness.lab import deadlines
from harness.lab.clients.wire import Wire
from harness.lab.exchange import Exchange
from harness.lab.matrix import only
from harness.lab.observation import Ending
from harness.lab.request import get

LINE = b"a line\n"
MORE = b"m" * 20_000
DATAGRAM = b"d" * 5_000


def _said(wire: Wire, words: bytes) -> bool:
    """Whether the server says these words next."""
    got = b""
    while len(got) < len(words) and (data := wire.receive(len(words) - len(got))):
        got += data
    return got == words


@pytest.mark.tried(servers=only("handson"))
def test_handed_on_in_close_request(exchange: Exchange) -> None:
    """Who gets the socket gets all that the client sends, at once and later."""
    count, _ = _kept(exchange, at_once=MORE, later=MORE)
    exchange.demand(int(count) == 2 * len(MORE), "bytes were taken from who got the socket")


@pytest.mark.tried(servers=only("handson"))
def test_handed_on_as_it_was(exchange: Exchange) -> None:
    """The socket blocks, as it did: who gets it may not expect a time-out."""
    _, timeout = _kept(exchange, at_once=b"", later=b"")
    exchange.demand(timeout == "None", "the socket has another time-out than before")


def _kept(exchange: Exchange, at_once: bytes, later: bytes) -> list[str]:
    """What became of a socket that was handed on: how many bytes were read, its time-out."""
    with exchange.connect() as wire:
        wire.send(LINE + at_once)
        exchange.demand(_said(wire, b"ok\n"), "no answer")
        exchange.demand(wire.wait_end() is Ending.COMPLETE, "hung: the server does not half-close")
        wire.send(later)
    return exchange.server.child.hear("kept", deadlines.LINE)


@pytest.mark.tried(servers=only("detaches"))
def test_handed_on_in_shutdown_request(exchange: Exchange) -> None:
    """The connection goes on in both directions, and another is served beside it."""
    with exchange.connect() as wire, exchange.connect(who="next client") as behind:
        for each in (wire, behind, wire):
            each.send(LINE)
        exchange.demand(_said(wire, b"ok\n" + LINE), "the connection does not go on")
        exchange.demand(_said(behind, b"ok\n"), "hung: locked out by another client")


@pytest.mark.tried(servers=only("farewell"))
def test_finish_has_the_last_word(exchange: Exchange) -> None:
    """What a handler's own ``finish()`` writes arrives, and then the end, promptly."""
    with exchange.connect() as wire:
        wire.send(LINE)
        exchange.demand(_said(wire, b"ok\nbye\n"), "what finish() writes is lost")
        exchange.demand(wire.wait_end() is Ending.COMPLETE, "hung: no end comes")


@pytest.mark.tried(servers=only("tcp"))
def test_unread_data_keeps_nobody_waiting(exchange: Exchange) -> None:
    """A server without threads and without a word about lingering does not wait for a
    client that has sent more than was read, and stays."""
    with ExitStack() as stack:
        first = stack.enter_context(exchange.connect())
        first.send(get(10).encoded() + MORE)
        behind = stack.enter_context(exchange.connect(who="next client"))
        behind.socket.settimeout(deadlines.PROMPT)
        behind.send(get(10).encoded())
        response = behind.read()
        exchange.observe(get(10), response)
        exchange.demand(response.ending is not Ending.HUNG, "kept waiting by another client")
        exchange.demand_complete(get(10), response)


@pytest.mark.tried(servers=only("forking"))
@pytest.mark.parametrize("unread", [b"", MORE], ids=["nothing", "unread"])
def test_child_ends(exchange: Exchange, unread: bytes) -> None:
    """A forked child ends when its request has been handled, whatever the client does:
    there is a most of them."""
    with exchange.connect() as wire:
        wire.send(get(10).encoded() + unread)
        response = wire.read()  # or the reset that the unread bytes cause
        exchange.demand(response.ending is not Ending.HUNG, "hung: no answer")
        held = exchange.server.wait_free(deadlines.PROMPT)
        exchange.demand(not held, "a child waits for the client")


@pytest.mark.tried(servers=only("udp"))
def test_datagrams(exchange: Exchange) -> None:
    """Each datagram is answered by itself; there is no connection to shut down."""
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.settimeout(deadlines.HUNG)
        for words in (LINE, DATAGRAM):
            sock.sendto(words, exchange.server.address)
            try:
                answered = sock.recv(65536) == words
            except TimeoutError:
                answered = False
            exchange.demand(answered, "hung: no answer")
