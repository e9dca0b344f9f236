"""Where in the files of a patched tree a test's change belongs. Pure.

Owns: the choice of lines. Must not know SARIF or any other form. What a broken test is about
is the changed code that it ran; where that is not known, all that the patch changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from unidiff import Hunk, PatchedFile, PatchSet
from unidiff.errors import UnidiffParseError

from ..model import FileReach, Judgement, PatchText


class Place(NamedTuple):
    """Lines of a file of ``upstream``, the first and the last; 0 where none are known."""

    upstream: str
    path: str
    first: int = 0
    last: int = 0


class Places:
    """The places of one judgement."""

    def __init__(self, judged: Judgement) -> None:
        """Read what the judgement knows of its patches."""
        self._reached = judged.reach.files if judged.reach else ()
        self._changed = _without_tests(
            [place for patch in judged.patches for place in changed_lines(patch)], self._reached
        )

    @property
    def everything(self) -> list[Place]:
        """What the patch changes, a place at least for each file."""
        return self._changed or [Place(file.upstream, file.path) for file in self._reached]

    def of(self, test: str) -> list[Place]:
        """The changed lines that this test ran; else the file that it is named after, as those
        are that check whether a file can be imported; else ``everything``."""
        ran = [place for file in self._reached for place in _ran_by(file, test)]
        return ran or [place for place in self.everything if place.path == test] or self.everything

    def unreached(self) -> Iterator[Place]:
        """Changed lines that no test ran."""
        for file in self._reached:
            for first, last in file.unreached:
                yield Place(file.upstream, file.path, first, last)


def changed_lines(patch: PatchText) -> list[Place]:
    """What a diff adds, or the line at which it only takes away; none of files that it removes.

    A text that was cut counts as far as its last whole file.
    """
    try:
        files = PatchSet(patch.text)
    except UnidiffParseError:
        files = PatchSet(patch.text[: patch.text.rfind("\ndiff --git ") + 1])
    return [
        Place(patch.upstream, file.path, *lines)
        for file in files
        if not file.is_removed_file
        for lines in _lines(file) or [(0, 0)]
    ]


def _lines(file: PatchedFile) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for hunk in file:
        added = [line.target_line_no for line in hunk if line.is_added and line.target_line_no]
        for number in added or [_removal(hunk)]:
            if found and found[-1][1] + 1 == number:
                found[-1] = (found[-1][0], number)
            else:
                found.append((number, number))
    return found


def _removal(hunk: Hunk) -> int:
    """The line that now stands where a hunk takes some away, or the last one before that."""
    before = max(1, hunk.target_start)
    seen = False
    for line in hunk:
        seen = seen or line.is_removed
        if line.target_line_no:
            before = line.target_line_no
            if seen:
                break
    return before


def _ran_by(file: FileReach, test: str) -> Iterator[Place]:
    if test in file.tests:
        number = file.tests.index(test)
        for ran in file.ran:
            if number in ran.tests:
                yield from (Place(file.upstream, file.path, *lines) for lines in ran.lines)


def _without_tests(places: Sequence[Place], reached: Sequence[FileReach]) -> list[Place]:
    """The places in code that was watched, if any: a patch's tests and papers break nothing."""
    watched = {(file.upstream, file.path) for file in reached}
    return [place for place in places if (place.upstream, place.path) in watched] or list(places)
