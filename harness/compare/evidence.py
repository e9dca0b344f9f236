"""What a reader of a judgement wants to see for himself: the diff, and the end of an output.

Owns: how much of both a report takes along. Must not know what they show. Both are text
that a patch or its tests have written.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from ..model import Change, Judgement, PatchText
from ..sources.provider import Provider
from ..trees.repository import safe
from .comparison import Comparison

MOST_BYTES = 200_000  # of all diffs of a judgement; those of most patches have a few thousand
# Git and patch(1) pass over a line that begins so.
LEFT_OUT = "\\ {:,} more bytes are left out\n"
LOG_END = 2_000  # characters
MOST_BYTES_OF_ONE = 4  # that a character takes in UTF-8


class Evidence:
    """Adds it to judgements, when a report is made of them."""

    def __init__(self, provider: Provider) -> None:
        self._trees = provider.trees
        self._root = provider.home.root

    def added(self, comparison: Comparison, judged: Judgement) -> Judgement:
        """A judgement with the diffs that it is about, and the ends of outputs."""
        ends = self._log_ends(judged.changes)
        return msgspec.structs.replace(
            judged,
            patches=tuple(self._patches(comparison)),
            changes=tuple(
                msgspec.structs.replace(each, log_end=end) if end else each
                for each, end in zip(judged.changes, ends, strict=True)
            ),
        )

    def _patches(self, comparison: Comparison) -> Iterator[PatchText]:
        """The difference between the trees, so that it has the lines of the files that ran."""
        left = MOST_BYTES
        for old, new in zip(comparison.base_trees, comparison.patched_trees, strict=True):
            if old == new:
                continue
            upstream = old.base.upstream
            stack = comparison.stack.on(upstream)
            name = "+".join(each.name for each in stack.names)
            data = self._trees.difference(old, new).encode("utf-8", "surrogateescape")
            text = at_most(data, left)
            left -= min(left, len(data))
            yield PatchText(str(stack), upstream, f"{safe(f'{upstream}-{name}')}.diff", text)

    def _log_ends(self, changes: Iterable[Change]) -> Iterator[str]:
        """The end of each change's log; nothing where it is known already, or of no interest."""
        known: set[str] = set()
        for change in changes:
            is_wanted = change.kind.is_worse and change.confirmed and change.log not in known
            yield end_of(self._root / change.log) if change.log and is_wanted else ""
            if is_wanted:
                known.add(change.log)


def end_of(path: Path) -> str:
    """The last characters of a file of text; nothing if it can not be read, or is no file.

    What is no UTF-8 is replaced.
    """
    most = LOG_END * MOST_BYTES_OF_ONE
    with suppress(OSError):
        # A job without a sandbox could have put a pipe there, or a link to what is none of
        # its business.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as stream:
            found = os.fstat(descriptor)
            if stat.S_ISREG(found.st_mode):
                stream.seek(max(0, found.st_size - most))
                return stream.read(most).decode("utf-8", "replace")[-LOG_END:]
    return ""


def at_most(data: bytes, most: int) -> str:
    """A diff, or its first whole lines and how much is missing."""
    kept = data
    if len(data) > most:
        kept = data[: data.rfind(b"\n", 0, most) + 1]
    text = kept.decode("utf-8", "replace")
    return text if len(kept) == len(data) else text + LEFT_OUT.format(len(data) - len(kept))
