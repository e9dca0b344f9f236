"""Packets and captures made by hand, for the tests of what reads them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

import dpkt

CLIENT, SERVER = ("10.0.0.1", 50_000), ("10.0.0.2", 80)
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
ETHERNET = 1
BEGAN = 1_790_000_000_000_000_000
"""Nanoseconds since the epoch."""

End = tuple[str, int]


class Frame(NamedTuple):
    """A packet in a capture: when it passed, in ns after ``BEGAN``, and its bytes."""

    at: int
    data: bytes


def ip_packet(
    source: End = CLIENT,
    target: End = SERVER,
    flags: int = ACK,
    seq: int = 0,
    ack: int = 0,
    data: bytes = b"",
    window: int = 1000,
    number: int = 0,
) -> bytes:
    """A TCP segment in IPv4, or in IPv6 where the addresses are that."""
    segment = dpkt.tcp.TCP(
        sport=source[1], dport=target[1], seq=seq, ack=ack, flags=flags, win=window, data=data
    )
    ends = {"src": ip_address(source[0]).packed, "dst": ip_address(target[0]).packed}
    if ":" in source[0]:
        size = len(bytes(segment))
        return bytes(dpkt.ip6.IP6(**ends, nxt=6, hlim=64, plen=size, p=6, data=segment))
    return bytes(dpkt.ip.IP(**ends, p=6, id=number, data=segment))


def ethernet(packet: bytes) -> bytes:
    """The packet as it is on an Ethernet."""
    kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    return bytes(12) + kind.to_bytes(2, "big") + packet


def pcap(
    path: Path, frames: Sequence[Frame], link: int = ETHERNET, order: str = "<", nano: bool = True
) -> Path:
    """A pcap file of version 2.4."""
    magic, unit = (0xA1B23C4D, 1) if nano else (0xA1B2C3D4, 1000)
    found = [struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, 262_144, link)]
    for frame in frames:
        seconds, rest = divmod(BEGAN + frame.at, 1_000_000_000)
        size = len(frame.data)
        found += [struct.pack(order + "IIII", seconds, rest // unit, size, size), frame.data]
    path.write_bytes(b"".join(found))
    return path


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """A block of pcapng."""
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def section(order: str = "<") -> bytes:
    """The block that begins a section."""
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link: int = ETHERNET, order: str = "<", options: bytes = b"") -> bytes:
    """The block that describes an interface: its times are in microseconds."""
    return block(1, struct.pack(order + "HHI", link, 0, 0) + options, order)


def enhanced(frame: Frame, number: int = 0, order: str = "<", size: int | None = None) -> bytes:
    """The block that holds a packet; ``size`` is how long it was, if it was cut."""
    ticks = (BEGAN + frame.at) // 1000
    length = len(frame.data)
    numbers = (number, ticks >> 32, ticks & 0xFFFFFFFF, length, size or length)
    return block(6, struct.pack(order + "IIIII", *numbers) + frame.data, order)


class Talk:
    """A connection of which every packet is made by hand, with the right numbers."""

    def __init__(self, client: End = CLIENT, server: End = SERVER) -> None:
        self.ends = {"client": client, "server": server}
        self.next = {"client": 1000, "server": 2**32 - 100}  # it goes around zero
        self.frames: list[Frame] = []
        self.at, self.number = 0, 0

    def send(
        self,
        who: str,
        flags: int = ACK,
        data: bytes = b"",
        *,
        back: int = 0,
        window: int = 1000,
        lost: bool = False,
        after: int = 1_000_000,
    ) -> bytes:
        """One packet, ``after`` nanoseconds after the last; what it is on an Ethernet.

        ``back`` sends what is that many bytes ago, ``lost`` leaves it out of the capture."""
        other = "server" if who == "client" else "client"
        self.number += 1
        self.at += after
        packet = ip_packet(
            self.ends[who],
            self.ends[other],
            flags,
            (self.next[who] - back) % 2**32,
            self.next[other] % 2**32 if flags & ACK else 0,
            data,
            window,
            self.number,
        )
        if not back:
            self.next[who] += len(data) + bool(flags & SYN) + bool(flags & FIN)
        if not lost:
            self.frames.append(Frame(self.at, ethernet(packet)))
        return ethernet(packet)

    def open(self) -> Talk:
        """The handshake."""
        self.send("client", SYN)
        self.send("server", SYN | ACK)
        self.send("client")
        return self

    def close(self) -> Talk:
        """The server ends first."""
        self.send("server", FIN | ACK)
        self.send("client", FIN | ACK)
        self.send("server")
        return self
