"""Which tests a search is for, where the user names none.

Owns: finding, of the tests that an overlay adds or changes, those that the fix is about.
Must not know how a search goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import translate
from functools import partial
from typing import NamedTuple

from ..jobs.runs import Run
from ..judge import bisection
from ..judge.changedtests import changed_tests, every_test, fits
from ..model import Answer, Job, OverlayWay, RequestError, Result, Stack, Tree, WorkbenchError
from ..pythons import tracing
from ..sources.provider import Provider
from ..upstreams import kind_of
from .line import Red
from .overlay.laying import lay_on, ways_onto
from .overlay.values import Fix, Laid, Overlay
from .reached import Watch
from .selection import SuiteSelection
from .states import State


class Wanted(NamedTuple):
    """The tests that fail without the fix; ``unproved`` says why they were not seen to pass
    with it, where that is so."""

    tests: tuple[str, ...]
    unproved: str
    red: Red | None


def wanted_of(
    overlay: Overlay,
    fix: Fix | None,
    watch: Watch,
    bad: Tree,
    ask: SuiteSelection,
    provider: Provider,
    run: Run,
) -> Wanted:
    """The tests of an overlay that fail on ``bad``, and pass there with the fix.

    That run is watched, where this changes nothing. Raises ``RequestError`` if there is none.
    """
    project = bad.base.project
    kind = kind_of(project)
    folder = f"{kind.tests_folder(project)}/"
    patterns: list[str] = []
    names: list[str] = []
    for file in overlay.files:
        if file.new is not None and file.path.endswith(".py"):
            pattern = partial(kind.test_pattern, file.path, folder)
            patterns += changed_tests(file.old or "", file.new, pattern)
            names += every_test(file.new, pattern)
    if not patterns:
        raise RequestError(
            f"{overlay.origin} neither adds nor changes a test; name one with --test"
        )
    labels = kind.labels_of([file.path for file in overlay.files], folder)
    select = "|".join(f"(?:{translate(pattern)})" for pattern in patterns)
    chosen = SuiteSelection(ask.suite, labels, select, ask.timeout, ask.test_timeout)
    red = _laid(provider, bad, overlay)
    state = State((red,), provider.python_for(red), {}, labels, OverlayWay.WHOLE_FILES)
    traced = watch.files if tracing.is_quiet(state.python) else ()
    jobs = {chosen.job(state, 1, traced): False}
    unproved = "no fix was given; --fix COMMIT-OR-PATCH names one"
    fixed = None
    if fix is not None and fix.code:
        fixed, unproved = _fixed(provider, bad, fix, overlay)
    if fixed is not None:
        jobs[chosen.job(state._replace(trees=(fixed,)), 1)] = True
    results: dict[bool, Result] = {}

    def follow(job: Job, result: Result) -> Sequence[Job]:
        results[jobs[job]] = result
        return ()

    run(jobs, follow)
    if fixed is not None:
        provider.trees.give_up(fixed)
    if fixed is not None and not results[True].outcomes:
        # That nothing ran says nothing about the fix.
        unproved = f"nothing ran with it: {results.pop(True).note}"
    if not any(fits(test, patterns) for test in results[False].outcomes):
        known = [name for name in names if fits(name, patterns)]
        return _by_name(results[False], bad, known, overlay, provider)
    tests = _those_that_tell(results, patterns, overlay)
    named = state._replace(tests={test: test for test in tests})
    return Wanted(tests, unproved, Red(named, results[False]))


def _laid(provider: Provider, tree: Tree, overlay: Overlay) -> Tree:
    texts = {file.path: file.new for file in overlay.files if file.new is not None}
    return lay_on(provider.trees, tree, Laid(OverlayWay.WHOLE_FILES, texts, {}, frozenset()))


def _fixed(provider: Provider, bad: Tree, fix: Fix, overlay: Overlay) -> tuple[Tree | None, str]:
    """The bad end with the fix and its tests, or why it does not apply there."""
    stack = Stack((fix.code[0].candidate,))
    made = provider.trees.apply(bad, stack, fix.code)
    if made.tree is None:
        return None, f"the fix does not apply to the bad end: {made.problems[0]}"
    return _laid(provider, made.tree, overlay), ""


def _by_name(
    red: Result, bad: Tree, known: Sequence[str], overlay: Overlay, provider: Provider
) -> Wanted:
    """The tests by their names, where their whole files do not load on the bad end.

    A search goes on to the other ways of laying them over it; those that fit by none are left
    out. Raises ``WorkbenchError`` if there is no other.
    """
    told = [outcome.reason for outcome in red.outcomes.values() if outcome.reason] or [red.note]
    why = f"the files of {overlay.origin} do not load on the bad end: {told[0]}"
    tests = [
        test
        for test in known
        if any(isinstance(way, Laid) for way in ways_onto(provider.trees, bad, overlay, [test]))
    ]
    if not tests:
        raise WorkbenchError(f"{why}; name a test with --test")
    return Wanted(tuple(tests), why, None)


def _those_that_tell(
    results: dict[bool, Result], patterns: Sequence[str], overlay: Overlay
) -> tuple[str, ...]:
    red = results[False]
    failing = [
        test
        for test, outcome in red.outcomes.items()
        if fits(test, patterns) and bisection.ANSWERS[outcome.status] is Answer.BAD
    ]
    if not failing:
        raise RequestError(
            f"every test of {overlay.origin} passes on the bad end: there is nothing to search"
        )
    if True not in results:
        return tuple(failing)
    green = results[True].outcomes
    mended = [
        test
        for test in failing
        if test in green and bisection.ANSWERS[green[test].status] is Answer.GOOD
    ]
    if not mended:
        raise RequestError(
            f"{', '.join(failing[:3])} fails on the bad end with the fix as well: it is not its fix"
        )
    return tuple(mended)
