"""Packets as the loopback interface carries them: a packet socket, packet(7).

Owns the socket, its filter, and the thread that empties it. It must not know exchanges.
Nothing here waits for time to pass: a marker, a datagram to a port of our own, is sent
behind what matters, and when it is seen, all that was before it has been seen.

The socket asks for IPv4 packets, and so sees each of them once, as it arrives; one that
asked for all kinds would see it twice on this interface, once as it leaves.
"""

from __future__ import annotations

import ctypes
import select
import socket
import struct
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from .. import deadlines
from .captured import ETHERNET_BYTES, SNAP, Hop, Packet, Trace
from .filters import UDP, encoded, to_or_from

INTERFACE: Final = "lo"
ETH_P_IP: Final = 0x0800  # linux/if_ether.h

# Names that Python's socket module lacks: asm-generic/socket.h, linux/if_packet.h.
SO_ATTACH_FILTER: Final = 26
SO_RCVBUFFORCE: Final = 33
SO_TIMESTAMPNS: Final = 35
SOL_PACKET: Final = 263
PACKET_STATISTICS: Final = 6

BUFFER: Final = 64 << 20
"""Bytes that the kernel keeps for us where it lets us say so."""

LIMIT: Final = 256 << 20
"""Bytes of packets that are kept whole; of later ones only the headers are."""

HEADERS: Final = 128
"""Bytes that hold every header of a TCP packet over IPv4."""

MOST: Final = 1_000_000
"""Packets that are kept at all."""

FIN, SYN, RST = 0x01, 0x02, 0x04
MARKER: Final = struct.Struct("=8sQ")
MAGIC: Final = b"lab mark"


class CannotCapture(Exception):
    """Why packets cannot be captured here, in words for the user."""


class Sniffer:
    """A packet socket on the loopback interface, and what it has seen.

    CannotCapture where the machine has none, does not allow it, or shows nothing."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._packets: list[Packet] = []
        self._bytes = 0
        self._open: dict[tuple[int, int], set[int]] = {}
        self._seen, self._sent, self._last = 0, 0, 0
        self._cut = 0
        self._hops: tuple[Hop, ...] = ()
        self._socket = _packet_socket()
        self._marker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._marker.bind(("127.0.0.1", 0))
        self._wake, self._woken = socket.socketpair()
        self.watch(())
        self._socket.bind((INTERFACE, ETH_P_IP))
        self._thread = threading.Thread(target=self._read, name="sniffer", daemon=True)
        self._thread.start()
        if not self._mark():
            self.close()
            raise CannotCapture(f"the interface {INTERFACE} shows no packets")

    def watch(self, hops: Sequence[Hop]) -> None:
        """From now on, keep the TCP packets to and from these hops' ports."""
        self._hops = tuple(hops)
        ports = [self._marker.getsockname()[1], *dict.fromkeys(hop.port for hop in hops)]
        program = encoded(to_or_from(ports))
        array = ctypes.create_string_buffer(program, len(program))
        fprog = struct.pack("@HP", len(program) // 8, ctypes.addressof(array))
        self._socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, fprog)

    def take(self) -> Trace:
        """Every packet since the last call, once the connections that were seen to open
        have ended; after ``deadlines.TAIL`` one that is still open is not waited for."""
        with self._changed:
            self._changed.wait_for(lambda: not self._open, deadlines.TAIL)
        if not self._mark():
            raise CannotCapture(f"the interface {INTERFACE} shows no more packets")
        _, dropped = struct.unpack("=II", self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        with self._changed:
            packets, self._packets = tuple(self._packets), []
            dropped, self._cut = dropped + self._cut, 0
            self._open.clear()
        return Trace(self._hops, packets, dropped)

    def close(self) -> None:
        """End the thread and close everything."""
        self._wake.send(b"x")
        self._thread.join(deadlines.REAP)
        for each in (self._socket, self._marker, self._wake, self._woken):
            each.close()
        if self._thread.is_alive():
            raise RuntimeError("the sniffer did not end")

    def _mark(self) -> bool:
        """Send a marker behind everything so far; whether it is seen."""
        self._sent += 1
        self._marker.sendto(MARKER.pack(MAGIC, self._sent), self._marker.getsockname())
        with self._changed:
            return self._changed.wait_for(lambda: self._seen >= self._sent, deadlines.CONNECT)

    def _read(self) -> None:
        room = bytearray(SNAP)
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        poll.register(self._woken, select.POLLIN)
        while True:
            try:
                size, ancillary, _, _ = self._socket.recvmsg_into([room], 64, socket.MSG_TRUNC)
            except BlockingIOError:
                if any(fd == self._woken.fileno() for fd, _ in poll.poll()):
                    return
                continue
            except OSError:
                return  # the interface has gone down
            self._keep(memoryview(room)[: min(size, SNAP)], size, _time(ancillary))

    def _keep(self, frame: memoryview, size: int, at: int) -> None:
        if len(frame) < ETHERNET_BYTES + 20:
            return
        behind = ETHERNET_BYTES + ((frame[ETHERNET_BYTES] & 0x0F) << 2)
        with self._changed:
            if frame[ETHERNET_BYTES + 9] == UDP:
                self._note_marker(bytes(frame[behind + 8 :]))
                return
            if len(self._packets) >= MOST:
                self._cut += 1
                return
            # The kernel begins to stamp packets a moment after it was asked to; until then
            # their time is that of the reading, which can be later than the next one's stamp.
            self._last = max(self._last, at)
            kept = frame if self._bytes < LIMIT else frame[:HEADERS]
            self._bytes += len(kept)
            self._packets.append(Packet(self._last, bytes(kept), size))
            self._follow(frame[behind : behind + 14])

    def _note_marker(self, data: bytes) -> None:
        if len(data) == MARKER.size:
            magic, number = MARKER.unpack(data)
            if magic == MAGIC:
                self._seen = number
                self._changed.notify_all()

    def _follow(self, header: memoryview) -> None:
        """Keep account of which connections are open."""
        if len(header) < 14:
            return
        source, target = struct.unpack(">HH", header[:4])
        key, flags = (min(source, target), max(source, target)), header[13]
        if flags & SYN:
            self._open[key] = set()
        if flags & FIN and key in self._open:
            self._open[key].add(source)
        if flags & RST or len(self._open.get(key, ())) == 2:
            self._open.pop(key, None)
            self._changed.notify_all()


def _packet_socket() -> socket.socket:
    """A packet socket that takes nothing yet. CannotCapture says why there is none."""
    family = getattr(socket, "AF_PACKET", None)
    if family is None:
        raise CannotCapture("packet sockets are Linux's")
    try:
        made = socket.socket(family, socket.SOCK_RAW, 0)
    except PermissionError:
        raise CannotCapture("packet sockets need the capability CAP_NET_RAW") from None
    except OSError as error:
        raise CannotCapture(f"no packet socket: {error.strerror or error}") from None
    made.setblocking(False)
    try:
        made.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
    except OSError:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    made.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    return made


def _time(ancillary: Sequence[tuple[int, int, bytes]]) -> int:
    """When a packet passed, in nanoseconds since the epoch."""
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            with suppress(struct.error):
                seconds, rest = struct.unpack("@ll", data)
                return int(seconds) * 1_000_000_000 + int(rest)
    return time.time_ns()
