"""Captures that anybody made, packet by packet: pcap and pcapng.

Owns the framing of both formats. It must not know what is in a packet.

The files are untrusted: no length is believed before it was held against what is left of
the file and against what a packet can be, options are not read beyond the first few, and
nothing is kept. dpkt's readers believe lengths, take time for a float, and know one
interface and one byte order for all packets, so they are not used here.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

MOST_PACKETS: Final = 300_000
"""Packets that are read of a file: some seconds' work."""

MOST_BYTES: Final = 1 << 20
"""Bytes of a packet with its options: readers and writers of captures agree on 256 kB."""

MOST_OPTIONS: Final = 50
MOST_INTERFACES: Final = 1_000
MOST_TEXT: Final = 1_000

PCAP: Final[dict[bytes, tuple[str, int]]] = {
    b"\xd4\xc3\xb2\xa1": ("<", 1_000),
    b"\xa1\xb2\xc3\xd4": (">", 1_000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
"""The beginnings of a pcap file: byte order, and nanoseconds in a unit of its times."""

MODIFIED: Final = (b"\x34\xcd\xb2\xa1", b"\xa1\xb2\xcd\x34")
SECTION: Final = 0x0A0D0D0A
SECTION_MAGIC: Final = b"\x0a\x0d\x0d\x0a"
ORDERS: Final[dict[bytes, str]] = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
INTERFACE, OLD_PACKET, SIMPLE, PACKET = 1, 2, 3, 6
COMMENT, RESOLUTION, OFFSET = 1, 9, 14

OTHERS: Final[dict[bytes, str]] = {
    b"\x1f\x8b": "it is compressed; unpack it with gunzip first",
    b"\x28\xb5\x2f\xfd": "it is compressed; unpack it with unzstd first",
    b"\x04\x22\x4d\x18": "it is compressed; unpack it with unlz4 first",
    b"snoop": "it is a capture of snoop; editcap can turn it into pcapng",
}


class Unreadable(Exception):
    """What is wrong with a file, and what to do."""


class Cut(Exception):
    """Why reading ended before the file did; what was read is good."""


class RawPacket(msgspec.Struct, frozen=True):
    """A packet as a file has it: ``at`` in nanoseconds since the epoch, ``link`` the type of
    its link layer (https://www.tcpdump.org/linktypes.html), ``size`` how long it was."""

    at: int
    link: int
    data: bytes
    size: int
    comment: str = ""


def packets(path: Path) -> Iterator[RawPacket]:
    """Every packet of a file in its order, ``MOST_PACKETS`` at most.

    Unreadable for what is no capture; Cut, after the packets that are good, for one that
    breaks off or is not all read; OSError as for any file."""
    with open(path, "rb", buffering=1 << 16, opener=_without_waiting) as stream:
        state = os.fstat(stream.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise Unreadable("it is no ordinary file")
        yield from _counted(_packets(_Source(stream, state.st_size)))


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a named pipe, too, though nobody may ever write to it."""
    return os.open(path, flags | os.O_NONBLOCK)


class _Source:
    """A file whose size is known, read without believing what it says of itself."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream, self._size, self.place = stream, size, 0

    def take(self, count: int) -> bytes:
        """So many bytes; Cut where the file has fewer."""
        if count > self._size - self.place:
            raise Cut(f"the file ends {self._size - self.place:,} bytes into a block or packet")
        data = self._stream.read(count)
        if len(data) < count:
            raise Cut("the file became shorter while it was read")
        self.place += count
        return data

    def skip(self, count: int) -> None:
        """Leave so many bytes out; Cut where the file has fewer."""
        if count > self._size - self.place:
            raise Cut("the file ends in the middle of a block")
        self.place += count
        self._stream.seek(self.place)

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.place >= self._size


def _counted(found: Iterator[RawPacket]) -> Iterator[RawPacket]:
    for number, packet in enumerate(found):
        if number == MOST_PACKETS:
            raise Cut(
                f"only the first {MOST_PACKETS:,} packets were read; cut the capture to the "
                "connection in question, as with: tshark -r FILE -Y 'tcp.port == N' -w SMALLER"
            )
        yield packet


def _packets(source: _Source) -> Iterator[RawPacket]:
    try:
        magic = source.take(4)
    except Cut:
        raise Unreadable("it is empty" if source.at_end else "it is too short") from None
    if magic in PCAP:
        yield from _pcap(source, *PCAP[magic])
    elif magic == SECTION_MAGIC:
        yield from _pcapng(source)
    elif magic in MODIFIED:
        raise Unreadable("it is a modified pcap of old; editcap can turn it into pcapng")
    else:
        known = next((why for start, why in OTHERS.items() if magic.startswith(start[:4])), "")
        raise Unreadable(known or f"it is neither pcap nor pcapng: it begins with {magic.hex(' ')}")


# pcap ------------------------------------------------------------------------------------


def _pcap(source: _Source, order: str, unit: int) -> Iterator[RawPacket]:
    try:
        major, _, _, _, _, link = struct.unpack(order + "HHIIII", source.take(20))
    except Cut:
        raise Unreadable("its header is cut short") from None
    if major != 2:
        raise Unreadable(f"it is pcap of version {major}, and only 2 is known")
    header = struct.Struct(order + "IIII")
    while not source.at_end:
        seconds, rest, length, size = header.unpack(source.take(header.size))
        if length > MOST_BYTES:
            raise Cut(f"a packet claims {length:,} bytes; nothing after it can be read")
        # The upper half can have the length of a frame's checksum.
        at = seconds * 1_000_000_000 + rest * unit
        yield RawPacket(at, link & 0xFFFF, source.take(length), max(size, length))


# pcapng ----------------------------------------------------------------------------------


class _Interface(msgspec.Struct, frozen=True):
    link: int
    snap: int
    units: int  # in a second
    offset: int  # seconds


def _pcapng(source: _Source) -> Iterator[RawPacket]:
    order, interfaces = _section(source), list[_Interface]()
    while not source.at_end:
        start = source.take(4)
        if start == SECTION_MAGIC:
            order, interfaces = _section(source), []
            continue
        (kind,) = struct.unpack(order + "I", start)
        length = _length(source, order)
        if kind not in (INTERFACE, OLD_PACKET, SIMPLE, PACKET):
            source.skip(length)
            continue
        if length > MOST_BYTES:
            raise Cut(f"a block claims {length:,} bytes; nothing after it can be read")
        body = source.take(length)[:-4]
        try:
            if kind == INTERFACE:
                interfaces.append(_interface(body, order))
                if len(interfaces) > MOST_INTERFACES:
                    raise Cut(f"it has more than {MOST_INTERFACES:,} interfaces")
            elif packet := _packet(kind, body, order, interfaces):
                yield packet
        except (struct.error, IndexError) as error:
            raise Cut("a block is shorter than it has to be") from error


def _section(source: _Source) -> str:
    """The byte order of a section whose first four bytes have been read."""
    raw = source.take(8)
    order = ORDERS.get(raw[4:])
    if order is None:
        raise (Unreadable if source.place == 12 else Cut)("a section has no byte order")
    (length,) = struct.unpack(order + "I", raw[:4])
    if length < 28 or length % 4:
        raise (Unreadable if source.place == 12 else Cut)(f"a section's header of {length} bytes")
    (major,) = struct.unpack(order + "H", source.take(2))
    if major != 1:
        raise Unreadable(f"it is pcapng of version {major}, and only 1 is known")
    source.skip(length - 14)
    return order


def _length(source: _Source, order: str) -> int:
    """How many bytes of a block are left behind its first eight."""
    (length,) = struct.unpack(order + "I", source.take(4))
    if length < 12 or length % 4:
        raise Cut(f"a block of {length:,} bytes cannot be; nothing after it can be read")
    return int(length) - 8


def _interface(body: bytes, order: str) -> _Interface:
    link, _, snap = struct.unpack_from(order + "HHI", body)
    units, offset = 1_000_000, 0
    for code, value in _options(body, 8, order):
        if code == RESOLUTION and value:
            power = value[0] & 0x7F
            # More than these would only say that the file is a bad joke.
            units = 2 ** min(power, 63) if value[0] & 0x80 else 10 ** min(power, 18)
        elif code == OFFSET and len(value) == 8:
            (offset,) = struct.unpack(order + "q", value)
    return _Interface(link, snap, units, offset)


def _packet(kind: int, body: bytes, order: str, interfaces: list[_Interface]) -> RawPacket | None:
    """The packet in a block, None if it belongs to no interface."""
    if kind == SIMPLE:
        (size,) = struct.unpack_from(order + "I", body)
        number, ticks, start = 0, 0, 4
        snap = interfaces[0].snap if interfaces else 0
        length = min(size, snap or size, len(body) - start)
    elif kind == PACKET:
        number, high, low, length, size = struct.unpack_from(order + "IIIII", body)
        ticks, start = high << 32 | low, 20
    else:
        number, _, high, low, length, size = struct.unpack_from(order + "HHIIII", body)
        ticks, start = high << 32 | low, 20
    if number >= len(interfaces) or length > len(body) - start:
        return None
    interface = interfaces[number]
    at = ticks * 1_000_000_000 // interface.units + interface.offset * 1_000_000_000
    comment = ""
    for code, value in _options(body, start + length + -length % 4, order):
        if code == COMMENT:
            comment = value[:MOST_TEXT].decode("utf-8", "replace")
    return RawPacket(at, interface.link, body[start : start + length], max(size, length), comment)


def _options(body: bytes, start: int, order: str) -> Iterator[tuple[int, bytes]]:
    """The first options of a block."""
    for _ in range(MOST_OPTIONS):
        if start + 4 > len(body):
            return
        code, length = struct.unpack_from(order + "HH", body, start)
        if code == 0:
            return
        yield code, body[start + 4 : start + 4 + length]
        start += 4 + length + -length % 4
