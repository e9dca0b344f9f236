"""What runs without a patch's code and with it prove about its tests.

The runs are a table here, told apart by the tree they are made on: the judgement of
runs is what is tested, and real ones are made by test_diffs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec
import pytest
from support.values import BASE, PATCHED, PYTHON

from harness.compare.comparison import RunSettings
from harness.export.checks.proof import TIMES, RedGreenRuns, RedGreenTrees, is_red, prove
from harness.model import Job, JobEnd, Outcome, Result, Status

NEW, OTHER = "servers.tests.T.test_new", "servers.tests.T.test_other"
ALONE = msgspec.structs.replace(BASE, commit="e" * 40, tree="t" * 40)
TREES = RedGreenTrees("django", BASE, ALONE, PATCHED, PYTHON, ("servers.tests",), RunSettings())
P, F = Status.PASSED, Status.FAILED


class Runs:
    """For each tree what its tests do: the same in every run, but for the ``last`` one."""

    def __init__(
        self,
        alone: Mapping[str, Status],
        whole: Mapping[str, Status],
        bare: Mapping[str, Status] | None = None,
    ) -> None:
        self.table = {BASE.tree: dict(bare or {}), ALONE.tree: alone, PATCHED.tree: whole}
        self.last: dict[str, Mapping[str, Status]] = {}
        self.jobs: list[Job] = []

    def __call__(self, jobs: Sequence[Job]) -> Mapping[Job, Result]:
        self.jobs += jobs
        return {job: self._result(job) for job in jobs}

    def _result(self, job: Job) -> Result:
        tree = job.trees[0].tree
        statuses = dict(self.table[tree])
        if job.attempt == TIMES:
            statuses |= self.last.get(tree, {})
        outcomes = {t: Outcome(s, reason="why") for t, s in statuses.items()}
        kept = {t: o for t, o in outcomes.items() if re.search(job.select, t)}
        return Result(JobEnd.COMPLETED, kept, note="nothing ran")


def test_a_test_that_fails_without_the_code_and_passes_with_it_is_proof() -> None:
    runs = Runs(alone={NEW: F, OTHER: P}, whole={NEW: P, OTHER: P})
    proof = prove(TREES, [NEW], runs).proof
    assert (proof.red, proof.guards, proof.wrong, proof.times) == ((NEW,), (), (), TIMES)


def test_it_is_seen_every_time_on_both_sides_and_nothing_else_is_run_again() -> None:
    runs = Runs(alone={NEW: F, OTHER: P}, whole={NEW: P, OTHER: P})
    prove(TREES, [NEW], runs)
    again = [job for job in runs.jobs if job.select]
    for tree in (ALONE, PATCHED):
        assert [j.attempt for j in again if j.trees == (tree,)] == list(range(1, TIMES + 1))
    assert {job.select for job in again} == {rf"^(?:{re.escape(NEW)})$"}


def test_a_changed_test_that_passes_on_both_sides_is_a_guard_beside_one_that_is_red() -> None:
    runs = Runs(alone={NEW: F, OTHER: P}, whole={NEW: P, OTHER: P})
    proof = prove(TREES, [NEW, OTHER], runs).proof
    assert (proof.red, proof.guards) == ((NEW,), (OTHER,))


def test_a_test_that_fails_with_the_code_is_named_and_nothing_is_run_again() -> None:
    runs = Runs(alone={NEW: F}, whole={NEW: F})
    shown = prove(TREES, [NEW], runs)
    assert shown.failing == {NEW: "why"}
    assert not shown.proof.red
    assert len(runs.jobs) == 2


def test_a_test_that_passes_without_the_code_is_idle() -> None:
    shown = prove(TREES, [NEW], Runs(alone={NEW: P}, whole={NEW: P}))
    assert shown == RedGreenRuns(idle=(NEW,))


def test_a_changed_helper_may_make_an_old_test_red() -> None:
    runs = Runs(alone={OTHER: F}, whole={OTHER: P}, bare={OTHER: P})
    assert prove(TREES, [], runs).proof.red == (OTHER,)


def test_what_fails_on_the_bare_base_too_proves_nothing() -> None:
    runs = Runs(alone={OTHER: F}, whole={OTHER: P}, bare={OTHER: F})
    assert not prove(TREES, [], runs).proof.red


@pytest.mark.parametrize(
    ("tree", "status", "said"),
    [
        (ALONE.tree, P, f"{NEW}: without the code it does not fail in 1 of {TIMES} runs"),
        (PATCHED.tree, F, f"{NEW}: with the code it does not pass in 1 of {TIMES} runs"),
    ],
)
def test_one_run_that_is_otherwise_is_told(tree: str, status: Status, said: str) -> None:
    runs = Runs(alone={NEW: F}, whole={NEW: P})
    runs.last[tree] = {NEW: status}
    assert prove(TREES, [NEW], runs).proof.wrong == (said,)


def test_nothing_run_with_the_code_is_silence() -> None:
    shown = prove(TREES, [NEW], Runs(alone={NEW: F}, whole={}))
    assert (shown.has_run, shown.note) == (False, "nothing ran")


def test_a_module_that_can_not_be_imported_without_the_code_is_red() -> None:
    failed = {"unittest.loader._FailedTest.servers.tests": Outcome(Status.ERROR)}
    assert is_red(Result(JobEnd.COMPLETED, failed), NEW)
    assert not is_red(Result(JobEnd.COMPLETED), NEW)
