"""Red and green: a patch's tests fail without its code, and pass with it, every time.

Owns: which tests a patch adds or changes, the tree with its tests alone, and what
their runs prove. Must not know how jobs are carried out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import NamedTuple

from ...compare.trial import Settings
from ...judge.verdict import STANDING, Standing
from ...model import Interpreter, Job, Patch, Result, Status, Tree, Value
from ...sources.provider import Supply
from ..gate import CheckResult, found, not_asked, unknown
from ..squash import ChangedFile, SquashedCommit, Squasher

TIMES = 20
TESTS_ALONE = "tests-alone.patch"
NOT_IMPORTED = "unittest.loader."
MOST_NAMED = 8
RunJobs = Callable[[Sequence[Job]], Mapping[Job, Result]]


class RedGreenProof(Value, frozen=True):
    """What the runs say: tests by what they do without the code and with it.

    ``red`` fail without it and pass with it, in all of ``times`` runs on each side.
    ``guards`` pass on both sides: they hold what must stay as it is.
    """

    red: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    times: int = 0


class RedGreenTrees(NamedTuple):
    """The base, the trees with the tests alone and with everything, and how they are run."""

    suite: str
    bare: Tree
    alone: Tree
    whole: Tree
    python: Interpreter
    labels: tuple[str, ...]
    how: Settings

    def job(self, tree: Tree, attempt: int = 1, select: str = "") -> Job:
        """One run of the touched test modules."""
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


def look(
    squashed: SquashedCommit,
    squasher: Squasher,
    supply: Supply,
    python: Interpreter,
    how: Settings,
    run: RunJobs,
) -> tuple[CheckResult, RedGreenProof]:
    """Run the patch's tests without and with its code; what that proves."""
    rules = squashed.upstream.pull_request
    if rules is None or not rules.tests:
        return not_asked("the upstream has no such rule"), RedGreenProof()
    tests = [file for file in squashed.touched if squashed.in_tests(file.path)]
    advice = f"add a test below {rules.tests} that fails without the change"
    if not any(_is_code(file, squashed) for file in squashed.touched):
        return not_asked("it changes no code"), RedGreenProof()
    if not tests:
        return found(["no test is added or changed"], advice), RedGreenProof()
    paths = [file.path for file in tests]
    text = squasher.diff(squashed.base.commit, squashed.commit, *paths)
    series = (Patch(squashed.name, TESTS_ALONE, text),)
    alone = supply.apply(squashed.base, f"{squashed.name}-tests", series).tree
    labels = labels_of(paths, rules.tests)
    if alone is None or squashed.patched is None or not labels:
        return unknown(
            f"no test module could be told from {', '.join(paths)}", advice
        ), RedGreenProof()
    suite = squashed.upstream.suites[0]
    sides = RedGreenTrees(suite, squashed.base, alone, squashed.patched, python, labels, how)
    touched = [name for file in tests for name in changed_tests(file, rules.tests)]
    return prove(sides, touched, run, advice)


def prove(
    sides: RedGreenTrees, touched: Sequence[str], run: RunJobs, advice: str
) -> tuple[CheckResult, RedGreenProof]:
    """Run both sides once, and then what matters ``TIMES`` times."""
    pair = [sides.job(sides.alone), sides.job(sides.whole)]
    first = run(pair)
    alone, whole = (first[job] for job in pair)
    if not whole.outcomes:
        return unknown(f"its tests did not run: {whole.note}"), RedGreenProof()
    mine = [test for test in whole.outcomes if _is_one_of(test, touched)]
    turned = [t for t in whole.outcomes if _is_red(alone, t) and _is_green(whole, t)]
    red = [test for test in turned if test in mine] or _made_red(sides, turned, run)
    failing = [f"{test}: {_said(whole, test)}" for test in mine if not _is_green(whole, test)]
    if failing:
        return found([f"fails with the code: {each}" for each in failing], advice), RedGreenProof()
    if not red:
        passing = [f"passes without the code as well: {test}" for test in mine[:MOST_NAMED]]
        return found(
            passing or ["none of its tests fails without the code"], advice
        ), RedGreenProof()
    chosen = list(dict.fromkeys([*red, *mine]))
    select = rf"^(?:{'|'.join(map(re.escape, chosen))})$"
    times = range(1, TIMES + 1)
    sets = [[sides.job(tree, n, select) for n in times] for tree in (sides.alone, sides.whole)]
    results = run([job for pair in zip(*sets, strict=True) for job in pair])
    runs = [[results[job] for job in jobs] for jobs in sets]
    wrong = list(dict.fromkeys(_unsteady(runs[0], runs[1], red, chosen)))
    guards = tuple(test for test in mine if test not in red)
    proof = RedGreenProof(tuple(red), guards, tuple(wrong), TIMES)
    note = f"{len(red)} fail without the code and pass with it, {TIMES} times on each side"
    note += f"; {len(guards)} more pass on both sides" if guards else ""
    return found(wrong, "make the test certain: it must not depend on time", note), proof


