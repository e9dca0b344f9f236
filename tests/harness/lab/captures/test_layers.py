"""TCP is found in whatever is around it, and nothing else is taken for it."""

from __future__ import annotations

import struct

import pytest
from support.packets import CLIENT, SERVER, ethernet, ip_packet

from harness.lab.captures.layers import Endpoint, Segment, Skipped, segment

FOUR = ip_packet(data=b"hello", seq=7)
SIX = ip_packet(("fe80::1", 50_000), ("fe80::2", 80), data=b"hello", seq=7)
VLAN = struct.pack(">HH", 0x8100, 5)


def extended(kind: int, header: bytes) -> bytes:
    """SIX with a header before that of TCP."""
    size = struct.pack(">H", len(SIX) - 40 + len(header))
    return SIX[:4] + size + bytes([kind]) + SIX[7:40] + header + SIX[40:]


@pytest.mark.parametrize(
    ("link", "frame"),
    [
        (1, ethernet(FOUR)),
        (1, ethernet(FOUR) + bytes(20)),  # filled up to the least length of a frame
        (1, bytes(12) + VLAN + ethernet(FOUR)[12:]),
        (1, bytes(12) + struct.pack(">HH", 0x88A8, 9) + VLAN + ethernet(FOUR)[12:]),
        (113, bytes(14) + b"\x08\x00" + FOUR),
        (276, b"\x08\x00" + bytes(18) + FOUR),
        (0, b"\x02\0\0\0" + FOUR),
        (0, b"\0\0\0\x02" + FOUR),
        (108, b"\0\0\0\x02" + FOUR),
        (12, FOUR),
        (101, FOUR),
        (228, FOUR),
        (1, ethernet(FOUR[:2] + bytes(2) + FOUR[4:])),  # its length is left to the network card
    ],
)
def test_ipv4_over_every_link_layer(link: int, frame: bytes) -> None:
    found = segment(link, frame)
    assert (found.source, found.target) == (Endpoint(*CLIENT), Endpoint(*SERVER))
    assert (found.seq, found.size, found.data) == (7, 5, b"hello")


@pytest.mark.parametrize(
    ("link", "frame"),
    [
        (1, ethernet(SIX)),
        (113, bytes(14) + b"\x86\xdd" + SIX),
        (276, b"\x86\xdd" + bytes(18) + SIX),
        *[(0, bytes([family]) + bytes(3) + SIX) for family in (10, 24, 28, 30)],
        (101, SIX),
        (229, SIX),
        (229, extended(0, bytes([6, 0, 1, 4, 0, 0, 0, 0]))),
        (229, extended(60, bytes([43, 0]) + bytes(6) + bytes([6, 1]) + bytes(14))),
    ],
)
def test_ipv6_over_every_link_layer(link: int, frame: bytes) -> None:
    found = segment(link, frame)
    assert str(found.source) == "[fe80::1]:50000"
    assert (found.seq, found.size, found.data) == (7, 5, b"hello")


def test_what_was_cut_off_still_counts() -> None:
    found = segment(1, ethernet(FOUR)[:-3])
    assert (found.size, found.data) == (5, b"he")


def test_the_mark_tells_a_packet_from_one_that_was_sent_again() -> None:
    def mark(number: int, seq: int = 0) -> bytes:
        return segment(101, ip_packet(number=number, seq=seq)).mark

    assert mark(1) == mark(1) != mark(2)
    assert mark(1) != mark(1, seq=1)


@pytest.mark.parametrize(
    ("link", "frame", "why"),
    [
        (105, b"?", "a link layer that is not known here (type 105)"),
        (1, ethernet(FOUR)[:12] + b"\x08\x06" + FOUR, "not IP"),
        (1, b"", "not IP"),
        (0, b"\xff\0\0\0" + FOUR, "not IP"),
        (101, b"", "not IP"),
        (101, FOUR[:9] + b"\x11" + FOUR[10:], "not TCP"),
        (101, FOUR[:6] + b"\x20\0" + FOUR[8:], "fragments of IP"),
        (101, FOUR[:6] + b"\0\x10" + FOUR[8:], "fragments of IP"),
        (101, FOUR[:6] + b"\x80\0" + FOUR[8:30], "cut short or malformed"),
        (228, b"\x95" + FOUR[1:], "not IP"),
        (1, ethernet(b"\x95" + FOUR[1:]), "cut short or malformed"),
        (1, bytes(12) + b"\x86\xdd" + FOUR, "cut short or malformed"),
        (101, b"\x41" + FOUR[1:], "cut short or malformed"),
        (101, FOUR[:32] + b"\x10" + FOUR[33:], "cut short or malformed"),
        (101, FOUR[:32] + b"\xf0" + FOUR[33:], "cut short or malformed"),
        (101, SIX[:6] + b"\x3a" + SIX[7:], "not TCP"),
        (229, extended(44, bytes(8)), "fragments of IP"),
        (229, extended(0, bytes(8) * 20), "not TCP"),
        (229, SIX[:45], "cut short or malformed"),
        (229, SIX[:6] + b"\0" + SIX[7:40], "cut short or malformed"),
    ],
)
def test_what_is_no_segment(link: int, frame: bytes, why: str) -> None:
    with pytest.raises(Skipped, match=why.replace("(", r"\(").replace(")", r"\)")):
        segment(link, frame)


@pytest.mark.parametrize("frame", [FOUR, SIX])
def test_a_packet_that_is_cut_anywhere_is_told_or_skipped(frame: bytes) -> None:
    for length in range(len(frame)):
        try:
            assert isinstance(segment(101, frame[:length]), Segment)
        except Skipped:
            assert length < len(frame) - 5
