"""From a file's bytes to patches: the way through all of this package.

Owns: the order of the steps, and what is refused at the end of it. Must not know
candidates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from itertools import pairwise
from typing import NamedTuple

from ...model import UTF_8, RequestError
from . import mails, message, pages, refusals
from .characters import text_of
from .diffs import Diff, diff_in
from .names import NOWHERE, Pair, level_of, levels_of, stripped, usual_level

QUOTED = re.compile(r"^> ?(?:diff |--- \S|Index: )", re.MULTILINE)
NUMBERED = re.compile(r"^Subject: .*\[[^\]]*?\b0*(\d+)/(\d+)\]", re.MULTILINE)
UNSAID = -1
UNWRAPPED = "its mail is format=flowed; lines that were wrapped on the way are joined again"


class IncomingPatch(NamedTuple):
    """One patch as it came, read and found to be whole.

    ``encoding`` gives the bytes of the files that it changes, ``remark`` is what had to be
    mended for that.
    """

    diff: Diff
    encoding: str = UTF_8
    remark: str = ""

    @property
    def pairs(self) -> list[Pair]:
        """The names of each file as written."""
        return [file.names for file in self.diff.files]

    def level(self, belongs: Callable[[str], bool], upstream: str) -> tuple[int, int]:
        """How many folders to strip for an upstream, and how many files are then its own."""
        return level_of(self.pairs, belongs, upstream)

    def levels(self, belongs: Callable[[str], bool]) -> list[int]:
        """Every number of folders to strip that fits an upstream's paths equally well."""
        return levels_of(self.pairs, belongs)

    def found_in(self, files: Collection[str], level: int) -> int:
        """How many of the files that it changes or takes away a tree with ``files`` has."""
        olds = (pair.old for pair in self.pairs if pair.old not in ("", NOWHERE))
        return sum(stripped(old, level) in files for old in olds)

    def paths(self, level: int = UNSAID) -> list[str]:
        """Each path that it touches, after ``level`` folders are stripped off."""
        level = usual_level(self.pairs) if level == UNSAID else level
        return sorted({stripped(name, level) for pair in self.pairs for name in pair.names})

    def text(self, level: int) -> str:
        """The patch as ``git apply -p1`` reads it."""
        lines: list[str] = []
        for number, file in enumerate(self.diff.files):
            lines += file.before if number else message.as_mail(file.before)
            lines += file.lines(level)
        lines += self.diff.after
        return "".join(f"{line}\n" for line in lines)


def read_patches(data: bytes, name: str) -> list[IncomingPatch]:
    """The patches in a file, in order: one, or one for each mail or attachment with one.

    Raises ``RequestError`` if there is none in it, or if one can not be taken whole.
    """
    try:
        text = text_of(data, name)
        found = _in_order(_in_mails(text.content.encode(text.encoding), name), name)
    except RequestError as error:
        raise RequestError(refusals.in_one_line(str(error))) from None
    if not found:
        raise RequestError(f"{name}: {refusals.reason_of_nothing(text.content)}")
    return found


def _in_order(patches: list[IncomingPatch], name: str) -> list[IncomingPatch]:
    """The patches in the order that the subjects of their mails give them, if they do."""
    found = [NUMBERED.search("\n".join(patch.diff.files[0].before)) for patch in patches]
    numbers = [(int(each[1]), int(each[2])) for each in found if each]
    if len(patches) < 2 or len(numbers) < len(patches):
        return patches
    if len({total for _, total in numbers}) > 1 or len(set(numbers)) < len(numbers):
        return patches
    for number in range(1, numbers[0][1] + 1):
        if (number, numbers[0][1]) not in numbers:
            raise RequestError(
                f"{name}: patch {number} of {numbers[0][1]} is missing; get the whole series"
            )
    order = sorted(range(len(patches)), key=lambda place: numbers[place])
    return [patches[place] for place in order]


def _in_mails(data: bytes, name: str) -> list[IncomingPatch]:
    return [patch for mail in mails.split(data) for patch in _in_one(mail, name)]


def _in_one(data: bytes, name: str) -> list[IncomingPatch]:
    if not mails.is_mail(data):
        return _in_text(data, name)
    if not mails.is_encoded(data):
        return _in_text(data, name)
    head, contents = mails.parts(data)
    found = [patch for part in contents for patch in _in_part(part, name)]
    return [_with_head(patch, head) for patch in found]


def _in_part(part: mails.Part, name: str) -> list[IncomingPatch]:
    """The patches in a part of a mail; where its lines were wrapped, after they are joined.

    A hunk with a wrapped line is never whole, and one that is whole has none.
    """
    try:
        return _in_text(part.content, name)
    except RequestError:
        if part.joined in (None, part.content):
            raise
    try:
        found = _in_text(part.joined or b"", name)
    except RequestError as error:
        raise RequestError(f"{error}; its mail is format=flowed, and lines are wrapped") from None
    return [patch._replace(remark=UNWRAPPED) for patch in found]


def _with_head(patch: IncomingPatch, head: str) -> IncomingPatch:
    """The patch with the head of the mail that it came in, unless it has one of its own."""
    first, *others = patch.diff.files
    if any(line.startswith(("From: ", "From ", "Subject: ")) for line in first.before):
        return patch
    before = (*head.split("\n")[:-1], *first.before)
    files = (first._replace(before=before), *others)
    return patch._replace(diff=patch.diff._replace(files=files))


def _in_text(data: bytes, name: str) -> list[IncomingPatch]:
    text = text_of(data, name)
    content = mails.unsigned(text.content)
    if pages.is_page(content):
        content = pages.diff_of_page(content)
    diff = diff_in(content, name)
    if not diff.files and QUOTED.search(content):
        diff = diff_in(re.sub(r"^> ?", "", content, flags=re.MULTILINE), name)
    if not diff.files:
        return []
    _check_indentation(diff, name)
    return [IncomingPatch(diff, text.encoding)]


def _check_indentation(diff: Diff, name: str) -> None:
    """Raise ``RequestError`` if no line of a Python file is indented, and one had to be."""
    lines = [
        line
        for file in diff.files
        if any(path.endswith(".py") for path in file.names.names)
        for line in filter(None, file.body)
    ]
    if any(line[0] in "+- " and line[1:2] in (" ", "\t") and line[1:].strip() for line in lines):
        return
    for line, after in pairwise(lines):
        opens = re.match(r".(?:async )?(?:def|class|if|for|while|with|try)\b.*:$", line)
        if opens and after[0] == line[0] and after[1:2] not in ("", "#"):
            raise RequestError(
                f"{name}: the indentation is gone: {after[1:41]!r} follows {line[1:41]!r}; "
                "get the patch as a file, not from the text of a mail"
            )
