"""Starts a program of the user's that goes on when the workbench has ended.

Owns: that it holds nothing of ours: no stream, no terminal, no process group. Must not know
which program it is. Whatever the workbench itself needs goes through ``processes``.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from .processes import MARK


def leave_running(argv: Sequence[str], env: dict[str, str], seconds: float) -> int | None:
    """Start it, and give its exit status if it ends within so many seconds; else None.

    Raises ``OSError`` if it can not be started.
    """
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(
        argv,
        env={name: value for name, value in env.items() if name != MARK},
        stdin=nothing,
        stdout=nothing,
        stderr=nothing,
        start_new_session=True,
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
