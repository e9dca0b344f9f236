"""Red and green: a patch's tests fail without its code, and pass with it, every time.

Owns: the tree with a patch's tests alone, and what is said of the runs. Must not know
what the runs prove (``proof``), nor how jobs are carried out.
"""

from __future__ import annotations

from functools import partial

from ...compare.comparison import RunSettings
from ...model import CandidateName, Interpreter, Patch, Stack
from ...sources.provider import Provider
from ...upstreams import kind_of
from ..gate import CheckResult, not_asked, unknown, wrong_if_any
from ..squash import ChangedFile, SquashedCommit, Squasher
from .changed_tests import changed_tests
from .proof import RedGreenProof, RedGreenRuns, RedGreenTrees, RunJobs, prove

TESTS_ALONE = "tests-alone.patch"
CODE = (".py", ".c", ".h")
MOST_NAMED = 8


def runs_of(
    squashed: SquashedCommit,
    squasher: Squasher,
    provider: Provider,
    python: Interpreter,
    how: RunSettings,
    run: RunJobs,
) -> RedGreenRuns | None:
    """What the runs of a patch's tests showed; None if there is nothing to run.

    That is so where a patch has no code, no tests, or none that a suite has a label for.
    """
    tests = _tests(squashed)
    if squashed.patched is None or not tests or not _has_code(squashed):
        return None
    paths = [file.path for file in tests]
    text = squasher.diff(squashed.base.commit, squashed.commit, *paths)
    name = squashed.name.names[-1]
    series = (Patch(name, TESTS_ALONE, text),)
    red = Stack((CandidateName(name.upstream, f"{name.name}-tests"),))
    alone = provider.apply(squashed.base, red, series).tree
    kind = kind_of(squashed.base.base.project)
    labels = kind.labels_of(paths, _folder(squashed))
    if alone is None or not labels:
        return None
    trees = RedGreenTrees(kind.SUITE, squashed.base, alone, squashed.patched, python, labels, how)
    own = [
        test
        for file in tests
        for test in changed_tests(file, partial(kind.test_pattern, file.path, _folder(squashed)))
    ]
    return prove(trees, own, run)


def check(squashed: SquashedCommit, runs: RedGreenRuns | None) -> CheckResult:
    """Whether the patch brings a test that needs its code, and is certain."""
    if not _folder(squashed):
        return not_asked("the upstream has no such rule")
    if not _has_code(squashed):
        return not_asked("it changes no code")
    advice = f"add a test below {_folder(squashed)} that fails without the change"
    tests = _tests(squashed)
    if not tests:
        return wrong_if_any(["no test is added or changed"], advice)
    if runs is None:
        paths = ", ".join(file.path for file in tests)
        return unknown(f"no test module could be told from {paths}", advice)
    return _result_of(runs, advice)


def _result_of(runs: RedGreenRuns, advice: str) -> CheckResult:
    if not runs.has_run:
        return unknown(f"its tests did not run: {runs.note}")
    if runs.failing:
        failing = (f"{test}: {reason}" for test, reason in runs.failing.items())
        return wrong_if_any([f"fails with the code: {each}" for each in failing], advice)
    if not runs.proof.red:
        idle = [f"passes without the code as well: {test}" for test in runs.idle[:MOST_NAMED]]
        return wrong_if_any(idle or ["none of its tests fails without the code"], advice)
    steady = "make the test certain: it must not depend on time"
    return wrong_if_any(runs.proof.wrong, steady, _summary(runs.proof))


def _summary(proof: RedGreenProof) -> str:
    red = f"{len(proof.red)} fail without the code and pass with it"
    guards = f"; {len(proof.guards)} more pass on both sides" if proof.guards else ""
    return f"{red}, {proof.times} times on each side{guards}"


def _folder(squashed: SquashedCommit) -> str:
    """The upstream's folder of tests, or nothing if its rules name none."""
    rules = squashed.upstream.pull_request
    return rules.tests if rules else ""


def _tests(squashed: SquashedCommit) -> list[ChangedFile]:
    return [file for file in squashed.touched if squashed.in_tests(file.path)]


def _has_code(squashed: SquashedCommit) -> bool:
    paths = (file.path for file in squashed.touched)
    return any(path.endswith(CODE) and not squashed.in_tests(path) for path in paths)
