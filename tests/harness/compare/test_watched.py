"""Where watching a run changes nothing in it, the first run judges and tells what it ran."""

from __future__ import annotations

import msgspec
from support.trials import FAILED, PASSED, comparison, only, run
from support.values import PATCHED

from harness.compare.comparison import Comparison
from harness.model import ChangeKind, Job, Result, TracedFile, Verdict

FILE = TracedFile("django", "django/x.py", lines=(1,))


def watched() -> Comparison:
    return msgspec.structs.replace(comparison(), traced=(FILE,))


def test_the_first_run_with_the_patch_is_watched_and_no_other() -> None:
    _, done = run(lambda job: FAILED if job.trees == (PATCHED,) else PASSED, watched())
    traced = [job for job in done if job.traced]
    assert [(job.trees, job.attempt, job.only) for job in traced] == [((PATCHED,), 1, ())]
    assert sum(bool(job.only) for job in done) > 2


def test_a_change_in_it_is_proved_by_runs_that_are_not_watched() -> None:
    trial, _ = run(lambda job: FAILED if job.trees == (PATCHED,) else PASSED, watched())
    (change,) = only(trial).changes
    assert (change.kind, change.confirmed) == (ChangeKind.BROKEN, True)


def test_what_only_a_watched_run_does_is_no_change() -> None:
    def answer(job: Job) -> Result:
        return FAILED if job.traced else PASSED

    trial, done = run(answer, watched())
    judged = only(trial)
    assert (judged.verdict, judged.changes) == (Verdict.NEUTRAL, ())
    assert [job for job in done if not (job.only or job.traced) and job.trees == (PATCHED,)]
