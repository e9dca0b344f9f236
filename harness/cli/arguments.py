"""The command line's words: verbs and flags, and what is wrong with a wrong one.

Owns: argparse. Must not know what a verb does. Every verb accepts the common
flags, so that one line of them can be given to several nox sessions.
"""

from __future__ import annotations

import argparse
import difflib
import math
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from ..jobs.pool import ENGINES
from ..model import RequestError
from ..request import Request
from ..sources.provider import DEFAULT
from ..system.home import PROJECT

NONE = "none"
NAMING = ("edit", "refresh", "new")
FAIL_ON = ("broken", "any", "never")
FORMATS = ("terminal", "markdown", "json")
MEASURES = ("judging", "searching", "serving")


class _Parser(argparse.ArgumentParser):
    """Argparse with errors of one line, raised instead of printed."""

    def error(self, message: str) -> NoReturn:
        unknown = re.match(r"unrecognized arguments: (--[\w-]+)", message)
        if unknown:
            flags = [flag for flag in self._option_string_actions if flag.startswith("--")]
            near = difflib.get_close_matches(unknown[1], flags, 1)
            hint = f"did you mean {near[0]}?" if near else f"see `{self.prog} --help`"
            raise RequestError(f"unknown flag {unknown[1]}; {hint}")
        raise RequestError(f"{message}; see `{self.prog} --help`")


def parse(argv: Sequence[str], verbs: dict[str, str]) -> Request:
    """Read the command line. Raises ``RequestError`` for what is wrong in itself."""
    parser = _Parser(
        prog="python -m harness",
        description="Judge competing patches for Django and CPython.",
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"{verb:8} {text}" for verb, text in verbs.items()),
    )
    parser.add_argument("verb", choices=list(verbs), metavar="VERB", help="what to do, see below")
    parser.add_argument(
        "name", nargs="?", default="", metavar="NAME", help="for edit, refresh, new"
    )
    _add_flags(parser)
    # Intermixed: a name may stand after flags.
    known, unknown = parser.parse_known_intermixed_args(list(argv))
    if unknown:
        parser.error(f"unrecognized arguments: {unknown[0]}")
    return _request(known)


