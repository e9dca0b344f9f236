"""How the exceptions of Python's HTTP clients map to endings.

Owns that one table. Libraries wrap each other's errors, so the whole chain of
causes is looked at, the innermost first. EOF and RST are both a cut: which of
them a library reports depends on whether it was reading or writing just then.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..observation import Ending

WORDS: tuple[tuple[tuple[str, ...], Ending], ...] = (
    (("RemoteDisconnected", "IncompleteRead", "ServerDisconnected"), Ending.CUT),
    (("ConnectionReset", "BrokenPipe", "ConnectionAborted"), Ending.CUT),
    (("ConnectionRefused",), Ending.REFUSED),
    (("Timeout",), Ending.HUNG),
)
"""Parts of exception names, the first match decides."""

SAYINGS: tuple[tuple[tuple[str, ...], Ending], ...] = (
    (("reset by peer", "broken pipe", "without sending", "disconnected"), Ending.CUT),
    (("not enough data", "without response", "end of file"), Ending.CUT),
    (("timed out", "timeout"), Ending.HUNG),
)
"""The same by what an exception says, for names that say nothing."""


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    pending: list[BaseException] = [error]
    found = []
    while pending:
        one = pending.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        found.append(one)
        inner = [one.__cause__, one.__context__, *one.args]
        pending += [e for e in inner if isinstance(e, BaseException)]
    yield from reversed(found)


def ending_of(error: BaseException) -> tuple[Ending, str]:
    """The ending that an exception of a client stands for, and its reason."""
    for one in _chain(error):
        name = type(one).__name__
        for words, ending in WORDS:
            if any(word in name for word in words):
                return ending, ""
    for one in _chain(error):
        for words, ending in SAYINGS:
            if any(word in str(one).lower() for word in words):
                return ending, ""
    return Ending.MALFORMED, type(error).__name__
