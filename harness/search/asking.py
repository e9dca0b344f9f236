"""What a search for a culprit is about: the tests, and what is taken along with them.

Owns: reading a request as a question, and as the command that asks it without the workbench.
Must not know a history, nor how a range of it is searched.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import msgspec

from ..catalog.upstream import Upstream
from ..jobs.runs import Run
from ..judge.culprit import ByHand
from ..model import RequestError, Tree
from ..request import Request
from ..sources.provider import Provider
from ..suites import command, own_suite
from ..upstreams import kind_of
from .line import Question
from .location import location_of
from .overlay.fixes import tests_of
from .overlay.reading import fix_of, overlay_of
from .overlay.values import Fix, Overlay
from .reached import Watch
from .selection import SuiteSelection, select_of
from .wanted import wanted_of


def question_of(
    request: Request, upstream: Upstream, watch: Watch, provider: Provider, run: Run
) -> tuple[Question, str]:
    """The tests that are searched, and what is taken along; and why the tests were not seen to
    pass with a fix, if they were not.

    Raises ``RequestError`` if the request names no test that can be searched.
    """
    suite = SuiteSelection(
        own_suite(upstream.project), (), "", request.timeout, request.test_timeout
    )
    if request.command:
        suite = msgspec.structs.replace(suite, suite=command.NAME, labels=(request.command,))
        return Question(upstream, suite, (command.TEST,)), ""
    overlay, fix = _taken_along(request, upstream, watch.tree, provider)
    tests, red, unproved = request.tests, None, ""
    if not tests and overlay is not None:
        tests, unproved, red = wanted_of(overlay, fix, watch, watch.tree, suite, provider, run)
    if not tests:
        raise RequestError("which test? Name it with --test ID, or give --overlay or --fix")
    places = [location_of(test, request.suites, provider) for test in tests]
    if len({(each.upstream, each.suite) for each in places}) > 1:
        raise RequestError("the tests are of different suites; search for those of one")
    labels = tuple(dict.fromkeys(label for each in places for label in each.labels))
    suite = msgspec.structs.replace(
        suite, suite=places[0].suite, labels=labels, select=select_of(tests)
    )
    return Question(upstream, suite, tuple(tests), overlay, red), unproved


def by_hand(request: Request, question: Question) -> ByHand:
    """The command with which one would run the tests without the workbench."""
    if request.command:
        return ByHand(f"sh -c {shlex.quote(request.command)}")
    plain = kind_of(question.upstream.project).plain_command(Path(), question.tests)
    path = [os.path.relpath(each, plain.folder) for each in plain.import_path]
    words = shlex.join(["python", *plain.arguments])
    told = f"PYTHONPATH={shlex.quote(os.pathsep.join(path))} {words}" if path else words
    if plain.folder != Path():
        told = f"(cd {shlex.quote(str(plain.folder))} && {told})"
    overlay = question.overlay
    if overlay is None:
        return ByHand(told)
    files = tuple(file.path for file in overlay.files if file.new is not None)
    return ByHand(told, overlay.commit, files)


def _taken_along(
    request: Request, upstream: Upstream, bad: Tree, provider: Provider
) -> tuple[Overlay | None, Fix | None]:
    fix = fix_of(request.fix, upstream, bad, provider) if request.fix else None
    words = request.overlay or next(iter(request.patches), "")
    if words:
        return overlay_of(words, upstream, bad, provider), fix
    if fix is not None:
        return tests_of(fix, request.fix, upstream.project), fix
    return None, None
