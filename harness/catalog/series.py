"""A series of patches from anywhere: quilt's ``series``, a folder, or a mailbox.

Owns: which files it names, in which order, and what is said of a line that can not be
meant. Must not know upstreams, nor how a patch is read.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from ..model import RequestError
from . import strays
from .intake.characters import text_of
from .intake.patches import UNSAID
from .strays import Stray

SERIES = "series"
PATCH = re.compile(r"\.(?:patch|diff|dpatch|mbox|eml)(?:\.(?:gz|bz2|xz))?$")
# What only a change has, or what is refused for being one that can not be taken.
CHANGE = re.compile(
    r"^(?:--- |\*\*\* |diff |Index: |@@ |> |<|Content-|-----BEGIN |\d+(?:,\d+)?[acd])", re.MULTILINE
)
LEVEL = re.compile(r"-p(\d+|ab)$")
LEVELS = {"ab": 1}


class Series(NamedTuple):
    """The patches of a series in order, and the names of those that change nothing."""

    strays: list[Stray]
    passed_over: tuple[str, ...] = ()


def read_series(path: Path) -> Series:
    """The patches of a series, in order. Those of a list that change nothing are left out.

    ``path`` is a quilt ``series``, a folder with one or with patches, which then go by
    their names, or a file with several patches. Raises ``RequestError`` for a line that
    names no patch beside it, or one twice, and if nothing is left.
    """
    if path.is_dir():
        own = path / SERIES
        found = _of_list(own) if own.is_file() else _of_folder(path)
    elif _is_list(path):
        found = _of_list(path)
    else:
        found = Series(strays.in_file(path))
    if not found.strays:
        raise RequestError(f"{path}: it names no patch with a change, so there is nothing to judge")
    return found


def name_of(path: Path) -> str:
    """What a series is called: its folder, as ``debian`` of ``debian/patches/series``."""
    if path.is_file() and path.name != SERIES:
        return path.stem
    folder = path.absolute() if path.is_dir() else path.absolute().parent
    return folder.parent.name if folder.name == "patches" else folder.name


def _is_list(path: Path) -> bool:
    """Whether it is quilt's: its first word that is no comment is no head of a patch."""
    if path.name == SERIES:
        return True
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    named = [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
    return bool(named) and any((path.parent / name).is_file() for name in named[:3])


def _of_folder(folder: Path) -> Series:
    files = sorted(each for each in folder.iterdir() if PATCH.search(each.name))
    if not files:
        raise RequestError(f"{folder}: there is no patch in it, and no file `{SERIES}`")
    return Series([stray for file in files for stray in strays.in_file(file)])


def _of_list(path: Path) -> Series:
    try:
        lines = path.read_text("utf-8", "surrogateescape").splitlines()
    except OSError as error:
        raise RequestError(f"{path}: {error.strerror}; give the path of a file") from None
    seen: dict[str, int] = {}
    found: list[Stray] = []
    passed_over: list[str] = []
    for number, line in enumerate(lines, 1):
        words = re.sub(r"(?:^|\s)#.*", "", line).split()
        if not words:
            continue
        where = f"{path}, line {number}"
        file, level = _file_of(words, path.parent, where)
        if words[0] in seen:
            raise RequestError(f"{where}: {words[0]} stands in line {seen[words[0]]} already")
        seen[words[0]] = number
        if _has_change(file):
            found += [
                each._replace(level=level, name=each.name.replace(file.name, words[0], 1))
                for each in strays.in_file(file)
            ]
        else:
            passed_over.append(words[0])
    return Series(found, tuple(passed_over))


def _file_of(words: list[str], folder: Path, where: str) -> tuple[Path, int]:
    """The patch that a line names, and how many folders it says that have to be stripped."""
    name, *options = words
    file = folder / name
    if folder.resolve() not in file.resolve().parents:
        raise RequestError(f"{where}: {name} is outside of the folder of the series")
    if not file.is_file():
        raise RequestError(f"{where}: there is no patch {name} beside it")
    level = UNSAID
    for option in options:
        said = LEVEL.match(option)
        if not said:
            raise RequestError(f"{where}: option {option!r} is not known; -p0, -p1 … are")
        level = LEVELS.get(said[1]) or int(said[1])
    return file, level


def _has_change(file: Path) -> bool:
    """Whether there is more in a patch than words: quilt takes one that has only a head."""
    try:
        text = text_of(file.read_bytes(), str(file)).content
    except OSError:
        return True
    return bool(CHANGE.search(text))
