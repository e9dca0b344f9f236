"""Captures of all kinds of trouble, told in the lab's words: every packet is made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.packets import ACK, FIN, RST, SYN, Talk, pcap

from harness.lab.captures import conversations, reading
from harness.lab.captures.files import Unreadable
from harness.lab.observation import Ending, Observation

GET = b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n"
BODY = b"0123456789" * 3


@pytest.fixture
def talk() -> Talk:
    return Talk().open()


def told(folder: Path, *talks: Talk) -> tuple[Observation, list[str]]:
    """The one connection of a capture, and its events as words."""
    frames = sorted(frame for talk in talks for frame in talk.frames)
    (seen,) = reading.read(pcap(folder / "x.pcap", frames)).observations
    return seen, [
        f"{event.who} {event.what}" + f" {event.size}" * bool(event.size) for event in seen.events
    ]


def test_a_good_exchange(tmp_path: Path, talk: Talk) -> None:
    talk.send("client", data=GET)
    talk.send("server", data=HEAD + BODY)
    talk.close()
    seen, events = told(tmp_path, talk)
    assert events == [
        "client connected",
        f"client sent {len(GET)}",
        f"client received {len(HEAD + BODY)}",
        "client received FIN",
        "client sent FIN",
    ]
    assert (seen.headline(), seen.status, seen.received) == ("complete", 200, 30)
    assert (seen.request, seen.server, seen.client) == ("GET /x", "10.0.0.2:80", "10.0.0.1:50000")
    assert [event.at for event in seen.events] == [0.002, 0.003, 0.004, 0.005, 0.006]
    assert seen.known == 0.004


def test_fin_before_the_end(tmp_path: Path, talk: Talk) -> None:
    talk.send("client", data=GET)
    talk.send("server", data=HEAD + BODY[:10])
    talk.close()
    seen, _ = told(tmp_path, talk)
    assert (seen.headline(), seen.received, seen.expected) == ("truncated, then EOF", 10, 30)
    assert seen.truncated_at == 10


def test_rst_before_the_end(tmp_path: Path, talk: Talk) -> None:
    talk.send("client", data=GET)
    talk.send("server", data=HEAD + BODY[:10])
    talk.send("server", RST | ACK)
    seen, events = told(tmp_path, talk)
    assert seen.headline() == "truncated, then RST"
    assert events[-1] == "client received RST"


def test_the_client_leaves(tmp_path: Path, talk: Talk) -> None:
    talk.send("client", data=GET)
    talk.send("server", data=HEAD)
    talk.send("client", RST)
    seen, events = told(tmp_path, talk)
    assert (seen.ending, events[-1]) == (Ending.CUT, "client sent RST")


def test_nobody_listens(tmp_path: Path) -> None:
    talk = Talk()
    talk.send("client", SYN)
    talk.send("server", RST | ACK)
    seen, events = told(tmp_path, talk)
    assert (seen.ending, seen.verdict) == (Ending.REFUSED, "refused: no connection")
    assert events == ["client received RST"]


def test_nobody_answers(tmp_path: Path) -> None:
    talk = Talk()
    talk.send("client", SYN)
    talk.next["client"] -= 1
    talk.send("client", SYN, after=1_000_000_000)
    seen, events = told(tmp_path, talk)
    assert (seen.ending, seen.verdict) == (Ending.HUNG, "no answer to the SYN")
    assert events == ["client sent SYN again"]


def test_a_capture_that_ends_too_early(tmp_path: Path, talk: Talk) -> None:
    talk.send("client", data=GET)
    talk.send("server", data=HEAD + BODY[:10])
    seen, _ = told(tmp_path, talk)
    assert seen.ending is Ending.HUNG


def test_a_lost_packet_that_is_sent_again(tmp_path: Path, talk: Talk) -> None:
    talk.send("client", data=GET)
    talk.send("server", data=HEAD + BODY[:10], lost=True)
    talk.send("server", data=BODY[10:])
    talk.send("server", data=HEAD + BODY[:10], back=len(HEAD + BODY), after=200_000_000)
    talk.close()
    seen, events = told(tmp_path, talk)
    assert seen.headline() == "complete"
    assert f"server sent again, the first time was lost {len(HEAD) + 10}" in events


def test_a_packet_that_is_sent_again_for_nothing(tmp_path: Path, talk: Talk) -> None:
    talk.send("client", data=GET)
    talk.send("server", data=HEAD + BODY)
    talk.send("server", data=HEAD + BODY, back=len(HEAD + BODY), after=200_000_000)
    talk.close()
    seen, events = told(tmp_path, talk)
    assert (seen.headline(), seen.received) == ("complete", 30)
    assert f"server sent again {len(HEAD + BODY)}" in events


def test_packets_that_overtake_each_other(tmp_path: Path, talk: Talk) -> None:
    talk.send("client", data=GET)
    talk.send("server", data=HEAD)
    talk.send("server", data=BODY)
    frames = talk.frames
    first, second = frames[-2:]
    frames[-2:] = [first._replace(data=second.data), second._replace(data=first.data)]
    talk.close()
    seen, events = told(tmp_path, talk)
    assert seen.headline() == "complete"
    assert not any("again" in event for event in events)


def test_a_fin_that_comes_before_the_data(tmp_path: Path, talk: Talk) -> None:
    talk.send("client", data=GET)
    talk.send("server", data=HEAD[:-2] + b"\r\n")
    talk.send("server", data=BODY, lost=True)
    talk.send("server", FIN | ACK)
    talk.send("server", data=BODY, back=len(BODY) + 1, after=200_000_000)
    seen, events = told(tmp_path, talk)
    assert seen.headline() == "complete"
    assert events.index("client received FIN") < events.index("client received 30")


@pytest.mark.parametrize("acknowledged", [True, False])
def test_bytes_of_a_body_that_were_not_captured(
    tmp_path: Path, talk: Talk, acknowledged: bool
) -> None:
    """They passed: only the capture lacks them."""
    talk.send("client", data=GET)
    talk.send("server", data=HEAD + BODY[:10])
    talk.send("server", data=BODY[10:20], lost=True)
    talk.send("server", data=BODY[20:])
    if acknowledged:
        talk.send("client")
        talk.close()
    found = reading.read(pcap(tmp_path / "x.pcap", talk.frames))
    (seen,) = found.observations
    assert (seen.headline(), seen.received) == ("complete", 30)
    assert "server sent what is not in the capture" in [f"{e.who} {e.what}" for e in seen.events]
    assert any("10 bytes are not in the capture" in remark for remark in found.remarks)


def test_headers_that_were_not_captured(tmp_path: Path, talk: Talk) -> None:
    talk.send("client", data=GET)
    talk.send("server", data=HEAD, lost=True)
    talk.send("server", data=BODY)
    talk.close()
    seen, _ = told(tmp_path, talk)
    assert seen.status is None
    assert seen.reason == f"{len(HEAD)} bytes are not in the capture"
    assert seen.verdict == "no HTTP that can be read, then FIN of both, the server's first"


def test_a_window_that_is_closed(tmp_path: Path, talk: Talk) -> None:
    talk.send("client", data=GET)
    talk.send("server", data=HEAD + BODY[:10])
    talk.send("client", window=0)
    talk.send("client", window=0)
    talk.send("client", window=500)
    talk.send("server", data=BODY[10:])
    _, events = told(tmp_path, talk)
    assert events[-4:] == [
        f"client received {len(HEAD) + 10}",
        "client zero window: takes no more",
        "client window open again",
        "client received 20",
    ]


def test_each_packet_twice(tmp_path: Path, talk: Talk) -> None:
    """As tcpdump sees them that listens on all interfaces at once."""
    talk.send("client", data=GET)
    talk.send("server", data=HEAD + BODY)
    talk.close()
    again = Talk()
    again.frames = [frame._replace(at=frame.at + 5_000) for frame in talk.frames]
    seen, events = told(tmp_path, talk, again)
    assert seen.headline() == "complete"
    assert not any("again" in event for event in events)
    assert any("captured twice" in r for r in reading.read(tmp_path / "x.pcap").remarks)


def test_a_capture_that_begins_in_the_middle(tmp_path: Path) -> None:
    talk = Talk()
    talk.send("server", data=b"the end of something")
    talk.send("client", data=GET)
    seen, events = told(tmp_path, talk)
    assert events[0] == "client was connected before the capture began"
    assert (seen.client, seen.server) == ("10.0.0.1:50000", "10.0.0.2:80")


def test_a_port_that_is_used_again_is_another_connection(tmp_path: Path) -> None:
    talk = Talk().open().close()
    talk.next["client"] += 10_000
    talk.open().close()
    assert len(reading.read(pcap(tmp_path / "x.pcap", talk.frames)).observations) == 2


def test_a_probe_is_no_data(tmp_path: Path, talk: Talk) -> None:
    talk.send("client", data=GET)
    talk.send("client", data=b"\n", back=1, after=1_000_000_000)
    _, events = told(tmp_path, talk)
    assert events[-1] == "client probed whether the other side is there"


def test_only_a_port(tmp_path: Path) -> None:
    one, other = Talk().open(), Talk(server=("10.0.0.2", 81)).open()
    path = pcap(tmp_path / "x.pcap", sorted([*one.frames, *other.frames]))
    assert [seen.server for seen in reading.read(path, 81).observations] == ["10.0.0.2:81"]
    with pytest.raises(Unreadable, match=r"no TCP connection of port 82 in its 6 packets"):
        reading.read(path, 82)


def test_events_are_bounded(tmp_path: Path, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "MOST_EVENTS", 10)
    for number in range(20):
        talk.send("client", window=number % 2)
    found = reading.read(pcap(tmp_path / "x.pcap", talk.frames))
    assert len(found.observations[0].events) == 10
    assert any("further events were left out" in remark for remark in found.remarks)


def test_what_a_capture_says_is_harmless(tmp_path: Path, talk: Talk) -> None:
    talk.send("client", data=b"GET /\xc3\xa9?<script> HTTP/1.1\r\nHost: h\r\n\r\n")
    talk.send("server", data=b"\x1b[31m\x00\x1b]0;title\x07 is no HTTP\r\n\r\n")
    talk.close()
    seen, _ = told(tmp_path, talk)
    assert seen.timeline().replace("\n", "").isprintable()
    assert seen.timeline().isascii()
