"""The command that runs one test again: on the base of a change, with the candidate of it.

Owns: how a report is turned back into flags. What they mean stands in ``cli/options.py``,
which is above; the tests hold the two together. A test's id is upstream's text: whatever is
in it, the command is one line of printable characters for a POSIX shell.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import NamedTuple

from ..catalog.catalog import name_of_stray
from ..model import BaseName, Change, Judgement, Source, Stack
from .schema import Report

NOX = ("nox", "-s", "test", "--")
NONE = "none"
BASE, CANDIDATE, PATCH = "--base", "--candidate", "--patch"
SERIES, EACH = "--series", "--each"
# What is kept of the command that made the report: whence candidates and trees come, and
# the deadlines.
PYTHON = "--python"
KEPT = ("--fuzz", "--patches", "--mirror", PYTHON, "--timeout", "--test-timeout")
# What is not: one test is asked for in another way, or it would change nothing.
DROPPED = (
    *("--suite", "--select", "--repeat", "--effort", "--jobs", "--budget", "--json"),
    *("--ticket", "--write", "--fail-on", "--no-cache", "--engine", "--scheduler", "--store"),
    "--all",
)
# Of these a version says enough, in whatever words it was asked for.
RELEASES = (Source.SDIST, Source.INSTALLED)
# It is asked for every patch, and can not be chosen.
IMPORTS = "imports"
# What follows a label in the id of a test that it is the label of.
WITHIN = (".", "/", "::")
# What means something in a regular expression.
SPECIAL = r".^$*+?{}[]\|()"


class Flag(NamedTuple):
    """A flag of a command line, and its value; empty if it has none."""

    name: str
    value: str = ""

    @property
    def words(self) -> list[str]:
        """It as a parser of flags wants it."""
        if self.value.startswith("-"):
            return [f"{self.name}={self.value}"]
        return [self.name, self.value] if self.value else [self.name]


def command_for(report: Report, judged: Judgement, change: Change) -> str:
    """A command for a POSIX shell that runs the test of ``change`` again, and judges it.

    It names the bases that ``judged`` is on, and leaves out the report's other upstreams. A
    path in it is as it was given, so that it is for the same folder. A control is no
    candidate, and has none: the command is empty.
    """
    if not judged.stack.names:
        return ""
    asked = list(_flags(report.made.command))
    pythons = dict.fromkeys(name.python for name in judged.ground if name.python)
    flags = [
        *_bases(report, judged, asked),
        *(flag for flag in asked if flag.name in KEPT and not (pythons and flag.name == PYTHON)),
        *(Flag(PYTHON, python) for python in pythons),
        *_candidates(judged.stack, asked),
        *_suites(change),
        Flag("--select", f"^{_pattern(change.test)}$"),
    ]
    return shlex.join([*NOX, *(word for flag in flags for word in flag.words)])


def _flags(command: str) -> Iterator[Flag]:
    """The flags of a command line that was accepted: a value that begins with a dash is
    joined to its flag there. One that no shell would take has none: a report can be of
    anywhere."""
    try:
        words = shlex.split(command)
    except ValueError:
        return
    for word, following in zip(words, [*words[1:], "--"], strict=True):
        name, equals, value = word.partition("=")
        if word.startswith("--"):
            follows = "" if following.startswith("-") else following
            yield Flag(name, value if equals else follows)


def _bases(report: Report, judged: Judgement, asked: Sequence[Flag]) -> Iterator[Flag]:
    """The trees of the ground, and what of the report is not on it."""
    specs = [each for flag in asked if (each := _spec(flag))]
    here = [name.upstream for name in judged.ground]
    for name in judged.ground:
        given = [each.value for each in specs if each.name == name.upstream]
        yield _base(name.upstream, _spec_of(name, report, given), asked)
    others = [line.upstream for line in report.bases]
    others += [each.name for each in specs if each.value == NONE]
    for upstream in dict.fromkeys(others):
        if upstream not in here:
            yield _base(upstream, NONE, asked)


def _spec(flag: Flag) -> Flag | None:
    """An upstream and its SPEC, if the flag is ``--base`` or short for it."""
    if flag.name == BASE:
        return Flag(*flag.value.split("=", 1))
    known = (CANDIDATE, PATCH, SERIES, EACH, *KEPT, *DROPPED)
    return None if flag.name in known else Flag(flag.name.removeprefix("--"), flag.value)


def _spec_of(base: BaseName, report: Report, given: Sequence[str]) -> str:
    """The SPEC of a base: its version, or what was ``given`` for a folder or a commit."""
    lines = [x for x in report.bases if (x.upstream, x.version) == (base.upstream, base.version)]
    source = Source(lines[0].source) if lines else Source.SDIST
    if source in RELEASES and re.fullmatch(r"\d+(\.\d+)+", base.version):
        return base.version
    if source in (*RELEASES, Source.DEB):
        return f"{source}:{base.version}"
    fitting = [spec for spec in given if base.version.startswith(spec.rpartition("@")[2])]
    return next(iter((*fitting, *given)), base.version)


def _base(upstream: str, spec: str, asked: Sequence[Flag]) -> Flag:
    """In the form in which it was asked for: not every upstream has a flag of its own."""
    if any(flag.name == BASE and flag.value.startswith(f"{upstream}=") for flag in asked):
        return Flag(BASE, f"{upstream}={spec}")
    return Flag(f"--{upstream}", spec)


def _candidates(stack: Stack, asked: Sequence[Flag]) -> Iterator[Flag]:
    """The stack by its name, or the files that it was taken from."""
    is_named = any(f.name == CANDIDATE and Stack.read(f.value) == stack for f in asked)
    files = [flag for flag in asked if flag.name in (PATCH, SERIES)]
    mine = [flag for flag in files if any(each.name in _names(flag) for each in stack.names)]
    if not (is_named or mine):
        # One of many patches of a series, judged by itself.
        mine = [flag for flag in files if flag.name == SERIES] or files
    yield from mine
    if any(flag.name == SERIES for flag in mine):
        yield from (flag for flag in asked if flag.name == EACH)
    if is_named or not mine:
        yield Flag(CANDIDATE, str(stack))


def _names(flag: Flag) -> set[str]:
    """What a candidate of a file may be called: a series also by a folder of it."""
    path = PurePath(flag.value.partition("=")[2] or flag.value)
    above = (path.name, path.parent.name, path.parent.parent.name) if flag.name == SERIES else ()
    return {name_of_stray(name) for name in (path.stem, *above)}


def _suites(change: Change) -> Iterator[Flag]:
    """The suite with those labels of a part that the test may be in."""
    if change.suite == IMPORTS:
        return
    own = [x for x in change.labels if change.test.startswith(tuple(x + y for y in WITHIN))]
    labels = own or change.labels
    yield from (Flag("--suite", f"{change.suite}:{label}") for label in labels)
    if not labels:
        yield Flag("--suite", change.suite)


def _pattern(test: str) -> str:
    """A regular expression for an id, printable whatever the id is.

    ``re.escape`` does more than is needed, which makes ids hard to read.
    """
    return "".join(_character(each) for each in test)


def _character(character: str) -> str:
    if character.isprintable():
        return f"\\{character}" if character in SPECIAL else character
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
