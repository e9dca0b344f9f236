"""The kernel's filter takes what it should: its program is carried out step by step."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest
from support.packets import ethernet, ip_packet

from harness.lab.captures import filters
from harness.lab.captures.captured import SNAP
from harness.lab.captures.filters import Instruction, encoded, in_words, to_or_from

PORTS = (80, 8000, 443)


def carried_out(program: Sequence[Instruction], frame: bytes) -> int:
    """What a program returns: how many bytes of the packet to keep."""
    value = index = place = 0
    while True:
        code, far, near, number = program[place]
        place += 1
        if code == filters.RETURN:
            return number
        if code == filters.LOAD_BYTE:
            value = frame[number]
        elif code == filters.HEADER_LENGTH:
            index = (frame[number] & 0xF) * 4
        elif code in (filters.LOAD_HALF, filters.LOAD_HALF_BEHIND):
            start = number + (index if code == filters.LOAD_HALF_BEHIND else 0)
            (value,) = struct.unpack_from(">H", frame, start)
        else:
            is_so = value == number if code == filters.IF_EQUAL else bool(value & number)
            place += far if is_so else near


def frame(source: int, target: int, **changes: int) -> bytes:
    packet = bytearray(ip_packet(("127.0.0.1", source), ("127.0.0.1", target)))
    packet[9] = changes.get("protocol", 6)
    packet[6:8] = changes.get("fragment", 0).to_bytes(2, "big")
    return ethernet(bytes(packet))


@pytest.mark.parametrize("ports", [PORTS[:1], PORTS, range(1, 101)])
def test_packets_to_and_from_the_ports(ports: Sequence[int]) -> None:
    program = to_or_from(ports)
    for port in ports:
        assert carried_out(program, frame(port, 50_000)) == SNAP
        assert carried_out(program, frame(50_000, port)) == SNAP
        assert carried_out(program, frame(50_000, port, protocol=17)) == SNAP
        assert carried_out(program, frame(50_000, port, protocol=1)) == 0
        assert carried_out(program, frame(50_000, port, fragment=1)) == 0
        assert carried_out(program, frame(50_000, port, fragment=0x4000)) == SNAP
    assert carried_out(program, frame(50_000, 50_001)) == 0


def test_as_the_kernel_wants_it() -> None:
    assert len(encoded(to_or_from(PORTS))) == 8 * len(to_or_from(PORTS))
    assert in_words(PORTS) == "tcp port 80 or tcp port 8000 or tcp port 443"
    with pytest.raises(ValueError, match="100 ports"):
        to_or_from(range(101))
