"""Every flag, declared once: parser, values, checks and the argv for another process.

Owns: the table of flags, and what is wrong with a wrong value. Must not know what a verb
does. Defaults are those of ``request.Request``. The idea is that of nox's option set
(https://github.com/wntrblm/nox/blob/main/nox/_option_set.py).
"""

from __future__ import annotations

import errno
import math
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from ..model import RequestError, Stack
from ..report import formats
from ..request import EFFORT_NAMES, ENGINE_NAMES, Request

NONE = "none"
FAIL_ON = ("broken", "any", "never")
FORMATS = ("terminal", *formats.FORMATS)
MEASURES = (
    "judging",
    "noise",
    "searching",
    "serving",
    "scaling",
    "scale",
    "instructions",
    "curve",
    "culprits",
)
SHELLS = ("bash", "zsh", "fish")
NAMING = ("edit", "refresh", "new")

MATRIX = "matrix"
JUDGING = ("test", MATRIX, "diffs", "bench")
SUITES = (*JUDGING, "bisect", "history")
RUNNING = (*SUITES, "impact")
TREES = (*RUNNING, "apply", "edit", "refresh", "lab")
CHOOSING = (*JUDGING, "apply")
ANYWHERE = ("apply", "report", *RUNNING)

DEFAULTS = Request()


class Option(NamedTuple):
    """One flag.

    ``field`` is the field of a request that it fills, ``verbs`` are those that use it:
    their help shows it. Every other verb takes it as well, so that one line of flags can
    be given to several sessions, unless ``only`` says that it would change nothing there.
    ``read`` turns a word into a value and raises ``RequestError``; ``write`` turns it back.
    A flag with ``takes`` false is one without a value, and stands for ``constant``; one with
    ``together`` takes so many values at once. For the verbs in ``several`` it takes as many
    values at once as are given, and ``plural`` is the field for them, if it is another one.
    ``meanings`` has the help of the verbs for which the flag means something else.
    """

    flag: str
    field: str
    verbs: tuple[str, ...]
    help: str
    metavar: str | tuple[str, ...] = ""
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str
    many: bool = False
    choices: tuple[str, ...] = ()
    only: bool = False
    constant: object = None
    together: int = 0
    several: tuple[str, ...] = ()
    plural: str = ""
    meanings: Mapping[str, str] = MappingProxyType({})

    @property
    def takes(self) -> bool:
        """Whether a value follows it."""
        return self.constant is None

    @property
    def default(self) -> object:
        """What a request has without the flag."""
        return getattr(DEFAULTS, self.field)

    def text_for(self, verb: str) -> str:
        """Its help, for a verb."""
        return self.meanings.get(verb, self.help)

    def words(self, request: Request) -> list[str]:
        """The flag as it has to be given for what a request has; nothing for the default."""
        if self.plural and (values := getattr(request, self.plural)):
            return [self.flag, *map(self.write, values)]
        value = getattr(request, self.field)
        if value == self.default:
            return []
        if not self.takes:
            return [self.flag] if value == self.constant else []
        if isinstance(value, dict):
            return [
                word
                for name, each in value.items()
                for text in ([each] if isinstance(each, str) else each or [NONE])
                for word in (self.flag, f"{name}={text}")
            ]
        if self.together:
            return [self.flag, *map(self.write, value)]
        values = value if self.many else [value]
        return [word for each in values for word in (self.flag, self.write(each))]


def _number(flag: str, kind: type, least: float) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            number = kind(text)
        except ValueError:
            what = "a whole number" if kind is int else "a number"
            raise RequestError(f"{flag}: {text!r} is not {what}") from None
        if not (math.isfinite(number) and number >= least):
            raise RequestError(f"{flag} takes {least:g} or more")
        return number

    return read


