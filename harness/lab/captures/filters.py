"""A filter for the kernel: which packets of an interface are wanted.

Owns the program in the language of bpf(4), as Linux takes it at a socket
(Documentation/networking/filter.rst). Pure: it must not know sockets.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from .captured import ETHERNET_BYTES, SNAP

TCP: Final = 6
UDP: Final = 17

LOAD_BYTE: Final = 0x30
LOAD_HALF: Final = 0x28
LOAD_HALF_BEHIND: Final = 0x48
HEADER_LENGTH: Final = 0xB1
IF_EQUAL: Final = 0x15
IF_BITS: Final = 0x45
RETURN: Final = 0x06

PROTOCOL: Final = ETHERNET_BYTES + 9
FRAGMENT: Final = ETHERNET_BYTES + 6
NOT_FIRST: Final = 0x1FFF

MOST_PORTS: Final = 100
"""A jump goes 255 instructions far."""

Instruction = tuple[int, int, int, int]
"""What to do, how far to go on if it is so and if it is not, and with which number."""


def to_or_from(ports: Sequence[int]) -> list[Instruction]:
    """Take IPv4 packets of TCP and UDP that come from one of these ports or go to one.

    ValueError for more than ``MOST_PORTS``."""
    if len(ports) > MOST_PORTS:
        raise ValueError(f"a filter takes {MOST_PORTS} ports, not {len(ports)}")
    tests: list[Instruction] = []
    for offset in (0, 2):
        tests.append((LOAD_HALF_BEHIND, 0, 0, ETHERNET_BYTES + offset))
        tests += [(IF_EQUAL, 0, 0, port) for port in ports]
    # Behind the tests stand "return nothing" and "return all of it".
    jumps = [
        (code, len(tests) - place if code == IF_EQUAL else 0, 0, number)
        for place, (code, _, _, number) in enumerate(tests)
    ]
    return [
        (LOAD_BYTE, 0, 0, PROTOCOL),
        (IF_EQUAL, 1, 0, TCP),
        (IF_EQUAL, 0, len(jumps) + 3, UDP),
        (LOAD_HALF, 0, 0, FRAGMENT),
        (IF_BITS, len(jumps) + 1, 0, NOT_FIRST),
        (HEADER_LENGTH, 0, 0, ETHERNET_BYTES),
        *jumps,
        (RETURN, 0, 0, 0),
        (RETURN, 0, 0, SNAP),
    ]


def encoded(program: Sequence[Instruction]) -> bytes:
    """The program as the kernel wants it: an array of ``struct sock_filter``."""
    return b"".join(struct.pack("=HBBI", *each) for each in program)


def in_words(ports: Sequence[int]) -> str:
    """The same filter as tcpdump would be told it."""
    return " or ".join(f"tcp port {port}" for port in ports)
