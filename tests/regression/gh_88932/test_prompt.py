"""shutdown() ends the loop at once; it does not wait until the loop polls for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from conftest import POLL, SERVERS, request

Serve: TypeAlias = Callable[..., Any]


@pytest.mark.parametrize("name", SERVERS)
def test_idle_server(
    name: str, make: Callable[[str], Any], serve: Serve, record_property: Callable[..., None]
) -> None:
    seconds = serve(make(name), POLL).stop()
    record_property("waits", {"shutdown": [round(seconds, 6)]})


def test_server_that_has_served(make: Callable[[str], Any], serve: Serve, waits: Any) -> None:
    server = make("threading")
    loop = serve(server, POLL)
    waits.clear()
    request(server)
    assert waits.wait(POLL)
    loop.stop()
