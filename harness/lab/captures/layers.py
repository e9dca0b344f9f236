"""From a packet to its TCP segment, through whatever is around it.

Owns the link layers that are known, and IP. It must not know files or connections.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final

import dpkt
import msgspec

IPV4, IPV6 = 0x0800, 0x86DD
TAGS: Final = (0x8100, 0x88A8, 0x9100)
"""Ethernet's types for a tag of a virtual network: four bytes more."""

TCP: Final = 6
FRAGMENT: Final = 44
EXTENSIONS: Final = (0, 43, 60, 135)
"""IPv6's headers on the way to TCP's that say their length: hop-by-hop, routing,
destination options, mobility."""

MOST_EXTENSIONS: Final = 8

Framed = tuple[int, bytes]
"""The type of what is in a frame, and the bytes; type 0: nothing that is known."""


class Endpoint(msgspec.Struct, frozen=True, order=True):
    """One end of a connection."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Segment(msgspec.Struct, frozen=True):
    """A TCP segment: ``size`` bytes of data passed, of which ``data`` was captured.

    ``mark`` is the same for a packet that was captured twice, and hardly ever for another."""

    source: Endpoint
    target: Endpoint
    seq: int
    ack: int
    flags: int
    window: int
    size: int
    data: bytes
    mark: bytes


class Skipped(Exception):
    """Why a packet is none of a TCP connection, in a few words that packets are counted by."""


def _ethernet(frame: bytes) -> Framed:
    kind, rest = int.from_bytes(frame[12:14], "big"), frame[14:]
    for _ in TAGS:
        if kind in TAGS:
            kind, rest = int.from_bytes(rest[2:4], "big"), rest[4:]
    return kind, rest


def _cooked(frame: bytes) -> Framed:
    return int.from_bytes(frame[14:16], "big"), frame[16:]


def _cooked_2(frame: bytes) -> Framed:
    return int.from_bytes(frame[:2], "big"), frame[20:]


def _loopback(frame: bytes) -> Framed:
    # The family's number is the system's, in the byte order of the machine or of the network.
    family = max(frame[:4], default=0)
    return {2: IPV4, 10: IPV6, 24: IPV6, 28: IPV6, 30: IPV6}.get(family, 0), frame[4:]


def _raw(frame: bytes) -> Framed:
    return {4: IPV4, 6: IPV6}.get(frame[0] >> 4 if frame else 0, 0), frame


LINKS: Final[dict[int, Callable[[bytes], Framed]]] = {
    0: _loopback,
    1: _ethernet,
    12: _raw,
    14: _raw,
    101: _raw,
    108: _loopback,
    113: _cooked,
    228: _raw,
    229: _raw,
    276: _cooked_2,
}
"""By the numbers of https://www.tcpdump.org/linktypes.html."""


def segment(link: int, frame: bytes) -> Segment:
    """The TCP segment in a frame; Skipped says what it is instead."""
    unwrap = LINKS.get(link)
    if unwrap is None:
        raise Skipped(f"of a link layer that is not known here (type {link})")
    kind, packet = unwrap(frame)
    try:
        if kind == IPV4:
            return _over_ipv4(packet)
        if kind == IPV6:
            return _over_ipv6(packet)
    except (dpkt.UnpackError, struct.error, IndexError, ValueError) as error:
        raise Skipped("cut short or malformed") from error
    raise Skipped("not IP")


def _over_ipv4(packet: bytes) -> Segment:
    if packet[0] >> 4 != 4:
        raise Skipped("cut short or malformed")
    if packet[9] != TCP:
        raise Skipped("not TCP")
    if int.from_bytes(packet[6:8], "big") & 0x3FFF:
        raise Skipped("fragments of IP, which are not put together here")
    header = dpkt.ip.IP(packet)
    behind = header.hl * 4
    # Without a length the network card was to cut it up: it is as long as it is.
    size = header.len - behind if header.len else len(packet) - behind
    return _tcp(packet[behind : behind + size], size, header, packet[4:6])


def _over_ipv6(packet: bytes) -> Segment:
    if packet[0] >> 4 != 6:
        raise Skipped("cut short or malformed")
    kind, size, rest = packet[6], int.from_bytes(packet[4:6], "big"), packet[40:]
    size = size or len(rest)
    for _ in range(MOST_EXTENSIONS):
        if kind not in EXTENSIONS:
            break
        length = (rest[1] + 1) * 8
        kind, rest, size = rest[0], rest[length:], size - length
    if kind == FRAGMENT:
        raise Skipped("fragments of IP, which are not put together here")
    if kind != TCP:
        raise Skipped("not TCP")
    header = dpkt.ip6.IP6(packet[:6] + b"\x3b" + packet[7:40])  # 59: nothing follows
    return _tcp(rest[:size], size, header, b"")


def _tcp(data: bytes, size: int, around: dpkt.Packet, number: bytes) -> Segment:
    header = dpkt.tcp.TCP(data)
    behind = header.off * 4
    if size < behind:
        raise Skipped("cut short or malformed")
    return Segment(
        source=Endpoint(str(ip_address(around.src)), header.sport),
        target=Endpoint(str(ip_address(around.dst)), header.dport),
        seq=header.seq,
        ack=header.ack,
        flags=header.flags,
        window=header.win,
        size=size - behind,
        data=bytes(header.data),
        mark=number + data[:behind],
    )
