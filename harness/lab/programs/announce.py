"""Tell the parent the port, once the server listens.

Hooks the one place that every socketserver passes, after the real method, so
that the server under test runs exactly its own code.  Standard library only,
Python 3.6+.
"""

import functools
import os
import signal
import socketserver
import sys
import threading

PR_SET_PDEATHSIG = 1


def begin():
    """Start like a program at a terminal, but do not outlive the parent.

    SIGINT may have been inherited as ignored (from a background job of a shell),
    and then Ctrl-C would stop no Python.  And whoever kills the parent does not
    reach us, since a server has a process group of its own: prctl(2), on Linux."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes
    except ImportError:  # a Python that was built without libffi
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def say(word, *values):
    """One line to the parent: `lab: WORD VALUE…`.

    On a line of its own, whatever somebody else has begun to print."""
    line = " ".join(["lab:", word] + [str(value) for value in values])
    sys.__stdout__.write("\n" + line + "\n")
    sys.__stdout__.flush()


def on_listen(obey=False):
    """From now on each socketserver that starts to listen says `ready PORT`.

    With `obey`, its `shutdown()` is called as soon as a line comes on standard input,
    and `shut` tells that it has returned."""
    activate = socketserver.TCPServer.server_activate

    @functools.wraps(activate)
    def server_activate(self):
        activate(self)
        if obey:
            threading.Thread(target=_obey, args=(self,), daemon=True).start()
        say("ready", self.socket.getsockname()[1])

    socketserver.TCPServer.server_activate = server_activate


def _obey(server):
    # Not sys.stdin, whose lock would be held when the interpreter ends.
    if os.read(0, 1):
        # Waited for at the end of the interpreter, which this thread is not.
        threading.Thread(target=_shut_down, args=(server,), daemon=False).start()


def _shut_down(server):
    server.shutdown()
    say("shut")
