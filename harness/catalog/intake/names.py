"""Which file of a tree the names in a diff mean.

Owns: how programs write names (quotes, dates, revisions, ``.orig``), and how many leading
folders of them are not the tree's. Must not know hunks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

NOWHERE = "/dev/null"
BACKUP = re.compile(r"(?:[.~-](?:orig|old|bak|new|mine|patched|fixed|saved?)|~)$")
# What follows a name: a date of diff or of Mercurial, a revision of Subversion.
DATE = r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: [+-]\d{4})?"
DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} +\d+ [\d:]+ \d{4}(?: [+-]\d{4})?"
REVISION = r"\((?:revision \d+|working copy|nonexistent|\.\.\..+)\)"
AFTER = re.compile(rf"\s+(?P<after>{DATE}|{DAY}|(?:\(\S+\)\t)?{REVISION})\s*$")
NOT_YET = re.compile(r"\(revision 0\)|\(nonexistent\)")
# `git diff` with and without diff.mnemonicPrefix: index, work tree, commit, object.
SIDES = ({"a", "b"}, {"i", "w"}, {"c", "i"}, {"c", "w"}, {"o", "w"}, {"1", "2"})
RELEASE = re.compile(r"[A-Za-z][\w.+-]*-\d[\w.]*")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class Name(NamedTuple):
    """A name as it is written; ``is_absent`` if what follows it says so of the file."""

    path: str
    is_absent: bool = False


def name_of(text: str) -> Name:
    """The name in what follows ``---``, ``+++`` or ``***``."""
    text = text.rstrip("\r\n")
    if text.startswith('"'):
        quoted = re.match(r'"((?:[^"\\]|\\.)*)"', text)
        if quoted:
            return Name(unquoted(quoted[1]), _is_not_yet(text[quoted.end() :]))
    name, tab, after = text.partition("\t")
    if not tab and (found := AFTER.search(text)):
        name, after = text[: found.start()], found["after"]
    name = name.rstrip() if tab or after else name
    return Name(name.rstrip(), name == NOWHERE or _is_not_yet(after))


def unquoted(text: str) -> str:
    """A name that was written as in C, with its bytes in octal digits."""

    def read(found: re.Match[str]) -> str:
        word = found[1]
        return chr(int(word, 8)) if len(word) == 3 else ESCAPES.get(word, word)

    plain = re.sub(r"\\([0-7]{3}|.)", read, text)
    try:
        return plain.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return plain


def quoted(path: str) -> str:
    """A name as git reads it behind ``---``: quoted where it has to be."""
    if not re.search(r'["\\\x00-\x1f\x7f]', path):
        # A tab ends a name with blanks in it, as git itself writes it.
        return f"{path}\t" if " " in path else path
    names = {char: name for name, char in ESCAPES.items()} | {'"': '"', "\\": "\\"}
    return '"' + "".join(f"\\{names[c]}" if c in names else c for c in path) + '"'


def meant(old: str, new: str, index: str = "") -> tuple[str, str]:
    """Both names without what marks a copy of the file, or a short form of it.

    ``index`` is what an ``Index:`` line says; CVS writes the folder nowhere else.
    """
    if index and {old, new} - {NOWHERE} <= {index.rpartition("/")[2]}:
        return (old and index if old != NOWHERE else old), (index if new != NOWHERE else new)
    if NOWHERE in (old, new) or old == new:
        return old, new
    if BACKUP.sub("", old) != old and _tail(BACKUP.sub("", old)) == _tail(new):
        return BACKUP.sub("", old), new
    if BACKUP.sub("", new) != new and _tail(BACKUP.sub("", new)) == _tail(old):
        return old, BACKUP.sub("", new)
    return _equally_deep(old, new)


def _equally_deep(old: str, new: str) -> tuple[str, str]:
    """Both names without the folders that only the one of them has above the tree."""
    olds, news = _parts(old), _parts(new)
    least = min(len(olds), len(news))
    if old.startswith("/") != new.startswith("/"):
        return old, new
    if len(olds) == len(news) or olds[-least + 1 :] != news[-least + 1 :] or least < 2:
        return old, new
    return "/".join(olds[-least:]), "/".join(news[-least:])


def stripped(path: str, level: int) -> str:
    """The name without its first ``level`` folders; empty if it has no more."""
    return "/".join(_parts(path)[level:])


class Pair(NamedTuple):
    """The names of one file before and after, as written; ``NOWHERE`` for none."""

    old: str
    new: str
    is_git: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Those that name a file."""
        return tuple(name for name in (self.old, self.new) if name not in ("", NOWHERE))


def usual_level(pairs: Sequence[Pair]) -> int:
    """How many folders to strip, as far as the names themselves say: 0 or 1."""
    both = [pair for pair in pairs if len(pair.names) == 2]
    if any(_differs_at_top(pair) for pair in both):
        return 1
    firsts = {_parts(name)[0] for pair in pairs for name in pair.names if "/" in name}
    if firsts and any(firsts <= sides for sides in SIDES):
        return 1
    return 1 if firsts and all(map(RELEASE.fullmatch, firsts)) else 0


def levels_of(pairs: Sequence[Pair], belongs: Callable[[str], bool]) -> list[int]:
    """Every number of folders after which as many files as can be belong; all if none does."""
    deepest = max((len(_parts(name)) for pair in pairs for name in pair.names), default=1)
    fitting = [
        sum(all(belongs(stripped(name, level)) for name in pair.names) for pair in pairs)
        for level in range(deepest)
    ]
    return [level for level, found in enumerate(fitting) if found == max(fitting)]


def level_of(
    pairs: Sequence[Pair], belongs: Callable[[str], bool], upstream: str
) -> tuple[int, int]:
    """How many folders to strip so that the names are an upstream's, and of how many files.

    ``belongs`` says whether a path is in one of the folders of ``upstream``. Where several
    levels fit as well, it is the usual one, and then the fewest.
    """
    usual = usual_level(pairs)
    deepest = max((len(_parts(name)) for pair in pairs for name in pair.names), default=1)

    def fitting(level: int) -> int:
        return sum(all(belongs(stripped(name, level)) for name in pair.names) for pair in pairs)

    levels = sorted(range(deepest), key=lambda level: (level != usual, level))
    best = max(levels, key=fitting, default=usual)
    if not usual and fitting(best) == fitting(best + 1) == len(pairs):
        # A checkout is called as what is in it: django/django/, django/tests/.
        tops = {_parts(stripped(name, best))[0] for pair in pairs for name in pair.names}
        best += tops == {upstream}
    return (best, fitting(best)) if fitting(best) else (usual, 0)


def _differs_at_top(pair: Pair) -> bool:
    old, new = _parts(pair.old), _parts(pair.new)
    return old[0] != new[0] and old[1:] == new[1:] and len(old) > 1


def _tail(path: str) -> str:
    return path.rpartition("/")[2]


def _parts(path: str) -> list[str]:
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return (["/"] if path.startswith("/") else []) + parts or [path]


def _is_not_yet(after: str) -> bool:
    """Whether a date or a revision is what programs write for a file that is not there."""
    if NOT_YET.search(after):
        return True
    found = re.match(r"\s*(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.0+)? ?([+-]\d{4})?\s*$", after)
    if found is None:
        return False
    try:
        moment = datetime.fromisoformat(f"{found[1]}{found[2] or '+0000'}")
    except ValueError:
        return False
    return moment == datetime.fromtimestamp(0, UTC)
