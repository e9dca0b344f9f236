"""Packets that were never captured, made from what the sockets saw."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import dpkt
import pytest

from harness.lab.captures.captured import Hop, Trace
from harness.lab.captures.pcapng import write
from harness.lab.captures.reading import read
from harness.lab.captures.rebuilt import rebuild
from harness.lab.observation import Event, Observation

BEGAN = 1_790_000_000_000_000_000
REQUEST = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
SERVER = Hop("server", 8000)
ANSWERED = [
    Event(0.001, "client", "connected"),
    Event(0.002, "client", "sent", len(REQUEST)),
    Event(0.003, "client", "received", 100_000),
]
KEPT = {1: REQUEST, 2: RESPONSE}


def rebuilt(events: Sequence[Event], *hops: Hop, kept: dict[int, bytes] | None = None) -> Trace:
    return rebuild(hops or (SERVER,), events, kept or {}, REQUEST, BEGAN, "a reason")


def told(folder: Path, trace: Trace) -> tuple[Observation, ...]:
    """The trace, written and read again."""
    content = io.BytesIO()
    write(content, [trace], ["an exchange"])
    (folder / "x.pcapng").write_bytes(content.getvalue())
    return read(folder / "x.pcapng").observations


@pytest.mark.parametrize(
    ("last", "events", "headline"),
    [
        ("received FIN", ["client received FIN"], "truncated, then EOF"),
        ("received RST", ["client received RST"], "truncated, then RST"),
        ("closed", ["client sent FIN"], "truncated, then a cut"),
    ],
)
def test_each_event_is_told_again(
    tmp_path: Path, last: str, events: list[str], headline: str
) -> None:
    trace = rebuilt([*ANSWERED, Event(0.004, "client", last)], kept=KEPT)
    (seen,) = told(tmp_path, trace)
    assert [f"{e.who} {e.what}" for e in seen.events[3:]] == events
    assert [event.size for event in seen.events[:3]] == [0, len(REQUEST), 100_000]
    assert (seen.headline(), seen.request) == (headline, "GET /")
    assert seen.received == 100_000 - len(RESPONSE)


def test_checksums_and_numbers_are_right() -> None:
    for packet in rebuilt(ANSWERED, kept=KEPT).packets:
        before = dpkt.ethernet.Ethernet(packet.frame)
        sums = before.data.sum, before.data.data.sum
        before.data.sum = before.data.data.sum = 0
        again = dpkt.ethernet.Ethernet(bytes(before))
        assert (again.data.sum, again.data.data.sum) == sums


def test_times_are_those_of_the_events() -> None:
    packets = rebuilt(ANSWERED).packets
    data = [each for each in packets if len(each.frame) > 1000]
    assert data[0].at == BEGAN + 3_000_000
    assert [each.at for each in packets] == sorted(each.at for each in packets)


def test_a_server_that_closed_unseen_is_closed_with_a_remark(tmp_path: Path) -> None:
    events = [*ANSWERED, Event(0.004, "client", "closed"), Event(0.005, "server", "free again")]
    trace = rebuilt(events)
    assert [each.remark for each in trace.packets if each.remark] == [
        "nobody read its FIN, but it has closed by now"
    ]
    (seen,) = told(tmp_path, trace)
    assert [event.what for event in seen.events[-2:]] == ["sent FIN", "received FIN"]


def test_a_client_that_does_not_say_when_it_asked_has_asked(tmp_path: Path) -> None:
    trace = rebuilt([Event(0.003, "client", "received", 10)])
    assert "counts the bodies that it read" in trace.rebuilt
    (seen,) = told(tmp_path, trace)
    assert (seen.request, seen.events[1].what) == ("GET /", "sent")


def test_a_link_is_two_connections(tmp_path: Path) -> None:
    """What it lost is in one of them."""
    events = [
        *ANSWERED[:2],
        Event(0.003, "torn", "got from client", len(REQUEST)),
        Event(0.004, "torn", "passed to server", len(REQUEST)),
        Event(0.005, "torn", "got from server", 50_000),
        Event(0.006, "torn", "passed to client", 1_000),
        Event(0.007, "torn", "got FIN from server"),
        Event(0.008, "torn", "closed both sides"),
    ]
    near, far = told(tmp_path, rebuilt(events, Hop("torn", 7000), SERVER))
    assert (near.server, far.server) == ("127.0.0.1:7000", "127.0.0.1:8000")
    assert [event.size for event in near.events if event.what == "received"] == [1_000]
    assert [event.size for event in far.events if event.what == "received"] == [50_000]
    assert [event.what for event in far.events[-2:]] == ["received FIN", "sent FIN"]


@pytest.mark.parametrize(
    ("hops", "why"),
    [
        ([Hop("bridge", 1), SERVER], "nothing was seen between bridge and server"),
        ([Hop("twin", 1), Hop("twin", 2), SERVER], "of several links of one name only the first"),
    ],
)
def test_what_cannot_be_told_is_said(hops: list[Hop], why: str) -> None:
    trace = rebuilt(ANSWERED, *hops)
    assert why in trace.rebuilt
    assert {each.frame[36:38] for each in trace.packets} <= {b"\0\1", b"\xc3\x51"}
