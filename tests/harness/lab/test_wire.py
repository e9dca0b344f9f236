"""The raw client: what it makes of a server that does not go on."""

from __future__ import annotations

import socket

import pytest
from support.lab_echo import read_all, serving

from harness.lab.clients.wire import Wire
from harness.lab.exchange import observation_of
from harness.lab.observation import Ending, HttpResponse, Recorder
from harness.lab.request import get

KEEPS = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CLOSES = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
OLD = b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"
OLD_KEEPS = b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok"
REQUEST = get(2).but(close=False)


def ask_twice(said: bytes) -> list[HttpResponse]:
    """Both answers of a server that says this after one request, and ends."""

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(said)
        connection.shutdown(socket.SHUT_WR)
        read_all(connection)  # what is left unread would turn FIN into RST

    responses = []
    with serving(serve) as address, Wire(address, Recorder()) as wire:
        for _ in range(2):
            wire.send(REQUEST.encoded())
            responses.append(wire.read())
    return responses


@pytest.mark.parametrize("said", [KEEPS, CLOSES, OLD, OLD_KEEPS])
def test_a_second_request_is_not_answered(said: bytes) -> None:
    """Whether the server had said so or not."""
    first, second = ask_twice(said)
    assert (first.ending, first.body) == (Ending.COMPLETE, b"ok")
    seen = observation_of("a server", "a link", "a client", REQUEST, second, Recorder())
    assert seen.headline() == "no response, then EOF"


@pytest.mark.parametrize(
    ("said", "closes"), [(KEEPS, False), (CLOSES, True), (OLD, True), (OLD_KEEPS, False)]
)
def test_what_a_response_says_of_the_connection(said: bytes, closes: bool) -> None:
    assert ask_twice(said)[0].says_close is closes


def test_a_response_behind_one_that_said_close_is_malformed() -> None:
    second = ask_twice(CLOSES + KEEPS)[1]
    assert second.ending is Ending.MALFORMED
    assert second.reason == "a response behind one that said close"
