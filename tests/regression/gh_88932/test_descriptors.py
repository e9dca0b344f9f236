"""Nothing stays open for the sake of a loop that has ended."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

if not os.path.isdir("/proc/self/fd"):
    pytest.skip("there is no /proc to count descriptors in", allow_module_level=True)


def opened() -> set[str]:
    """The open descriptors, and what they are."""
    found = set()
    for number in os.listdir("/proc/self/fd"):
        try:
            found.add(f"{number} {os.readlink(f'/proc/self/fd/{number}')}")
        except FileNotFoundError:  # that of the listing itself
            continue
    return found


@pytest.mark.parametrize("name", ["tcp", "udp", "threading"])
def test_loop_that_has_ended(
    name: str, make: Callable[[str], Any], serve: Callable[..., Any]
) -> None:
    server = make(name)
    serve(server).stop()
    before = opened()
    for _ in range(5):
        serve(server).stop()
    assert opened() == before


def test_server_that_never_serves(make: Callable[[str], Any]) -> None:
    """A listening socket is all that it has, and all that has to be closed."""
    before = opened()
    server = make("tcp")
    assert len(opened() - before) == 1
    server.server_close()
    assert opened() == before
