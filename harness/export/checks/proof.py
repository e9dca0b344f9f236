"""The proof by runs: a patch's tests without its code, and with it, again and again.

Owns: which runs there are, and what they prove. Must not know how jobs are carried
out, where the trees come from, or what is demanded of a patch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ...compare.comparison import RunSettings
from ...judge.verdict import STANDING, Standing
from ...model import Interpreter, Job, Result, Status, Tree, Value
from .changed_tests import fits

TIMES = 20
# The id that unittest gives to a module that could not be imported begins so.
NOT_IMPORTED = "unittest.loader."
GREEN = (Standing.GOOD, Standing.WAIVED, Standing.SKIPPED)

RunJobs = Callable[[Sequence[Job]], Mapping[Job, Result]]
"""Does jobs, and gives the result of each."""


class RedGreenProof(Value, frozen=True):
    """What is proved, test by test; ``evidence/red-green.json``.

    ``red`` fail without the code and pass with it, in all of ``times`` runs on each
    side. ``guards`` pass on both sides: they hold what must stay as it is. ``wrong``
    are sentences about tests that did not do the same in every run.
    """

    red: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    times: int = 0


class RedGreenRuns(NamedTuple):
    """What the runs of a patch's tests showed; the proof is empty where they prove nothing.

    ``has_run`` is whether any test ran with the code, and ``note`` why none did.
    ``failing`` go wrong with the code, by test, with the reason; ``idle`` are the
    patch's own tests if none of them needs its code.
    """

    has_run: bool = True
    note: str = ""
    failing: Mapping[str, str] = {}
    idle: tuple[str, ...] = ()
    proof: RedGreenProof = RedGreenProof()


class RedGreenTrees(NamedTuple):
    """The trees that are compared, and what is run on each of them.

    ``bare`` is the base, ``alone`` the base with the patch's changes to tests alone (the
    red tree), and ``whole`` has all of the patch.
    """

    suite: str
    bare: Tree
    alone: Tree
    whole: Tree
    python: Interpreter
    labels: tuple[str, ...]
    how: RunSettings

    def job(self, tree: Tree, attempt: int = 1, select: str = "") -> Job:
        """One run of the touched test modules on one of the trees."""
        return Job(
            suite=self.suite,
            trees=(tree,),
            python=self.python,
            labels=self.labels,
            select=select,
            attempt=attempt,
            timeout=self.how.timeout,
            test_timeout=self.how.test_timeout,
        )


def prove(trees: RedGreenTrees, own: Sequence[str], run: RunJobs) -> RedGreenRuns:
    """Run the touched modules once on each side, and then what matters ``TIMES`` times.

    ``own`` are patterns of the ids of the patch's own tests: those it adds or changes.
    """
    pair = [trees.job(trees.alone), trees.job(trees.whole)]
    first = run(pair)
    alone, whole = (first[job] for job in pair)
    if not whole.outcomes:
        return RedGreenRuns(has_run=False, note=whole.note)
    mine = [test for test in whole.outcomes if fits(test, own)]
    failing = {test: _reason(whole, test) for test in mine if not is_green(whole, test)}
    if failing:
        return RedGreenRuns(failing=failing)
    turned = [t for t in whole.outcomes if is_red(alone, t) and is_green(whole, t)]
    red = [test for test in turned if test in mine] or _made_red(trees, turned, run)
    if not red:
        return RedGreenRuns(idle=tuple(mine))
    chosen = list(dict.fromkeys([*red, *mine]))
    without, with_code = _repeated(trees, chosen, run)
    return RedGreenRuns(
        proof=RedGreenProof(
            red=tuple(red),
            guards=tuple(test for test in mine if test not in red),
            wrong=tuple(dict.fromkeys(_unsteady(without, with_code, red, chosen))),
            times=TIMES,
        )
    )


def is_green(result: Result, test: str) -> bool:
    """Whether a test passed in that run, or was skipped as it says itself."""
    return _standing(result, test) in GREEN


def is_red(result: Result, test: str) -> bool:
    """Whether a test failed in that run, or its module could not even be imported."""
    standing = _standing(result, test)
    if standing is Standing.ABSENT:
        return any(
            name.startswith(NOT_IMPORTED) and STANDING[outcome.status] is Standing.BAD
            for name, outcome in result.outcomes.items()
        )
    return standing is Standing.BAD


def _standing(result: Result, test: str) -> Standing:
    outcome = result.outcomes.get(test)
    return STANDING[outcome.status] if outcome else Standing.ABSENT


def _made_red(trees: RedGreenTrees, turned: Sequence[str], run: RunJobs) -> list[str]:
    """Tests that a changed helper makes fail; what fails on the bare base proves nothing."""
    if not turned:
        return []
    job = trees.job(trees.bare)
    bare = run([job])[job]
    return [test for test in turned if not is_red(bare, test)]


def _repeated(
    trees: RedGreenTrees, tests: Sequence[str], run: RunJobs
) -> tuple[list[Result], list[Result]]:
    """``TIMES`` runs of these tests without the code, and as many with it."""
    select = rf"^(?:{'|'.join(map(re.escape, tests))})$"
    times = range(1, TIMES + 1)
    sides = [[trees.job(tree, n, select) for n in times] for tree in (trees.alone, trees.whole)]
    # In turns, so that a busy minute of the machine meets both sides.
    results = run([job for pair in zip(*sides, strict=True) for job in pair])
    without, with_code = ([results[job] for job in jobs] for jobs in sides)
    return without, with_code


def _unsteady(
    without: Sequence[Result], with_code: Sequence[Result], red: Sequence[str], all_: Sequence[str]
) -> Iterable[str]:
    """A sentence for each test that did not do the same in every run."""
    for test in red:
        passed = sum(not is_red(result, test) for result in without)
        if passed:
            yield f"{test}: without the code it does not fail in {passed} of {len(without)} runs"
    for test in all_:
        failed = sum(not is_green(result, test) for result in with_code)
        if failed:
            yield f"{test}: with the code it does not pass in {failed} of {len(with_code)} runs"


def _reason(result: Result, test: str) -> str:
    outcome = result.outcomes[test]
    return outcome.reason or (outcome.status if outcome.status is not Status.PASSED else "")
