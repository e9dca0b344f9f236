"""Breakages that have one cause, under one name. Pure.

Owns: what makes two reasons the same. May know only ``model``. A hang is apart
from everything else; so is a test double that lacks what the real socket has,
which says something about the test and nothing about the server.
"""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Iterable, Sequence

import msgspec

from ..model import Change, ChangeKind, Status

HANG = "hang"
CRASH = "crash"
SLOWER = "passes, but only after a long wait"
TIMEOUTS = ("TimeoutError", "timeout:", "timeout", "socket.timeout")
MISSING = re.compile(r"'(?P<type>[\w.]+)' object has no attribute '(?P<name>\w+)'")
# What handlers are given when they run for real.
REAL = (io.BufferedReader, io.BufferedWriter, socket.socket)


def group_of(change: Change) -> str:
    """The group's name; the same for all changes that have the same cause."""
    if change.patched is Status.HUNG or change.reason.startswith(TIMEOUTS):
        return HANG
    if change.kind is ChangeKind.SLOWER:
        return SLOWER
    if change.patched is Status.CRASHED:
        return CRASH
    missing = MISSING.search(change.reason)
    if missing and any(hasattr(real, missing["name"]) for real in REAL):
        return f"stub artefact: the test's stand-in has no `{missing['name']}`"
    reason = re.sub(r"0x[0-9a-f]+|\d+", "N", change.reason)
    return reason[:120] or f"{change.base} to {change.patched}"


def grouped(changes: Iterable[Change]) -> list[Change]:
    """The changes with their groups."""
    return [msgspec.structs.replace(change, group=group_of(change)) for change in changes]


def by_group(changes: Iterable[Change]) -> list[tuple[str, Sequence[Change]]]:
    """The groups in the order of a report: hangs first, then the largest."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.group, []).append(change)
    return sorted(groups.items(), key=lambda item: (item[0] != HANG, -len(item[1]), item[0]))