def _duration(text: str) -> float:
    """``2h``, ``90m``, ``1h30m``, ``45s`` or plain seconds, as seconds."""
    found = re.fullmatch(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s?)?", text)
    if not (text and found):
        raise RequestError(f"--budget {text!r} is no time; give 2h, 90m, 45s or plain seconds")
    hours, minutes, seconds = (float(number or 0) for number in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise RequestError(f"--select {text!r} is no regular expression: {error}") from None
    return text


def _new_file(text: str) -> str:
    if text and not Path(text).absolute().parent.is_dir():
        raise RequestError(f"--json {text}: there is no such folder; make it first")
    return text


def _report_file(text: str) -> str:
    """A file that a report can be written to, tried now: nobody waits an hour to hear that."""
    path = Path(text)
    if not formats.format_of(text):
        *others, last = formats.SUFFIXES
        raise RequestError(f"--write {text}: let its name end in {', '.join(others)} or {last}")
    if path.is_dir():
        raise RequestError(f"--write {text}: that is a folder; give a file")
    if not path.absolute().parent.is_dir():
        raise RequestError(f"--write {text}: there is no such folder; make it first")
    try:
        if path.exists() and not path.is_file():
            # Opened and closed again, a pipe would be at its end for whoever reads it.
            if not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        else:
            tempfile.TemporaryFile(dir=os.path.dirname(os.path.realpath(path))).close()
    except OSError as error:
        raise RequestError(f"--write {text}: {error.strerror}; give another file") from None
    return text


def _age(text: str) -> str:
    if not re.fullmatch(r"\d+[hdw]", text):
        raise RequestError(f"--older-than {text}: give hours, days or weeks: 12h, 30d, 2w")
    return text


def _store(text: str) -> str:
    from ..system.blobs import url_of

    return url_of(text)


def _pair(flag: str, example: str) -> Callable[[str], tuple[str, str]]:
    def read(text: str) -> tuple[str, str]:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise RequestError(f"{flag} {text}: write it as UPSTREAM={example}")
        return name, value

    return read


_spec = _pair("--base", "SPEC, such as django=6.1.3")
_url = _pair("--mirror", "URL, such as django=/srv/django.git")


def _mirror(text: str) -> tuple[str, str]:
    name, url = _url(text)
    return name, str(Path(url).absolute()) if Path(url).is_dir() else url


BASE = Option(
    "--base",
    "bases",
    TREES,
    "a base: a version, git ref or commit, path, SOURCE:WORDS, or none; repeatable",
    "UPSTREAM=SPEC",
    _spec,
    many=True,
    several=(MATRIX,),
    meanings={
        MATRIX: "releases: SPECs as elsewhere, or a series such as django=6.1 for the newest of "
        "it; several at once, repeatable"
    },
)

OPTIONS: tuple[Option, ...] = (
    BASE,
    Option(
        "--candidate",
        "candidates",
        (*JUDGING, "impact", "apply", "lab"),
        "a candidate; a+b is a stack; repeatable (all)",
        "UPSTREAM/NAME",
        Stack.read,
        many=True,
    ),
    Option(
        "--patch",
        "patches",
        (*JUDGING, "impact", "apply", "lab", "bisect"),
        "a patch from anywhere, as a candidate: FILE or UPSTREAM=FILE; repeatable",
        "FILE",
        many=True,
    ),
    Option(
        "--series",
        "series",
        (*JUDGING, "impact", "apply", "lab"),
        "patches from anywhere, as one candidate: a quilt series, a folder, or a mailbox; "
        "repeatable",
        "FILE",
        many=True,
    ),
    Option(
        "--each",
        "each",
        ("apply", "test"),
        "judge every patch of a --series by itself, on what stands below it",
        constant=True,
    ),
    Option(
        "--fuzz",
        "fuzz",
        ("apply", "test", MATRIX, "impact", "bench", "lab"),
        "let a patch go where patch(1) would put it though its outer context differs",
        constant=True,
    ),
    Option(
        "--suite",
        "suites",
        SUITES,
        "a suite, or one label of it: django:auth_tests, django:all, cpython:test_json, pytest, "
        "regression; repeatable (what the candidate names, else what it touches)",
        "NAME[:LABEL]",
        many=True,
    ),
    Option(
        "--project",
        "projects",
        ("impact",),
        "a project of impact.toml; repeatable (those that import what the patch touches)",
        "NAME",
        many=True,
        only=True,
    ),
    Option(
        "--select",
        "select",
        RUNNING,
        "only tests whose id matches this regular expression",
        "PATTERN",
        _pattern,
    ),
    Option(
        "--python",
        "python",
        TREES,
        "the interpreter for trees that need one",
        "X.Y",
        several=(MATRIX,),
        plural="pythons",
        meanings={
            MATRIX: "Pythons, several at once (all of this machine that run one of the releases)"
        },
    ),
    Option(
        "--repeat",
        "repeat",
        RUNNING,
        "the fewest runs that confirm a change; 1 confirms none",
        "N",
        _number("--repeat", int, 1),
    ),
    Option(
        "--effort",
        "effort",
        (*JUDGING, "impact"),
        "how hard to look for tests that fail now and then: quick, normal, or thorough, which "
        "runs everything ten times",
        "HOW",
        choices=EFFORT_NAMES,
    ),
    Option(
        "--jobs",
        "jobs",
        RUNNING,
        "the most jobs at once; fewer as long as these keep the cores busy",
        "N",
        _number("--jobs", int, 1),
    ),
    Option(
        "--timeout",
        "timeout",
        RUNNING,
        "a job's deadline in seconds",
        "S",
        _number("--timeout", float, 1),
    ),
    Option(
        "--test-timeout",
        "test_timeout",
        RUNNING,
        "a test's deadline in seconds",
        "S",
        _number("--test-timeout", float, 1),
    ),
    Option(
        "--budget",
        "budget",
        ("test", MATRIX, "diffs"),
        "seconds of further tests to look for what runs the changed code, if none that was "
        "chosen does; default: 120, and 0 where candidate.toml names the suites",
        "S",
        _duration,
        meanings={
            MATRIX: "wall time after which nothing new is started: 2h, 90m, 45s or seconds; the "
            "most telling cells come first"
        },
    ),
    Option(
        "--plan",
        "plan",
        (MATRIX,),
        "print what there is to do and what it takes, and do nothing",
        constant=True,
        only=True,
    ),
    Option(
        "--json", "json", ANYWHERE, "write the report there as well, as JSON", "FILE", _new_file
    ),
    Option(
        "--write",
        "written",
        ("test", MATRIX, "impact", "report", "diffs"),
        "write the report there as well, in the form that the name's end says: "
        f"{', '.join(formats.SUFFIXES)} (JUnit is .xml); repeatable",
        "FILE",
        _report_file,
        many=True,
    ),
    Option(
        "--fail-on",
        "fail_on",
        ("apply", "test", MATRIX, "impact", "report", "diffs"),
        "end with exit status 1 for such a verdict",
        "WHAT",
        choices=FAIL_ON,
    ),
    Option("--no-cache", "cache", RUNNING, "run everything again", constant=False),
    Option(
        "--engine", "engine", RUNNING, "what looks after the jobs", "NAME", choices=ENGINE_NAMES
    ),
    Option(
        "--scheduler",
        "scheduler",
        RUNNING,
        "a Dask scheduler whose workers do the jobs, as many as they have threads; it means "
        "--engine dask",
        "ADDRESS",
    ),
    Option(
        "--store",
        "store",
        RUNNING,
        "results that machines like this one share: a folder, or a URL that fsspec reaches "
        "(s3://bucket/folder)",
        "URL",
        _store,
    ),
    Option(
        "--mirror",
        "mirrors",
        TREES,
        "where git fetches an upstream from; repeatable",
        "UPSTREAM=URL",
        _mirror,
        many=True,
    ),
    Option(
        "--patches",
        "folder",
        (*TREES, "new"),
        "another folder of upstreams and candidates",
        "DIR",
    ),
    Option(
        "--onto",
        "onto",
        ("diffs",),
        "rebase onto another base: SPEC or UPSTREAM=SPEC; repeatable",
        "SPEC",
        many=True,
        only=True,
    ),
    Option(
        "--allow",
        "allow",
        ("diffs",),
        "let a check through, with the reason; repeatable",
        "CHECK=reason",
        many=True,
        only=True,
    ),
    Option(
        "--ticket",
        "ticket",
        (*CHOOSING, "history", "new"),
        "the ticket whose candidates, or behaviours, are meant, as UPSTREAM#N, #N or gh-N (that of "
        "patches/workbench.toml)",
        "N",
        only=True,
    ),
    Option(
        "--format",
        "format",
        ("report",),
        "how it is printed",
        "FORMAT",
        choices=FORMATS,
        only=True,
    ),
    Option(
        "--compare",
        "compare",
        ("report",),
        "what changed from report A to report B: files, folders, last, or previous",
        ("A", "B"),
        only=True,
        together=2,
    ),
    Option("--open", "open", ("report",), "open the page in a browser", constant=True, only=True),
    Option(
        "--serve",
        "serve",
        ("report",),
        "serve the reports on 127.0.0.1, and verdicts as they come while a run goes on",
        constant=True,
        only=True,
    ),
    Option("--suspect", "suspect", ("bisect",), "is this commit the cause?", "COMMIT", only=True),
    Option(
        "--good",
        "good",
        ("bisect",),
        "a release or commit where --test passes",
        "SPEC",
        only=True,
    ),
    Option("--bad", "bad", ("bisect",), "one where it fails", "SPEC", only=True),
    Option(
        "--test",
        "tests",
        ("bisect", "history"),
        "the test whose change is searched; repeatable (those that --fix mends)",
        "ID",
        many=True,
        only=True,
    ),
    Option(
        "--overlay",
        "overlay",
        ("bisect", "history"),
        "take a test along to commits that lack it: a patch's tests, a folder, or a test file "
        "(PATH_IN_TREE=FILE)",
        "FILE",
        only=True,
    ),
    Option(
        "--fix",
        "fix",
        ("bisect", "history"),
        "the commit or patch that mends it: its tests are taken along and searched for",
        "COMMIT-OR-PATCH",
        only=True,
    ),
    Option(
        "--run",
        "command",
        ("bisect",),
        "a shell command instead of a test, by git bisect run's exit codes",
        "COMMAND",
        only=True,
    ),
    Option(
        "--any-failure",
        "any_failure",
        ("bisect",),
        "a commit is bad however it fails, and not only as the bad end does",
        constant=True,
        only=True,
    ),
    Option(
        "--first-parent",
        "first_parent",
        ("bisect",),
        "name a merge, not the commit that it merged",
        constant=True,
        only=True,
    ),
    Option(
        "--no-proof",
        "proof",
        ("bisect",),
        "name the commit, and leave out what proves it",
        constant=False,
        only=True,
    ),
    Option(
        "--noise",
        "noise",
        ("bisect", "history"),
        "the share of runs that may tell the wrong thing",
        "RATE",
        _number("--noise", float, 0),
        only=True,
    ),
    Option("--replay", "replay", ("bisect",), "tell a kept search again", "LOG", only=True),
    Option(
        "--oldest",
        "oldest",
        ("history",),
        "the release series to begin with (the upstream's own)",
        "X.Y",
        only=True,
    ),
    Option(
        "--measure",
        "measure",
        ("bench",),
        "what to measure; repeatable (judging, noise, searching and serving; serving alone, if "
        "candidates are given)",
        "WHAT",
        many=True,
        choices=MEASURES,
        only=True,
    ),
    Option(
        "--against",
        "against",
        ("bench",),
        "measure `test` as it is now, and as it was at that revision of the workbench",
        "REV",
        only=True,
    ),
    Option(
        "--labelled",
        "labelled",
        ("bench",),
        "for culprits: regressions whose cause is known, a JSON object with fix, culprit, "
        "fail_to_pass and test_files on each line",
        "FILE",
        only=True,
    ),
    Option(
        "--older-than",
        "older_than",
        ("clean",),
        "remove what was not used for so long",
        "AGE",
        _age,
        only=True,
    ),
    Option(
        "--all",
        "everything",
        ("clean", "report", "test", MATRIX, "impact"),
        "all there is: `clean` removes it, the others print it",
        constant=True,
        only=True,
    ),
)


def words(request: Request, but: Iterable[str] = ()) -> list[str]:
    """A request as the arguments of a process that does the same.

    ``but`` names fields that are left at their default.
    """
    blank = {field: getattr(DEFAULTS, field) for field in but}
    asked = msgspec.structs.replace(request, **blank)
    found = [asked.verb, *filter(None, (asked.shell, asked.name)), *asked.folders]
    for option in OPTIONS:
        found += option.words(asked)
    return found
