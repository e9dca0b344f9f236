"""What has nothing to do with shutdown() stays as it is."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Callable
from typing import Any, TypeAlias

from conftest import SHORT, SOON, Answers, in_thread, request

Make: TypeAlias = Callable[[str], Any]
Serve: TypeAlias = Callable[..., Any]


def test_service_actions_are_called_in_the_interval(serve: Serve) -> None:
    """As the documentation says, in the loop; ForkingMixIn and others live by that."""
    called = threading.Semaphore(0)

    class Server(socketserver.TCPServer):
        def service_actions(self) -> None:
            called.release()

    serve(Server(("127.0.0.1", 0), Answers), SHORT)
    for _ in range(3):
        assert called.acquire(timeout=SOON), "service_actions() waits for a request"


def test_single_request_times_out(make: Make) -> None:
    server = make("tcp")
    timed_out = []
    server.timeout = SHORT
    server.handle_timeout = lambda: timed_out.append(time.monotonic())
    began = time.monotonic()
    with server:
        server.handle_request()
    assert timed_out[0] - began >= SHORT


def test_single_request_is_served(make: Make) -> None:
    server = make("tcp")
    with server, in_thread(server.handle_request):
        request(server)


def test_interval_of_nothing(make: Make, serve: Serve) -> None:
    """A loop that only looks, and never waits, serves and ends as well."""
    server = make("tcp")
    loop = serve(server, 0)
    request(server)
    loop.stop()
