"""Every number of seconds that the lab waits, by name and with its purpose.

Owns the numbers; knows nothing else. A deadline is the end of patience, never
an expected duration: on a healthy wire each of these events takes milliseconds.
All values are seconds.
"""

from __future__ import annotations

from typing import Final

BOOT: Final = 30.0
"""A server child prints its readiness line (an old Django on a busy machine)."""

STOP: Final = 3.0
"""A server that was asked to stop has ended: a person at the keyboard waits this long."""

PROMPT: Final = 1.5
"""Nobody is waited for: ``shutdown()`` returns, or the next client is served. Far above
what that takes (``serve_forever()`` looks every 0.5 s whether to stop), and below the
2 s for which servers usually linger."""

REAP: Final = 5.0
"""A killed process group, a closed link or a joined thread is really gone."""

CONNECT: Final = 2.0
"""A TCP connection to a listening port of this machine is accepted."""

HUNG: Final = 2.0
"""No byte and no FIN for this long means that nothing will come any more."""

FREE: Final = 2.0
"""A server has let go of a connection that its client has left."""

LOCKOUT: Final = 3.0
"""How long one client may keep a single-threaded server from serving the next."""

HOLD: Final = 0.15
"""How long a link or a reader holds the response back so that it is still in
flight when a server that closes first does so. It has to be far above the time
between a server's last write and its close (microseconds), and below the time
that a patched server may be expected to wait for its client."""

PACE: Final = 0.002
"""Pause of the slow link between two pieces."""

POLL: Final = 0.005
"""The least pause between two looks at a process's sockets, which offer no event to wait for."""

POLL_SHARE: Final = 0.1
"""The pause as a share of the time that was waited already, where that is more."""

GATE: Final = 8.0
"""A gated stream waits for its gate; longer than HUNG, so that the client speaks first."""

LINE: Final = 5.0
"""A program of ours answers a line that was written to it."""

TAIL: Final = 0.25
"""Connections that both sides have left are over on the wire as well: the last packets
follow the last system call in microseconds, unless the machine is busy."""
