"""Keeps a job away from the rest of the machine, with what the machine offers.

Owns: the command line of bubblewrap, and of util-linux's unshare where there is
no bubblewrap. Must not know suites or trees.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from ..model import Isolation, Value
from . import processes

PROBE_SECONDS = 10.0
LOOPBACK = Path(__file__).parent / "programs" / "loopback.py"


class FileAccess(Value, frozen=True):
    """What a job may touch: folders it may write, folders it may read.

    Everything else in the user's home folder is hidden, and all other folders
    can only be read. With ``captures`` it may open packet sockets, in its own network.
    """

    writable: tuple[str, ...]
    readable: tuple[str, ...]
    captures: bool = False


@functools.cache
def level() -> Isolation:
    """What this machine offers, found out by trying."""
    reach = FileAccess(writable=(), readable=())
    for isolation in (Isolation.SANDBOX, Isolation.NETWORK_ONLY):
        tried = processes.run_quietly(
            wrap([sys.executable, "-c", ""], reach, isolation), PROBE_SECONDS
        )
        if tried:
            return isolation
    return Isolation.NONE


def wrap(argv: Sequence[str], reach: FileAccess, isolation: Isolation) -> list[str]:
    """``argv`` as it has to be called to run inside the sandbox."""
    if isolation is Isolation.SANDBOX:
        return ["bwrap", *_bubblewrap(reach), "--", *argv]
    if isolation is Isolation.NETWORK_ONLY:
        return [*_unshare(), "--", sys.executable, "-I", "-S", str(LOOPBACK), *argv]
    return list(argv)


@functools.cache
def _unshare() -> tuple[str, ...]:
    """A network of its own, and processes of its own where /proc can show them.

    With the /proc of the rest of the machine a process would find strangers under the
    numbers of its children; a container may refuse to mount another one.
    """
    network = ("unshare", "--map-root-user", "--net")
    processes_too = (*network, "--pid", "--fork", "--kill-child", "--mount-proc")
    works = processes.run_quietly([*processes_too, "--", sys.executable, "-c", ""], PROBE_SECONDS)
    return processes_too if works else network


def _bubblewrap(reach: FileAccess) -> list[str]:
    words = ["--die-with-parent", "--unshare-net", "--unshare-pid", "--unshare-ipc"]
    # Started by root, bubblewrap would leave all capabilities, and with them the way
    # to mount everything writable again. The one that stays is for the wire lab's
    # lossy link; it reaches as far as the job's own network.
    words += ["--unshare-user", "--cap-drop", "ALL", "--cap-add", "CAP_NET_ADMIN"]
    if reach.captures:
        # Never for a suite, only for the lab by hand, and the lab gives it up before it
        # starts a server. There is nothing else to listen to: the network is a new one with
        # a loopback interface alone, and packets cannot leave it.
        words += ["--cap-add", "CAP_NET_RAW"]
    words += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    words += ["--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--tmpfs", "/run"]
    home = str(Path.home())
    if home != "/":
        words += ["--tmpfs", home]
    # Python needs its own files even when they are in the folder that is hidden.
    for folder in _outermost([*reach.readable, *_own_python()]):
        words += ["--ro-bind", folder, folder]
    for folder in reach.writable:
        words += ["--bind", folder, folder]
    return words


def _own_python() -> list[str]:
    return [os.path.realpath(path) for path in {sys.prefix, sys.base_prefix} if path != "/usr"]


def _outermost(folders: Sequence[str]) -> list[str]:
    ordered = sorted({os.path.abspath(folder) for folder in folders}, key=len)
    kept: list[str] = []
    for folder in ordered:
        if not any(folder == k or folder.startswith(k.rstrip("/") + "/") for k in kept):
            kept.append(folder)
    return kept


def how_to_improve(isolation: Isolation) -> str:
    """One line that says what is missing, or nothing."""
    if isolation is Isolation.SANDBOX:
        return ""
    what = "the network is shut off, but files are not protected"
    if isolation is Isolation.NONE:
        what = "patches under test can reach the network and your files"
    hint = "allow user namespaces" if shutil.which("bwrap") else "install bubblewrap"
    return f"isolation: {isolation}: {what}; {hint} for a full sandbox"
