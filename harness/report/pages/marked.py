"""A candidate's diff with what is known of each line: whether tests ran it, and which.

Owns: bringing a diff's lines and the reach of its files together. Must not know HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from unidiff import PatchSet
from unidiff.errors import UnidiffParseError

from ...model import FileReach, Judgement

RAN, AT_IMPORT, NOT_RUN = "ran", "import", "not run"


class DiffLine(NamedTuple):
    """A line of a diff: ``sign`` is ``+``, ``-``, a space or ``@``; ``number`` is that in the
    new file, None where it has none; ``mark`` is one of those above, or empty where the line is
    no changed statement or nothing is known; ``tests`` is by how many it was run."""

    sign: str
    number: int | None
    text: str
    mark: str = ""
    tests: int = 0


class RunBy(NamedTuple):
    """Lines in words, and the ids of the tests that ran them; none: an import did."""

    lines: str
    tests: tuple[str, ...]


class MarkedFile(NamedTuple):
    """One file of a diff."""

    upstream: str
    path: str
    lines: tuple[DiffLine, ...]
    run_by: tuple[RunBy, ...]
    unreached: str
    why: str


def files_of(judged: Judgement) -> list[MarkedFile]:
    """The files that a judgement's patches change; none where it keeps no text of them."""
    reaches = {
        (reach.upstream, reach.path): reach
        for reach in (judged.reach.files if judged.reach else ())
    }
    found = []
    for patch in judged.patches:
        try:
            parsed = PatchSet(patch.text)
        except UnidiffParseError:
            plain = tuple(DiffLine(" ", None, line) for line in patch.text.splitlines())
            found.append(MarkedFile(patch.upstream, patch.name, plain, (), "", ""))
            continue
        for file in parsed:
            reach = reaches.get((patch.upstream, file.path), FileReach(patch.upstream, file.path))
            marks = dict(_marks(reach))
            lines = tuple(_lines(file, marks))
            run_by = tuple(
                RunBy(_words(ran.lines), tuple(reach.tests[place] for place in ran.tests))
                for ran in reach.ran
            )
            unreached = _words(reach.unreached)
            found.append(MarkedFile(patch.upstream, file.path, lines, run_by, unreached, reach.why))
    return found


def _marks(reach: FileReach) -> Iterator[tuple[int, tuple[str, int]]]:
    for first, last in reach.unreached:
        for line in range(first, last + 1):
            yield line, (NOT_RUN, 0)
    for ran in reach.ran:
        for first, last in ran.lines:
            for line in range(first, last + 1):
                yield line, (RAN if ran.tests else AT_IMPORT, len(ran.tests))


def _lines(file: object, marks: dict[int, tuple[str, int]]) -> Iterator[DiffLine]:
    for hunk in file:  # type: ignore[attr-defined]  # unidiff names no type of a file's hunks
        heading = f" {hunk.section_header}" if hunk.section_header else ""
        yield DiffLine("@", None, f"line {hunk.target_start}{heading}")
        for line in hunk:
            text = line.value.rstrip("\n")
            number = line.target_line_no
            mark, tests = marks.get(number, ("", 0)) if line.is_added else ("", 0)
            yield DiffLine(line.line_type, number, text, mark, tests)


def _words(lines: tuple[tuple[int, int], ...]) -> str:
    """``3, 5-7``."""
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in lines)