def _add_flags(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    for upstream in ("django", "cpython"):
        text = "base: a version, git ref or commit, path, SOURCE:WORDS, or none; repeatable"
        add(f"--{upstream}", metavar="SPEC", action="append", help=text)
    add("--candidate", metavar="UPSTREAM/NAME", action="append", help="default: all; a+b stacks")
    add("--patch", metavar="FILE", action="append", help="a patch from anywhere, as a candidate")
    add(
        "--suite", metavar="NAME", action="append", help="django, django:LABEL, django:all, cpython"
    )
    add("--select", metavar="PATTERN", default="", help="only tests whose id matches this regex")
    add("--python", metavar="X.Y", default="", help="the interpreter for Django trees")
    add("--repeat", metavar="N", type=int, default=3, help="runs that confirm a change (3)")
    # Most of a job is waiting, and one that hangs does nothing else.
    jobs = 3 * (os.cpu_count() or 1)
    add("--jobs", metavar="N", type=int, default=jobs, help=f"jobs at once ({jobs} here)")
    add("--timeout", metavar="S", type=float, default=900.0, help="a job's deadline, s (900)")
    add("--test-timeout", metavar="S", type=float, default=20.0, help="a test's deadline, s (20)")
    add("--json", metavar="FILE", default="", help="write report.json there as well")
    add("--fail-on", choices=FAIL_ON, default="never", help="exit status 1 for such a verdict")
    add("--no-cache", action="store_true", help="run everything again")
    add("--engine", choices=list(ENGINES), default="threads", help="what looks after the jobs")
    add("--mirror", metavar="UPSTREAM=URL", action="append", help="where git fetches from")
    add("--patches", metavar="DIR", default="", help="another folder of candidates")
    add("--onto", metavar="SPEC", action="append", help="`diffs`: rebase onto another base")
    text = "`diffs`: let a check through, with the reason; repeatable"
    add("--allow", metavar="CHECK=reason", action="append", help=text)
    add("--ticket", metavar="N", default="", help="`new`: the number of the ticket")
    add("--format", choices=FORMATS, default="terminal", help="how `report` prints")
    add("--suspect", metavar="COMMIT", default="", help="bisect: is this commit the cause?")
    add(
        "--good", metavar="SPEC", default="", help="bisect: a release or commit where --test passes"
    )
    add("--bad", metavar="SPEC", default="", help="bisect: one where it fails")
    add("--test", metavar="ID", default="", help="bisect: the test whose change is searched")
    add("--noise", metavar="RATE", type=float, default=0.01, help="runs that may lie (0.01)")
    add("--replay", metavar="LOG", default="", help="bisect: tell a kept search again")
    add("--oldest", metavar="X.Y", default="", help="history: the series to begin with (1.11)")
    text = "bench: what to measure (all; serving alone, if candidates are given)"
    add("--measure", choices=MEASURES, action="append", help=text)


def _request(known: argparse.Namespace) -> Request:
    for name, least in (("repeat", 1), ("jobs", 1), ("timeout", 1), ("test_timeout", 1)):
        if not (math.isfinite(getattr(known, name)) and getattr(known, name) >= least):
            raise RequestError(f"--{name.replace('_', '-')} takes {least} or more")
    try:
        re.compile(known.select)
    except re.error as error:
        raise RequestError(f"--select {known.select!r} is no regular expression: {error}") from None
    _check_words(known)
    if known.json and not Path(known.json).absolute().parent.is_dir():
        raise RequestError(f"--json {known.json}: there is no such folder; make it first")
    return Request(
        verb=known.verb,
        django=_specs(known.django),
        cpython=_specs(known.cpython),
        candidates=tuple(known.candidate or ()),
        patches=tuple(known.patch or ()),
        suites=tuple(known.suite or ()),
        select=known.select,
        python=known.python,
        repeat=known.repeat,
        jobs=known.jobs,
        timeout=known.timeout,
        test_timeout=known.test_timeout,
        json=known.json,
        fail_on=known.fail_on,
        cache=not known.no_cache,
        engine=known.engine,
        mirrors=dict(_mirror(text) for text in known.mirror or ()),
        format=known.format,
        folder=known.patches or str(PROJECT / "patches"),
        suspect=known.suspect,
        good=known.good,
        bad=known.bad,
        test=known.test,
        noise=known.noise,
        replay=known.replay,
        oldest=known.oldest,
        measure=tuple(known.measure or (MEASURES[-1:] if known.candidate else MEASURES)),
        name=known.name,
        ticket=known.ticket,
        onto=tuple(known.onto or ()),
        allow=tuple(known.allow or ()),
    )


def _check_words(known: argparse.Namespace) -> None:
    """What belongs to one verb is an error with another one: it would change nothing."""
    if known.verb in NAMING and not known.name:
        raise RequestError(f"{known.verb} needs a name: {known.verb} django/my-fix")
    if known.name and known.verb not in NAMING:
        raise RequestError(f"{known.verb} takes no name; did you mean --candidate {known.name}?")
    if known.verb == "new" and not known.ticket.lstrip("#").isdecimal():
        raise RequestError(f"new needs the ticket's number: new {known.name} --ticket 32472")
    if known.ticket and known.verb != "new":
        raise RequestError(f"--ticket is for `new`, not for `{known.verb}`")


def _specs(given: list[str] | None) -> tuple[str, ...]:
    specs = tuple(dict.fromkeys(given or [DEFAULT]))
    return tuple(spec for spec in specs if spec != NONE)


def _mirror(text: str) -> tuple[str, str]:
    upstream, equals, url = text.partition("=")
    if not (upstream and equals and url):
        raise RequestError(
            f"--mirror {text}: write it as UPSTREAM=URL, such as django=/srv/django.git"
        )
    return upstream, str(Path(url).absolute()) if Path(url).is_dir() else url
