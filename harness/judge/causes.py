"""Breakages that have one cause, under one name. Pure.

Owns: what makes two reasons the same. May know only ``model``. A hang is apart
from everything else; so is a test double that lacks what the real thing has,
which says something about the test and nothing about the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from ..model import Change, ChangeKind, Status

HANG = "hang"
CRASH = "crash"
IMPORT = "can not be imported with the patch"
SLOWER = "passes, but only after a long wait"
TIMEOUTS = ("TimeoutError", "timeout:", "timeout", "socket.timeout")
MISSING = re.compile(r"'(?P<type>[\w.]+)' object has no attribute '(?P<name>\w+)'")


def group_of(change: Change, real: Sequence[type] = ()) -> str:
    """The group's name; the same for all changes that have the same cause.

    ``real`` are what the upstream's test doubles stand in for.
    """
    if change.wait:
        return f"{change.kind}: {change.wait.name}"
    if change.patched is Status.HUNG or change.reason.startswith(TIMEOUTS):
        return HANG
    if change.kind is ChangeKind.SLOWER:
        return SLOWER
    if change.patched is Status.CRASHED:
        return CRASH
    missing = MISSING.search(change.reason)
    if missing and any(hasattr(each, missing["name"]) for each in real):
        return f"stub artefact: the test's stand-in has no `{missing['name']}`"
    reason = re.sub(r"0x[0-9a-f]+|\d+", "N", change.reason)
    return reason[:120] or f"{change.base} to {change.patched}"


def grouped(changes: Iterable[Change], real: Sequence[type] = ()) -> list[Change]:
    """The changes with their groups; ``real`` as in ``group_of``."""
    return [msgspec.structs.replace(change, group=group_of(change, real)) for change in changes]


def by_group(changes: Iterable[Change]) -> list[tuple[str, Sequence[Change]]]:
    """The groups in the order of a report: modules that do not even import, hangs, and then
    the largest first; what only takes another time comes last."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.group, []).append(change)
    return sorted(groups.items(), key=lambda item: (_rank(*item), -len(item[1]), item[0]))


def _rank(group: str, changes: Sequence[Change]) -> int:
    """What explains other changes comes before them."""
    first = (IMPORT, HANG)
    if all(change.wait for change in changes):
        return len(first) + 1
    return first.index(group) if group in first else len(first)
