"""The commits between good and bad, and which way round they are.

Owns: reading two SPECs as a range of one history. Must not know tests.
"""

from __future__ import annotations

from typing import NamedTuple

from ..model import Answer, RequestError
from ..trees.history import Commit, History


class CommitRange(NamedTuple):
    """A line of commits, oldest first; how the first is said to behave, and a remark."""

    line: tuple[Commit, ...]
    first: Answer
    note: str = ""


def range_of(history: History, good: str, bad: str) -> CommitRange:
    """The commits between two SPECs.

    Good may be the newer one: then a mending is searched. Where the two are on different
    branches, it is the bad one's since these parted. Raises ``RequestError`` for one commit,
    and for two that have nothing in common.
    """
    old, new = history.commit(good), history.commit(bad)
    if old == new:
        raise RequestError(f"good and bad are the same commit, {old[:10]}; name two different ones")
    if history.is_ancestor(old, new):
        return CommitRange(tuple(history.line(old, new)), Answer.GOOD)
    if history.is_ancestor(new, old):
        return CommitRange(tuple(history.line(new, old)), Answer.BAD)
    base = history.merge_base(old, new)
    if not base:
        raise RequestError(
            f"{good} and {bad} are on branches that never met; name two of one history"
        )
    note = f"{good} is on another branch than {bad}: searched from {base[:10]}, where they parted"
    return CommitRange(tuple(history.line(base, new)), Answer.GOOD, note)
