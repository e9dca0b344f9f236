"""No test of ours leaves this machine, unless it is marked ``real``."""

from __future__ import annotations

import contextlib
import socket

import pytest
from pytest_socket import SocketConnectBlockedError

ELSEWHERE = ("192.0.2.1", 9)  # for documentation (RFC 5737): nobody has it


def reach_out() -> None:
    """Connect a datagram socket, which sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.connect(ELSEWHERE)


def test_a_test_does_not_leave_this_machine() -> None:
    with pytest.raises(SocketConnectBlockedError):
        reach_out()


@pytest.mark.real
def test_one_that_is_marked_may() -> None:
    with contextlib.suppress(OSError):  # there may be no network at all
        reach_out()


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
