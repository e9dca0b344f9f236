"""Brings up the loopback interface of a new network namespace, then runs a command.

For machines that have unshare(1) but no bubblewrap; ip(8) may be missing there.
The request numbers are those of netdevice(7).

In a namespace of processes it stays as the first one, as bubblewrap's does: to the first
process the kernel delivers no signal that it sends itself (pid_namespaces(7)), so that a
command that kills itself would go on, and nobody would wait for orphans.
"""

import fcntl
import os
import signal
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

child = 0 if os.getpid() != 1 else os.fork()
if not child:
    os.execvp(sys.argv[1], sys.argv[1:])

# Whoever stops the command by the keyboard lets it end in its own way.
signal.signal(signal.SIGINT, signal.SIG_IGN)
ended = status = 0
while ended != child:
    ended, status = os.wait()
os._exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
