"""Children of a server that forks: they are collected, and have no say in the loop."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable
from typing import Any, TypeAlias

from conftest import ANSWER, POLL, SHORT, SOON, Answers, request

Serve: TypeAlias = Callable[..., Any]


class Stops(Answers):
    """A child that calls shutdown(), which has nothing to wait for there."""

    def handle(self) -> None:
        caller = threading.Thread(target=self.server.shutdown, daemon=True)
        caller.start()
        caller.join(SHORT)
        super().handle()


class Waits(Answers):
    """A child that lives until its client says a word (it has a copy of the client's socket)."""

    def handle(self) -> None:
        super().handle()
        self.request.recv(1)


class Collects(socketserver.ForkingTCPServer):
    """Tells when it has no children left, having had some."""

    def __init__(self, handler: type[socketserver.BaseRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.empty = threading.Event()

    def service_actions(self) -> None:
        had = bool(self.active_children)
        super().service_actions()
        if had and not self.active_children:
            self.empty.set()


def test_children_are_collected_without_another_request(
    serve: Serve, waits: threading.Event
) -> None:
    """Those too that end while the loop waits."""
    server = Collects(Waits)
    serve(server)
    waits.clear()
    with socket.create_connection(server.server_address, SOON) as client:
        assert client.recv(100) == ANSWER
        assert waits.wait(SOON)
        client.send(b"x")
        assert server.empty.wait(SOON), "a child that has ended stays as a zombie"


def test_child_that_calls_shutdown_ends_nothing(serve: Serve) -> None:
    server = Collects(Stops)
    loop = serve(server)
    for _ in range(3):
        request(server)
    assert loop.thread.is_alive()
    loop.stop()


def test_prompt_while_a_child_lives(serve: Serve, waits: threading.Event) -> None:
    """It has copies of all that was open when it was forked."""
    server = Collects(Waits)
    loop = serve(server, POLL)
    waits.clear()
    with socket.create_connection(server.server_address, SOON) as client:
        assert client.recv(100) == ANSWER
        try:
            assert waits.wait(SOON)
            loop.stop()
        finally:
            client.send(b"x")
