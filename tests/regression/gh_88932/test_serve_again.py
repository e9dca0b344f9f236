"""What shutdown() ended can be begun again: serve, stop, serve."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from conftest import ANSWER, SERVERS, SOON, request

Make: TypeAlias = Callable[[str], Any]
Serve: TypeAlias = Callable[..., Any]


@pytest.mark.parametrize("name", SERVERS)
def test_served_each_time(name: str, make: Make, serve: Serve) -> None:
    server = make(name)
    for _ in range(3):
        loop = serve(server)
        request(server)
        loop.stop()


def test_who_comes_in_between_is_served_later(make: Make, serve: Serve) -> None:
    """The socket goes on listening: a restart of the loop refuses nobody."""
    server = make("tcp")
    serve(server).stop()
    with socket.create_connection(server.server_address, SOON) as client:
        serve(server)
        assert client.recv(100) == ANSWER


def test_single_requests_after_the_loop(make: Make, serve: Serve) -> None:
    server = make("tcp")
    serve(server).stop()
    with socket.create_connection(server.server_address, SOON) as client:
        server.handle_request()
        assert client.recv(100) == ANSWER
