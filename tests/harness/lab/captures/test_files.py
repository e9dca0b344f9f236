"""Files of every flavour, and files that are out to do harm."""

from __future__ import annotations

import os
import random
import resource
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.packets import (
    ACK,
    BEGAN,
    FIN,
    RST,
    Frame,
    Talk,
    block,
    enhanced,
    ethernet,
    interface,
    ip_packet,
    pcap,
    section,
)

from harness.lab.captures import files, reading
from harness.lab.captures.files import Cut, RawPacket, Unreadable, packets
from harness.lab.cli import main

FRAME = Frame(1_234_567, ethernet(ip_packet(data=b"hello")))
NANOSECONDS = struct.pack("<HHBxxxHH", 9, 1, 9, 0, 0)


def written(folder: Path, *parts: bytes) -> Path:
    path = folder / "x.pcapng"
    path.write_bytes(b"".join(parts))
    return path


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("nano", "at"), [(True, 1_234_567), (False, 1_234_000)])
def test_pcap(tmp_path: Path, order: str, nano: bool, at: int) -> None:
    path = pcap(tmp_path / "x.pcap", [FRAME], order=order, nano=nano)
    assert list(packets(path)) == [RawPacket(BEGAN + at, 1, FRAME.data, len(FRAME.data))]


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng(tmp_path: Path, order: str) -> None:
    path = written(
        tmp_path, section(order), interface(order=order), enhanced(FRAME, order=order, size=999)
    )
    assert list(packets(path)) == [RawPacket(BEGAN + 1_234_000, 1, FRAME.data, 999)]


def test_each_section_and_interface_has_its_own_rules(tmp_path: Path) -> None:
    """Byte order, link layer, resolution of times."""
    ticks = BEGAN + FRAME.at
    numbers = (1, ticks >> 32, ticks & 0xFFFFFFFF, len(FRAME.data), len(FRAME.data))
    path = written(
        tmp_path,
        section(),
        interface(),
        interface(101, options=NANOSECONDS),
        block(6, struct.pack("<IIIII", *numbers) + FRAME.data),
        section(">"),
        interface(113, ">"),
        block(0xBAD, b"of a kind that nobody knows", ">"),
        enhanced(FRAME, order=">"),
    )
    assert [(each.link, each.at - BEGAN) for each in packets(path)] == [
        (101, 1_234_567),
        (113, 1_234_000),
    ]


def test_packets_of_the_other_kinds_of_block(tmp_path: Path) -> None:
    size = len(FRAME.data)
    ticks = BEGAN // 1000
    old = struct.pack("<HHIIII", 0, 7, ticks >> 32, ticks & 0xFFFFFFFF, size, size)
    path = written(
        tmp_path,
        section(),
        interface(),
        block(2, old + FRAME.data),
        block(3, struct.pack("<I", size) + FRAME.data),
    )
    assert [each.data for each in packets(path)] == [FRAME.data] * 2


def test_a_packet_of_no_interface_is_none(tmp_path: Path) -> None:
    assert list(packets(written(tmp_path, section(), interface(), enhanced(FRAME, 7)))) == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b"\x0a\x0d", "it is too short"),
        (b"GIF89a and more", "neither pcap nor pcapng: it begins with 47 49 46 38"),
        (b"\x1f\x8b\x08\x00", "gunzip"),
        (b"\xd4\xc3\xb2\xa1", "header is cut short"),
        (struct.pack("<IHHIIII", 0xA1B2C3D4, 9, 0, 0, 0, 0, 1), "pcap of version 9"),
        (b"\x0a\x0d\x0d\x0a\x1c\0\0\0abcd", "no byte order"),
        (block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 2, 0, -1)), "pcapng of version 2"),
        (section(), "no TCP connection in its 0 packets"),
    ],
)
def test_what_is_no_capture(
    tmp_path: Path, content: bytes, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, content)
    assert main(["--read", str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{path}: ")
    assert why in line


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file(tmp_path: Path, make: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(make)
    make(tmp_path / "x")
    assert main(["--read", str(tmp_path / "x")]) == 2
    assert main(["--read", str(tmp_path / "nowhere")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


GIANT = 0xFFFFFFF0


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ([block(6, bytes(20))[:4], struct.pack("<I", GIANT)], "claims 4,294,967,272 bytes"),
        ([struct.pack("<II", 0xBAD, GIANT)], "ends in the middle of a block"),
        ([struct.pack("<II", 6, 0)], "a block of 0 bytes cannot be"),
        ([struct.pack("<II", 6, 13)], "a block of 13 bytes cannot be"),
        ([block(6, bytes(4))], "shorter than it has to be"),
        ([block(1, bytes(4))], "shorter than it has to be"),
        ([interface() * 1_001], "more than 1,000 interfaces"),
        ([b"\x0a\x0d\x0d\x0a", struct.pack("<I", 28), b"????"], "no byte order"),
    ],
)
def test_blocks_that_lie(tmp_path: Path, parts: Sequence[bytes], why: str) -> None:
    """What stood before them is told; no memory is taken on their word."""
    path = written(tmp_path, section(), interface(), enhanced(FRAME), *parts)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = reading.read(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB
    assert len(found.observations) == 1
    assert any(why in remark for remark in found.remarks)


def test_a_packet_that_lies_in_a_pcap(tmp_path: Path) -> None:
    path = pcap(tmp_path / "x.pcap", [FRAME])
    path.write_bytes(path.read_bytes() + struct.pack("<IIII", 0, 0, 0x7FFFFFFF, 60))
    assert any("claims 2,147,483,647 bytes" in remark for remark in reading.read(path).remarks)


def test_options_without_end(tmp_path: Path) -> None:
    """The first fifty are read."""

    def comment(before: int) -> str:
        options = struct.pack("<HH", 9, 0) * before + struct.pack("<HH4s", 1, 4, b"said")
        body = enhanced(FRAME)[8:-4] + options
        (packet,) = packets(written(tmp_path, section(), interface(), block(6, body)))
        return packet.comment

    assert (comment(49), comment(50)) == ("said", "")


def test_millions_of_packets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_PACKETS", 3)
    found = packets(pcap(tmp_path / "x.pcap", [FRAME] * 4))
    assert len([next(found) for _ in range(3)]) == 3
    with pytest.raises(Cut, match=r"only the first 3 packets were read; cut the capture"):
        next(found)


def talk() -> Talk:
    made = Talk().open()
    made.send("client", data=b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    made.send("server", data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    made.send("server", FIN | ACK)
    made.send("client", RST)
    return made


def test_a_file_that_is_cut_short_anywhere(tmp_path: Path) -> None:
    whole = b"".join([section(), interface(), *map(enhanced, talk().frames)])
    for length in range(0, len(whole), 3):
        try:
            found = reading.read(written(tmp_path, whole[:length]))
        except Unreadable:
            continue
        assert found.observations
    assert found.observations[0].status == 200


def test_bytes_that_were_changed_at_random(tmp_path: Path) -> None:
    """Whatever a file says, it is read or refused."""
    chance = random.Random(32472)
    whole = b"".join([section(), interface(), *map(enhanced, talk().frames)])
    refused = 0
    for _ in range(500):
        spoilt = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            spoilt[chance.randrange(len(spoilt))] = chance.choice([0, 1, 0x7F, 0xFF, 0x45, 0x60])
        try:
            for seen in reading.read(written(tmp_path, bytes(spoilt))).observations:
                assert seen.timeline().isascii()
                seen.to_json()
        except Unreadable:
            refused += 1
    assert 0 < refused < 500
