"""A text cut into the changes of single files, and what stands between them.

Owns: how git, Mercurial, Subversion, CVS, quilt and diff begin the change of a file.
Must not know which tree the names are of, nor how a text came here.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ...model import RequestError
from . import binary, context, names, refusals
from .binary import end_of_binary
from .hunks import end_of_hunks, head_of
from .names import NOWHERE, Pair

EXTENDED = re.compile(
    r"(?:old mode|new mode|deleted file mode|new file mode|copy from|copy to|rename from|"
    r"rename to|similarity index|dissimilarity index|index) "
)
RULE = re.compile(r"=+$")
RECURSIVE = re.compile(
    r"diff (?:-\S+ )*(?:-\w*N\w*|--new-file) (?:-\S+ )*(?P<old>\S+) (?P<new>\S+)$"
)
CHANGED = re.compile(r"index (?!(?:0+|e69de29\w*)\.\.(?:0+|e69de29\w*)(?: |$))")
EMPTY_BLOB = ("new file mode 100644", "index 0000000..e69de29")


class FileDiff(NamedTuple):
    """The change of one file.

    ``before`` is what stands above it that is no part of it; ``names`` are as written;
    ``extended`` are git's own lines about the file, ``body`` the hunks as a unified diff.
    """

    before: tuple[str, ...]
    names: Pair
    extended: tuple[str, ...]
    body: tuple[str, ...]

    def lines(self, level: int) -> list[str]:
        """It as ``git apply -p1`` reads it, after ``level`` folders are stripped off."""
        old, new = (names.stripped(name, level) for name in self.names[:2])
        olds = NOWHERE if self.names.old == NOWHERE else names.quoted(f"a/{old}")
        news = NOWHERE if self.names.new == NOWHERE else names.quoted(f"b/{new}")
        has_hunks = bool(self.body) and self.body[0] != binary.HEAD
        marks = [f"--- {olds}", f"+++ {news}"] if has_hunks else []
        if not self.names.is_git:
            return [*marks, *self.body]
        sides = (f"a/{old or new}", f"b/{new or old}")
        if self.names.old == NOWHERE:
            sides = (f"a/{new}", f"b/{new}")
        elif self.names.new == NOWHERE:
            sides = (f"a/{old}", f"b/{old}")
        first = " ".join(names.quoted(side).rstrip("\t") for side in sides)
        extended = [_moved(line, level) for line in self.extended]
        return [f"diff --git {first}", *extended, *marks, *self.body]


class Diff(NamedTuple):
    """Every change of a file in a text, in order, and what follows the last of them."""

    files: tuple[FileDiff, ...]
    after: tuple[str, ...]


def diff_in(text: str, name: str) -> Diff:
    """Cut a text into the changes of files; ``Diff.files`` is empty if it has none.

    Raises ``RequestError`` if something in it can not be applied whole.
    """
    lines = text.removesuffix("\n").split("\n")
    return _Reader(lines, name).read()


class _Reader:
    """Goes through the lines of one text."""

    def __init__(self, lines: list[str], name: str) -> None:
        self._lines = lines
        self._name = name
        self._at = 0
        self._index = ""
        self._before: list[str] = []
        self._files: list[FileDiff] = []

    def read(self) -> Diff:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if reason := refusals.reason_of_line(line, self._line(1)):
                raise RequestError(f"{self._name}: {reason}")
            if line.startswith("diff --git "):
                self._git()
            elif line.startswith("--- ") and self._line(1).startswith("+++ "):
                self._unified()
            elif line.startswith("*** ") and self._line(2).startswith(context.STARS):
                self._context()
            elif self._is_empty_file(line):
                self._empty_file(line)
            else:
                if line.startswith("Index: "):
                    self._index = line.removeprefix("Index: ").strip()
                self._before.append(line)
                self._at += 1
        return Diff(tuple(self._files), tuple(self._before))

    def _line(self, further: int) -> str:
        at = self._at + further
        return self._lines[at] if at < len(self._lines) else ""

    def _git(self) -> None:
        first, extended = self._line(0).removeprefix("diff --git "), []
        self._at += 1
        while EXTENDED.match(self._line(0)):
            extended.append(self._line(0))
            self._at += 1
        pair = _git_names(first, extended)
        body: tuple[str, ...] = ()
        if self._line(0).startswith("--- ") and self._line(1).startswith("+++ "):
            old, new = (names.name_of(self._line(place)[4:]).path for place in (0, 1))
            pair = Pair(old, new, is_git=True)
            self._at += 2
            body = self._hunks(pair)
            extended = extended if body else []
        elif self._line(0) == binary.HEAD:
            body = self._binary()
        elif reason := refusals.reason_of_line(self._line(0), self._line(1)):
            raise RequestError(f"{self._name}: {first}: {reason}")
        if not body and not (extended and not any(map(CHANGED.match, extended))):
            raise RequestError(
                f"{self._name}: {first}: nothing follows its head; get the whole patch"
            )
        self._add(pair, tuple(extended), body)

    def _binary(self) -> tuple[str, ...]:
        """The lines of a binary hunk; a blank one ends each of its halves."""
        start = self._at
        self._at = end_of_binary(self._lines, start)
        if not self._at:
            raise RequestError(f"{self._name}: a binary hunk is cut off; get the whole patch")
        return (*self._lines[start : self._at], "")

    def _unified(self) -> None:
        old, new = (names.name_of(self._line(place)[4:]) for place in (0, 1))
        head = head_of(self._line(2))
        if head is None:
            # Subversion writes such a head where only a property changes.
            following = next((each for each in self._lines[self._at + 2 :] if each.strip()), "")
            if not following.startswith("Property changes on: "):
                raise RequestError(
                    f"{self._name}: {new.path}: no hunk follows its head; get the whole patch"
                )
            self._at += 2
            return
        self._at += 2
        self._named(old, new, self._hunks(Pair(old.path, new.path)))

    def _hunks(self, pair: Pair) -> tuple[str, ...]:
        start = self._at
        try:
            self._at = end_of_hunks(self._lines, start, pair.names[-1] if pair.names else "?")
        except RequestError as error:
            raise RequestError(f"{self._name}: {error}") from None
        return tuple(self._lines[start : self._at])

    def _context(self) -> None:
        old, new = (names.name_of(self._line(place)[4:]) for place in (0, 1))
        try:
            body, self._at = context.unified_hunks(self._lines, self._at + 2, new.path)
        except RequestError as error:
            raise RequestError(f"{self._name}: {error}") from None
        self._named(old, new, tuple(body))

    def _named(self, old: names.Name, new: names.Name, body: tuple[str, ...]) -> None:
        """Add a change whose head has two names, and what it says of their presence."""
        heads = [head for head in map(head_of, body) if head]
        only = heads[0] if len(heads) == 1 else None
        is_made = old.is_absent and (old.path == NOWHERE or (only and not only.olds))
        is_taken = new.is_absent and (new.path == NOWHERE or (only and not only.news))
        one, other = names.meant(old.path, new.path, self._index)
        self._add(Pair(NOWHERE if is_made else one, NOWHERE if is_taken else other), (), body)

    def _is_empty_file(self, line: str) -> bool:
        """Whether a head stands there that no change follows: an empty file that is added."""
        following = next((each for each in self._lines[self._at + 1 :] if each.strip()), "")
        if RECURSIVE.match(line):
            return not following or following.startswith("diff ")
        is_index = bool(self._before) and self._before[-1].startswith("Index: ")
        is_ruled = is_index and bool(RULE.match(line))
        return is_ruled and (not following or following.startswith("Index: "))

    def _empty_file(self, line: str) -> None:
        found = RECURSIVE.match(line)
        path = found["new"] if found else self._index
        self._at += 1
        self._add(Pair(found["old"] if found else path, path, is_git=True), EMPTY_BLOB, ())

    def _add(self, pair: Pair, extended: tuple[str, ...], body: tuple[str, ...]) -> None:
        self._files.append(FileDiff(tuple(self._before), pair, extended, body))
        self._before, self._index = [], ""


def _git_names(first: str, extended: list[str]) -> Pair:
    """The names of a change without hunks: those of a move, or both halves of the first line."""
    if first.startswith('"') or first.endswith('"'):
        words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', first)
        old, *rest = [names.unquoted(quoted) or plain for quoted, plain in words] or [first]
        new = rest[0] if rest else old
        return Pair(old, new, is_git=True)
    halves = [
        (first[:place], first[place + 1 :]) for place, char in enumerate(first) if char == " "
    ]
    same = [pair for pair in halves if names.stripped(pair[0], 1) == names.stripped(pair[1], 1)]
    whole = [pair for pair in halves if pair[0] == pair[1]]
    moved = {line.split(" ")[1]: line.split(" ", 2)[2] for line in extended if " to " in line[:10]}
    target = next(iter(moved.values()), "")
    ends = [pair for pair in halves if target and pair[1].endswith(target)]
    old, new = next(iter(whole or ends or same or halves), (first, first))
    return Pair(old, new, is_git=True)


def _moved(line: str, level: int) -> str:
    """A line about a move, with its name stripped as the others are; they have no prefix."""
    found = re.match(r"((?:rename|copy) (?:from|to)) (.+)$", line)
    if not found or level <= 1:
        return line
    path = names.stripped(names.name_of(found[2]).path, level - 1)
    return f"{found[1]} {names.quoted(path).rstrip(chr(9))}"
