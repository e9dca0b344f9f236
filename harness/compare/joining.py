"""Tests of several parts that run in one job, and what of its result belongs to whom.

Owns: which jobs become one, and how its result is shared out. Must not know why they are
run. Of some tests alone most of the time goes to start what runs them, and a suite that
starts a server for each label lets parts share that (``Suite.JOINS``). To whoever asked,
each part has its own job and its own result: these are what is pooled and judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from ..model import Job, Result
from ..suites import SUITES

# Seconds of tests in one job above which parts had better be waited for side by side.
LONG = 20.0


@dataclass
class _Joint:
    """Jobs that become one, and the seconds that their tests are known to take."""

    jobs: list[Job]
    seconds: float

    def has_room(self, job: Job, seconds: float) -> bool:
        """Whether another part may be run with them."""
        labels = {label for each in self.jobs for label in each.labels}
        return labels.isdisjoint(job.labels) and self.seconds + seconds <= LONG


def joined(jobs: Iterable[Job], seconds: Callable[[Job], float]) -> dict[Job, tuple[Job, ...]]:
    """The jobs to be carried out, each with those of ``jobs`` that it stands for.

    Only runs of some tests alone are joined, on the same trees and as the same attempt.
    ``seconds`` says what a job's tests take; parts that hang stay apart.
    """
    joints: list[_Joint] = []
    open_joints: dict[Job, list[_Joint]] = {}
    for job in dict.fromkeys(jobs):
        if not (job.only and SUITES[job.suite].JOINS):
            joints.append(_Joint([job], 0.0))
            continue
        place = open_joints.setdefault(msgspec.structs.replace(job, labels=(), only=()), [])
        took = seconds(job)
        joint = next((each for each in place if each.has_room(job, took)), None)
        if joint is None:
            joint = _Joint([], 0.0)
            place.append(joint)
            joints.append(joint)
        joint.jobs.append(job)
        joint.seconds += took
    return {_whole(joint.jobs): tuple(joint.jobs) for joint in joints}


def share(result: Result, job: Job, part: Job) -> Result:
    """What of a job's result belongs to one of those that it stands for."""
    if part == job:
        return result
    found = {test: result.outcomes[test] for test in part.only if test in result.outcomes}
    return msgspec.structs.replace(result, outcomes=found)


def _whole(jobs: list[Job]) -> Job:
    if len(jobs) == 1:
        return jobs[0]
    return msgspec.structs.replace(
        jobs[0],
        labels=tuple(label for job in jobs for label in job.labels),
        only=tuple(sorted(test for job in jobs for test in job.only)),
    )
