"""HTTP is read out of captures as far as it goes, and no further."""

from __future__ import annotations

import pytest

from harness.lab.captures.responses import BEHIND, UPGRADED, Requests, Responses
from harness.lab.captures.streams import Piece

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def asked(*methods: str, version: str = "1.1") -> Requests:
    requests = Requests()
    for method in methods:
        data = f"{method} /{method.lower()} HTTP/{version}\r\nHost: h\r\n\r\n".encode()
        requests.feed(Piece(len(data), data))
    return requests


def answered(requests: Requests, *parts: bytes | int, end: bool = False) -> Responses:
    """The responses that parts of a stream are; a number is a hole of so many bytes."""
    found = Responses(requests)
    for part in parts:
        found.feed(Piece(part, missing=True) if isinstance(part, int) else Piece(len(part), part))
    if end:
        found.end()
    return found


@pytest.mark.parametrize(
    ("parts", "end", "received", "complete", "open_chunk"),
    [
        ([CHUNKED, b"5\r\nhello\r\n0\r\n\r\n"], False, 5, True, False),
        ([CHUNKED, b"5\r\nhello\r\n"], True, 5, False, False),
        ([CHUNKED, b"5\r\nhel"], True, 3, False, True),
        ([b"HTTP/1.0 200 OK\r\n\r\nuntil the end"], True, 13, True, False),
        ([b"HTTP/1.0 200 OK\r\n\r\nuntil the end"], False, 13, False, False),
        ([LONG, 299_999, b"!"], False, 300_000, True, False),
        ([LONG, 299_999], True, 299_999, False, False),
    ],
)
def test_how_far_a_response_came(
    parts: list[bytes | int], end: bool, received: int, complete: bool, open_chunk: bool
) -> None:
    current = answered(asked("GET"), *parts, end=end).current
    assert current is not None
    assert (current.received, current.complete) == (received, complete)
    assert current.open_chunk is open_chunk


def test_a_hole_in_chunks_ends_it() -> None:
    """Nobody knows where in the chunks one is behind it."""
    found = answered(asked("GET"), CHUNKED, 10, b"0\r\n\r\n")
    assert found.problem == "10 bytes are not in the capture"
    assert found.current is not None
    assert not found.current.complete


def test_a_hole_that_goes_beyond_the_response_ends_it() -> None:
    assert answered(asked("GET"), LONG, 300_001).problem == "300,001 bytes are not in the capture"


def test_a_giant_hole_is_not_filled() -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n"
    assert "are not in the capture" in answered(asked("GET"), whole, 1 << 31).problem


def test_the_answer_to_head_has_no_body() -> None:
    found = answered(asked("HEAD", "GET"), b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", OK)
    assert (found.count, found.problem) == (2, "")
    assert found.current is not None
    assert found.current.received == 2


def test_requests_one_after_another() -> None:
    found = answered(asked("GET", "GET", "GET"), OK + OK, OK)
    assert (found.count, found.problem) == (3, "")
    assert len(found.seen) == 1


def test_a_response_that_nobody_asked_for_in_the_capture() -> None:
    assert answered(Requests(), OK).count == 1


def test_bytes_behind_the_last_response() -> None:
    closing = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    assert answered(asked("GET"), closing, b"more").problem == BEHIND


def test_a_connection_that_becomes_something_else() -> None:
    parts = [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", b"\x81\x05hello"]
    assert answered(asked("GET"), *parts).problem == UPGRADED


def test_what_is_malformed() -> None:
    found = answered(asked("GET"), CHUNKED, b"no number\r\n")
    assert found.malformed


def test_what_is_remembered_is_bounded() -> None:
    requests = asked(*["GET"] * 150, "G" * 1000)
    assert (requests.count, len(requests.seen)) == (151, 100)
    long = b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n"
    requests = Requests()
    requests.feed(Piece(len(long), long))
    assert len(requests.seen[0].target) == 200