def labels_of(paths: Iterable[str], folder: str) -> tuple[str, ...]:
    """What a suite calls the test modules at these paths.

    A file that is no test module is run with the folder that it helps, if no test
    module is touched.
    """
    modules, helped = [], []
    for path in paths:
        inner = PurePosixPath(path.removeprefix(folder))
        if inner.suffix == ".py" and fnmatchcase(inner.name, "test*.py"):
            modules.append(".".join(inner.with_suffix("").parts))
        elif inner.parent.parts:
            helped.append(inner.parts[0])
    return tuple(dict.fromkeys(modules or helped))


def changed_tests(file: ChangedFile, folder: str) -> list[str]:
    """``module.Class.test_x`` of every test that a file adds or changes.

    A class whose other parts changed (``setUp``, its bases) stands for all its tests,
    as ``module.Class.*``.
    """
    inner = PurePosixPath(file.path.removeprefix(folder))
    if inner.suffix != ".py":
        return []
    module = ".".join(inner.with_suffix("").parts)
    before, after = (_classes(text) for text in file.texts())
    names = []
    for name, parts in after.items():
        old = before.get(name, {})
        changed = [part for part in parts if old.get(part) != parts[part]]
        whole = any(not part.startswith("test") for part in changed)
        names += [f"{module}.{name}.*"] if whole else [f"{module}.{name}.{p}" for p in changed]
    return names


def _classes(text: str) -> dict[str, dict[str, str]]:
    """The source of each part of each class: its methods, and the rest of it."""
    try:
        module = ast.parse(text)
    except SyntaxError:
        return {}
    found: dict[str, dict[str, str]] = {}
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            functions = {
                part.name: ast.dump(part)
                for part in node.body
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
            }
            rest = [p for p in node.body if getattr(p, "name", None) not in functions]
            # Base classes decide about every test; an attribute may.
            found[node.name] = functions | {
                "": "".join(map(ast.dump, [*node.bases, *node.decorator_list, *rest]))
            }
    return found


def _is_code(file: ChangedFile, squashed: SquashedCommit) -> bool:
    return not squashed.in_tests(file.path) and file.path.endswith((".py", ".c", ".h"))


def _is_one_of(test: str, patterns: Sequence[str]) -> bool:
    """CPython's ids begin with the package ``test``."""
    return any(fnmatchcase(test, p) or fnmatchcase(test, f"test.{p}") for p in patterns)


def _standing(result: Result, test: str) -> Standing:
    outcome = result.outcomes.get(test)
    return STANDING[outcome.status] if outcome else Standing.ABSENT


def _is_green(result: Result, test: str) -> bool:
    return _standing(result, test) in (Standing.GOOD, Standing.WAIVED, Standing.SKIPPED)


def _is_red(result: Result, test: str) -> bool:
    """It fails, or its module can not even be imported without the code."""
    standing = _standing(result, test)
    if standing is Standing.ABSENT:
        return any(
            name.startswith(NOT_IMPORTED) and STANDING[outcome.status] is Standing.BAD
            for name, outcome in result.outcomes.items()
        )
    return standing is Standing.BAD


def _made_red(sides: RedGreenTrees, turned: Sequence[str], run: RunJobs) -> list[str]:
    """Tests that a changed helper makes fail; what fails on the bare base proves nothing."""
    if not turned:
        return []
    job = sides.job(sides.bare)
    bare = run([job])[job]
    return [test for test in turned if not _is_red(bare, test)]


def _unsteady(
    alone: Sequence[Result], whole: Sequence[Result], red: Sequence[str], chosen: Sequence[str]
) -> Iterable[str]:
    """Each test that did not do the same in every run."""
    for test in red:
        passed = sum(not _is_red(result, test) for result in alone)
        if passed:
            yield f"{test}: without the code it does not fail in {passed} of {len(alone)} runs"
    for test in chosen:
        failed = sum(not _is_green(result, test) for result in whole)
        if failed:
            yield f"{test}: with the code it does not pass in {failed} of {len(whole)} runs"


def _said(result: Result, test: str) -> str:
    outcome = result.outcomes[test]
    return outcome.reason or (outcome.status if outcome.status is not Status.PASSED else "")
