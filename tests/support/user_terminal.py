"""A terminal of its own for a program under test, as a user's shell gives it one."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
# Whoever can open /dev/tty now can ask there, whatever its standard input is.
TAKE = "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"


def shown_by(code: str, *words: str, until: str, env: Mapping[str, str]) -> str:
    """What a terminal shows while Python code runs on it, to the end or to the word ``until``.

    Code that waits for an answer after that word is ended.
    """
    master, slave = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", TAKE + code, *words],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env={**env, "PYTHONPATH": str(PROJECT)},
    ) as process:
        os.close(slave)
        shown = b""
        # Linux says EIO when nobody has the terminal open any more, pty(7).
        with contextlib.suppress(OSError):
            while until.encode() not in shown and (more := os.read(master, 4096)):
                shown += more
        process.kill()
    os.close(master)
    return shown.decode("utf-8", "replace")
