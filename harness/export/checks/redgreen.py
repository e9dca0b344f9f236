"""Red and green: a patch's tests fail without its code, and pass with it.

Owns: what is demanded of a patch's tests, and how that is told. Must not know how it was
found out: what they prove is part of the verdict, the same as that of ``nox -s test``.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...judge import redgreen
from ...model import Judgement, RedGreenProof
from ...report import summary
from ..gate import CheckResult, not_asked, unknown, wrong_if_any
from ..squash import ChangedFile, SquashedCommit

CODE = (".py", ".c", ".h")
MOST_NAMED = 8


def proof_of(squashed: SquashedCommit, judged: Sequence[Judgement]) -> RedGreenProof:
    """What the candidate's tests prove on the diff's own base; empty if they did not run."""
    base = squashed.base.base
    mine = [
        each.proof
        for each in judged
        if [(name.upstream, name.version) for name in each.ground]
        == [(base.upstream, base.version)]
    ]
    return redgreen.together(mine or [each.proof for each in judged])


def check(squashed: SquashedCommit, judged: Sequence[Judgement]) -> CheckResult:
    """Whether the patch brings a test that needs its code, and is certain."""
    if not _folder(squashed):
        return not_asked("the upstream has no such rule")
    if not _has_code(squashed):
        return not_asked("it changes no code")
    advice = f"add a test below {_folder(squashed)} that fails without the change"
    if not _tests(squashed):
        return wrong_if_any(["no test is added or changed"], advice)
    proof = proof_of(squashed, judged)
    if proof.times == 0:
        why = [note for each in judged for note in each.notes]
        paths = ", ".join(file.path for file in _tests(squashed))
        return unknown(f"the tests in {paths} did not run: {'; '.join(why) or 'none was chosen'}")
    return _result_of(proof, advice)


def _result_of(proof: RedGreenProof, advice: str) -> CheckResult:
    if proof.failing:
        failing = (f"{summary.test_name(test)}: {why}" for test, why in proof.failing.items())
        return wrong_if_any([f"fails with the code: {each}" for each in failing], advice)
    steady = "run again with --repeat 10, or make the test certain: it must not depend on time"
    if proof.wrong:
        return wrong_if_any(proof.wrong, steady)
    if not proof.red:
        idle = [
            f"passes without the code as well: {summary.test_name(test)}"
            for test in proof.guards[:MOST_NAMED]
        ]
        return wrong_if_any(idle or ["none of its tests fails without the code"], advice)
    return wrong_if_any([], advice, _summary(proof))


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
