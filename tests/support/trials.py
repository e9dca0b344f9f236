"""Comparisons that are carried through with results that are made up, and no process.

For tests of what is run, and of what it adds up to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from harness.compare.comparison import Comparison, Part, RunSettings
from harness.compare.evaluate import Evaluation
from harness.compare.schedule import Schedule
from harness.model import Ground, Job, Judgement, Result, Stack, Status, Tree
from support.values import BASE, PATCHED, PYTHON, X, result

PASSED = result(a=Status.PASSED, b=Status.PASSED)
FAILED = result(a=Status.FAILED, b=Status.PASSED)
PART = Part("django", ("servers",))
OTHER = Part("django", ("requests",))
HOW = RunSettings(repeat=3)

LONG, SHORT = 77.0, 7.0  # seconds; nothing here takes any

Answer = Callable[[Job], Result]


def comparison(stack: Stack = X, patched: Tree = PATCHED, **fields: object) -> Comparison:
    plain = Comparison(
        stack=stack,
        ground=Ground((BASE,), PYTHON),
        patched_trees=(patched,),
        parts=(PART,),
    )
    return msgspec.structs.replace(plain, **fields)


Y = Stack.read("django/y")
CONTROLLED = comparison(Stack(), BASE)


class Trial(NamedTuple):
    """What was compared, and how it was run."""

    comparisons: tuple[Comparison, ...]
    schedule: Schedule
    how: RunSettings

    def judged(self) -> list[Judgement]:
        """What came of every comparison, in the given order."""
        evaluation = Evaluation(self.schedule)
        return [evaluation.judgement(each) for each in self.comparisons]


def run(
    answer: Answer, *comparisons: Comparison, how: RunSettings = HOW
) -> tuple[Trial, list[Job]]:
    """Carry comparisons through; their jobs in the order in which they were asked for."""
    schedule = Schedule(comparisons, how)
    waiting, done = deque(schedule.start()), []
    while waiting:
        job = waiting.popleft()
        done.append(job)
        waiting.extend(schedule.follow(job, answer(job)))
    return Trial(comparisons, schedule, how), done


def on(patched: Result, base: Result = PASSED) -> Answer:
    """One result for every run with the patch, another for every run without."""
    return lambda job: patched if job.trees[0].stack.names else base


def only(trial: Trial) -> Judgement:
    (judged,) = trial.judged()
    return judged
