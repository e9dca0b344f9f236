"""Captures as a file that Wireshark opens: pcapng.

Owns the blocks of the format (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html),
as dpkt makes them. It must not know sockets, nor where packets come from.
"""

from __future__ import annotations

import platform
import struct
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Final

from dpkt import pcapng

from ... import __version__
from .captured import SNAP, Packet, Trace, ends
from .filters import in_words

NANOSECONDS: Final = bytes([9])
"""The resolution of timestamps: a negative power of ten."""

MOST_TEXT: Final = 60_000
"""Bytes of a comment: its length is a number of 16 bits."""

FLAGS: Final = 13
"""Where TCP's flags are in its header."""

REMARKS: Final = ((0x04, "RST of {0}"), (0x01, "FIN of {0}: it sends no more"))
"""What is said of a packet with one of these flags."""

STATISTICS: Final = 5
RECEIVED, DROPPED = 4, 5


def write(stream: BinaryIO, traces: Sequence[Trace], exchanges: Sequence[str]) -> None:
    """Write one section with one interface: the packets of ``traces``, which are the
    exchanges that ``exchanges`` has in words."""
    stream.write(_section(traces, exchanges))
    stream.write(_interface(traces))
    for number, trace in enumerate(traces, 1):
        which = f" (exchange {number} of {len(traces)})" if len(traces) > 1 else ""
        for packet in trace.packets:
            stream.write(_packet(packet, remark(packet, trace, which)))
    stream.write(_statistics(traces))


def remark(packet: Packet, trace: Trace, which: str = "") -> str:
    """What a packet is, if it is one of those that people look for."""
    tcp = packet.frame[14 + ((packet.frame[14] & 0x0F) << 2) :]
    source, target = ends(trace.hops, *struct.unpack(">HH", tcp[:4]))
    said = [packet.remark] if packet.remark else []
    if tcp[FLAGS] & 0x12 == 0x02:
        said.append(f"{source} connects to {target}{which}")
    said += [text.format(source) for bit, text in REMARKS if tcp[FLAGS] & bit]
    return "; ".join(said)


def _section(traces: Sequence[Trace], exchanges: Sequence[str]) -> bytes:
    text = "\n".join([_origin(traces), *map(_ports, traces), *exchanges])
    return bytes(
        pcapng.SectionHeaderBlockLE(
            opts=[
                _option(pcapng.PCAPNG_OPT_COMMENT, _text(text)),
                _option(pcapng.PCAPNG_OPT_SHB_OS, _text(platform.platform())),
                _option(pcapng.PCAPNG_OPT_SHB_USERAPPL, _text(_program())),
                pcapng.PcapngOptionLE(),
            ]
        )
    )


def _program() -> str:
    return f"upstream patch workbench {__version__}"


def _origin(traces: Sequence[Trace]) -> str:
    reason = next((trace.rebuilt for trace in traces if trace.rebuilt), "")
    if reason:
        return (
            f"RECONSTRUCTED by the {_program()}, not captured: {reason}. Sizes, order and times "
            "are what the sockets of link and client saw; packets, their sequence numbers and "
            "acknowledgements are made up, and bytes that nobody kept are zeros."
        )
    lost = sum(trace.dropped for trace in traces)
    return f"Captured by the {_program()} on the loopback interface." + (
        f" {lost} packets are missing: they came faster than they were kept." if lost else ""
    )


def _ports(trace: Trace) -> str:
    places = [f"{hop.name} listens on port {hop.port}" for hop in trace.hops]
    return "; ".join(places) + "; ports that are not named are those of who connected"


def _interface(traces: Sequence[Trace]) -> bytes:
    rebuilt = any(trace.rebuilt for trace in traces)
    ports = dict.fromkeys(hop.port for trace in traces for hop in trace.hops)
    about = "made up: no interface had these packets" if rebuilt else "loopback"
    if not rebuilt:
        about += "; nobody fills in TCP checksums on it, and packets are up to 64 kB long"
    options = [
        _option(pcapng.PCAPNG_OPT_IF_NAME, b"lo"),
        _option(pcapng.PCAPNG_OPT_IF_DESCRIPTION, _text(about)),
        _option(pcapng.PCAPNG_OPT_IF_TSRESOL, NANOSECONDS),
        # The first byte says that it is in words.
        _option(pcapng.PCAPNG_OPT_IF_FILTER, b"\0" + _text(in_words(tuple(ports)))),
        pcapng.PcapngOptionLE(),
    ]
    return bytes(pcapng.InterfaceDescriptionBlockLE(snaplen=SNAP, opts=options))


def _packet(packet: Packet, said: str) -> bytes:
    options = []
    if said:
        options = [_option(pcapng.PCAPNG_OPT_COMMENT, _text(said)), pcapng.PcapngOptionLE()]
    block = bytearray(
        bytes(
            pcapng.EnhancedPacketBlockLE(
                ts_high=packet.at >> 32,
                ts_low=packet.at & 0xFFFFFFFF,
                pkt_data=packet.frame,
                opts=options,
            )
        )
    )
    # dpkt takes what is there for the packet's length.
    struct.pack_into("<I", block, 24, packet.size)
    return bytes(block)


def _statistics(traces: Sequence[Trace]) -> bytes:
    """How many packets there were, and how many the kernel had to drop; dpkt has no such block."""
    counts = (
        (RECEIVED, sum(len(trace.packets) for trace in traces)),
        (DROPPED, sum(trace.dropped for trace in traces)),
    )
    last = max((packet.at for trace in traces for packet in trace.packets[-1:]), default=0)
    body = struct.pack("<III", 0, last >> 32, last & 0xFFFFFFFF)
    body += b"".join(struct.pack("<HHQ", code, 8, count) for code, count in counts)
    body += struct.pack("<HH", 0, 0)
    size = len(body) + 12
    return struct.pack("<II", STATISTICS, size) + body + struct.pack("<I", size)


def _option(code: int, data: bytes) -> pcapng.PcapngOptionLE:
    return pcapng.PcapngOptionLE(code=code, data=data)


def _text(words: str) -> bytes:
    """As UTF-8, cut where a comment ends, and never in the middle of a character."""
    encoded = words.encode("utf-8", "backslashreplace")[:MOST_TEXT]
    return encoded.decode("utf-8", "ignore").encode()


def in_order(packets: Iterable[Packet]) -> tuple[Packet, ...]:
    """The packets by their time."""
    return tuple(sorted(packets, key=lambda packet: packet.at))
