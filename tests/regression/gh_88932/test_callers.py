"""shutdown() may be called from anywhere but the loop, at any time, and more than once."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from conftest import SHORT, SOON, Answers, in_thread, request

Make: TypeAlias = Callable[[str], Any]
Serve: TypeAlias = Callable[..., Any]


class Stops(Answers):
    """A request to stop."""

    def handle(self) -> None:
        self.server.shutdown()
        super().handle()


def test_from_the_thread_of_a_request(serve: Serve) -> None:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Stops)
    loop = serve(server)
    request(server)
    loop.thread.join(SOON)
    assert not loop.thread.is_alive()


def test_before_the_loop(make: Make) -> None:
    """It waits for the loop, which ends before it waits for anybody."""
    server = make("tcp")
    with in_thread(server.shutdown) as caller, server:
        # The request for it is all that can be seen of the call.
        while not server._BaseServer__shutdown_request:
            assert caller.is_alive()
        server.serve_forever(SHORT)


def test_twice_at_once(make: Make, serve: Serve) -> None:
    server = make("tcp")
    loop = serve(server)
    with in_thread(server.shutdown):
        loop.stop()


def test_after_the_loop(make: Make, serve: Serve) -> None:
    """There is nothing to wait for; the request for it ends the loop that comes next."""
    server = make("tcp")
    serve(server).stop()
    with in_thread(server.shutdown):
        pass
    with in_thread(lambda: server.serve_forever(SHORT)):
        pass


def test_after_the_loop_has_failed(make: Make) -> None:
    server = make("tcp")

    def fails() -> None:
        raise ZeroDivisionError

    server.service_actions = fails
    failed = threading.Event()

    def serves() -> None:
        with pytest.raises(ZeroDivisionError):
            server.serve_forever(SHORT)
        failed.set()

    with server, in_thread(serves):
        # Who polls fails without a request.
        request(server)
        assert failed.wait(SOON)
        server.shutdown()
