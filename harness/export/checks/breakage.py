"""What the verdict says of a candidate, for the gate. Pure.

Owns: which verdicts let a diff through. Must not know how one was reached: it is
the same as that of ``nox -s test``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...model import Judgement, Verdict
from ...report import summary
from ..gate import CheckResult, CheckState, fine, unknown, wrong_if_any


def is_good(judged: Sequence[Judgement]) -> bool:
    """Whether a candidate was judged, and well: nowhere is anything against it."""
    return bool(judged) and not _against(judged)


def check(judged: Sequence[Judgement]) -> CheckResult:
    """No test that passes on the base fails with the patch, but for those by design."""
    if not judged:
        return unknown("it was not judged", "give it a suite that runs on its upstream")
    bad = _against(judged)
    if not bad:
        told = "; ".join(f"{each.base}: {summary.meaning(each)}" for each in judged)
        return fine(told)
    findings = tuple(line for each in bad for line in _lines(each))
    verdicts = {each.verdict for each in bad}
    if verdicts == {Verdict.INCONCLUSIVE}:
        return CheckResult(
            state=CheckState.UNKNOWN,
            findings=findings,
            advice="see why it did not run, and run again",
        )
    if verdicts <= {Verdict.INCONCLUSIVE, Verdict.UNPROVEN}:
        return wrong_if_any(findings, "run again with --repeat 10, or make the test certain")
    return wrong_if_any(
        findings,
        "mend it, or name under [[flips]] in candidate.toml what is meant to change, and why",
    )


def _against(judged: Sequence[Judgement]) -> list[Judgement]:
    """What is not good. Where its verdict is good on one base, another on which tests ran and
    nothing changed need not prove it once more: fewer of its lines are run below another
    project."""
    proven = any(each.verdict.is_good for each in judged)
    return [
        each
        for each in judged
        if not each.verdict.is_good
        and not (proven and each.verdict is Verdict.UNPROVEN and each.tests and not each.changes)
    ]


def _lines(judged: Judgement) -> Iterator[str]:
    yield f"{judged.base}: it {summary.meaning(judged)}"
    for change in judged.changes:
        if not change.expected and (change.kind.is_worse or not change.confirmed):
            yield f"{summary.test_name(change.test)}: {change.kind} ({summary.step(change)})"
    yield from judged.problems
    yield from judged.notes
