"""Brings up the loopback interface of a new network namespace, then runs a command.

For machines that have unshare(1) but no bubblewrap; ip(8) may be missing there.
The request numbers are those of netdevice(7).
"""

import fcntl
import os
import socket
import struct
import sys

SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    request = struct.pack("16sh14s", b"lo", 0, b"")
    flags = struct.unpack("16sh14s", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
    fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14s", b"lo", flags | IFF_UP, b""))

os.execvp(sys.argv[1], sys.argv[1:])
