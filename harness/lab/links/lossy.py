"""A link that loses packets, so that the kernel has to send them again.

Owns a table of nftables rules for one server's port, there while the link is
open. The client talks to the server itself: between them is the loopback
interface, which drops some of the packets that carry the server's data.

Rules reach all that share a network namespace, so this is done only in one that
was made for the purpose: not the machine's own, and with nothing but loopback.

Every third packet, not a random choice: two in a row are never lost, so that no
connection stalls for longer than a deadline, and the first always is, so that no
exchange goes by without a loss. Packets without data pass (the handshake, FIN,
RST): a lost SYN costs a second, and a reset is never sent again.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from .. import deadlines
from ..observation import Recorder
from ..servers import Address

EVERY: Final = 3
"""One packet with data out of so many is dropped."""

EMPTY: Final = 100
"""Bytes: no IPv4 packet with TCP's headers and options but without data is longer."""

SYSCTLS: Final = Path("/proc/sys/net/core")

COUNTED: Final = re.compile(r"counter packets (\d+) bytes (\d+)")

_numbers = itertools.count()


def _rules(table: str, port: int) -> str:
    # At "input": what is dropped at "output" looks like a full queue to the sender.
    return f"""
table ip {table} {{
  chain loss {{
    type filter hook input priority 0; policy accept;
    iif "lo" tcp sport {port} ip length > {EMPTY} numgen inc mod {EVERY} == 0 counter drop
  }}
}}
"""


def _program() -> str | None:
    # It stands in sbin, which is not on everybody's path.
    where = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    return shutil.which("nft", path=where)


def not_installed() -> str:
    """What has to be installed for it; empty when it is."""
    if _program():
        return ""
    return "the lossy link needs nft: install the package nftables (apt-get install nftables)"


def _nft(*words: str, rules: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_program() or "nft", *words],
        input=rules,
        capture_output=True,
        text=True,
        timeout=deadlines.REAP,
        check=False,
    )


def own_namespace() -> bool:
    """Whether this process is in a network namespace that somebody made, in which
    there is nothing but the loopback interface; False when that is not certain.

    Linux shows the settings of the whole machine's network in its first namespace
    only (net/core/sysctl_net_core.c), those of a namespace in each."""
    whole, each = SYSCTLS / "netdev_max_backlog", SYSCTLS / "somaxconn"
    if whole.exists() or not each.exists():
        return False
    return [name for _, name in socket.if_nameindex()] == ["lo"]


@cache
def missing() -> str:
    """Why the link cannot be had here; empty when it can."""
    if not own_namespace():
        return (
            "the lossy link drops packets, and does so only in a network namespace of its own: "
            "where user namespaces are allowed, run this under "
            "unshare --map-root-user --net sh -c 'ip link set lo up && exec \"$@\"' -"
        )
    if lacking := not_installed():
        return lacking
    tried = _nft("--check", "--file", "-", rules=_rules("lab_probe", 1))
    if tried.returncode:
        why = (tried.stderr.strip().splitlines() or ["no reason given"])[0]
        return (
            "the lossy link needs CAP_NET_ADMIN in this network namespace, which a sandbox may "
            f"have dropped, and a kernel with nftables; nft says: {why}"
        )
    return ""


@contextmanager
def lossy(server: Address, recorder: Recorder) -> Iterator[Address]:
    """Lose packets from ``server`` while the block runs; RuntimeError where ``missing``
    has a reason, or when nft does not do what it was told."""
    if why := missing():
        raise RuntimeError(why)
    table = f"lab_{os.getpid()}_{next(_numbers)}"
    _nft_output("--file", "-", rules=_rules(table, server[1]))
    try:
        yield server
    finally:
        lost = COUNTED.search(_nft_output("list", "table", "ip", table))
        _nft_output("delete", "table", "ip", table)
        if lost and int(lost[1]):
            recorder.note("lossy", f"lost {lost[1]} packets,", int(lost[2]))


def _nft_output(*words: str, rules: str = "") -> str:
    done = _nft(*words, rules=rules)
    if done.returncode:
        raise RuntimeError(
            f"nft {' '.join(words)} failed with status {done.returncode}: {done.stderr.strip()}"
        )
    return done.stdout
