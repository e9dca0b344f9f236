"""Giving up the right to open packet sockets.

Owns one call of capset(2). Whoever captures opens its socket, gives the right up, and only
then starts what is under test. In a job's sandbox nobody gets it back: bubblewrap sets
no_new_privs, so that not even a program of root's has more rights than who started it.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from typing import Final

CAP_NET_RAW: Final = 13  # linux/capability.h
VERSION: Final = 0x20080522  # two words of 32 rights each


def give_up_packet_sockets() -> None:
    """Take CAP_NET_RAW from this thread and those it will start; OSError if it stays."""
    if sys.platform != "linux":
        return  # there are none to be had
    libc = ctypes.CDLL(None, use_errno=True)
    header = ctypes.create_string_buffer(struct.pack("=Ii", VERSION, 0), 8)
    rights = ctypes.create_string_buffer(24)
    if libc.capget(header, rights):
        raise OSError(ctypes.get_errno(), "capget")
    # Effective, permitted, inheritable; then the same for the rights from 32 on.
    words = [word & ~(1 << CAP_NET_RAW) for word in struct.unpack("=3I", rights.raw[:12])]
    lowered = struct.pack("=3I", *words) + rights.raw[12:24]
    header = ctypes.create_string_buffer(struct.pack("=Ii", VERSION, 0), 8)
    if libc.capset(header, ctypes.create_string_buffer(lowered, 24)):
        raise OSError(ctypes.get_errno(), "capset")
