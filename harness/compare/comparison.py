"""A comparison: one stack on one ground, as a value, and the jobs that it stands for.

Owns: that value. Must not know when its jobs are run, or what they show.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from ..catalog.candidate import Flip
from ..catalog.upstream import Quarantine
from ..judge.byhand import EditedTest
from ..model import ApplyResult, Ground, Interpreter, Job, Stack, TracedFile, Tree, Value
from ..suites import IMPORTS, own_suite

CONTROL = "control"
# The control's runs are other runs than the base's, so that the two can differ.
CONTROL_ATTEMPTS = 1000


class Part(Value, frozen=True):
    """One shard of one suite. ``is_new``: the base has none of its labels."""

    suite: str
    labels: tuple[str, ...]
    is_new: bool = False


class Effort(NamedTuple):
    """How much is run to notice and to prove changes.

    Every part runs ``first`` times on each side. A test that then fails now and then with
    the patch alone is run alone up to ``batches`` times ``BATCH``. ``names_all``: every part
    is watched, to name all tests that run the change, and not only until all of it is run.
    """

    first: int
    batches: int = 0
    names_all: bool = False


# Runs on the base and with the patch that are asked for at once, to find how often a test
# fails. The base has more of them: a test that never fails there needs fewer failures.
BATCH = (15, 10)
# What each of them finds, and what it costs: notes/0020-noise.md.
EFFORTS: Mapping[str, Effort] = {
    "quick": Effort(first=1),
    "normal": Effort(first=1, batches=2),
    "thorough": Effort(first=10, batches=4, names_all=True),
}


class RunSettings(Value, frozen=True):
    """What the user asked of every job: see the flags of the same names."""

    select: str = ""
    repeat: int = 3
    timeout: float = 900.0
    test_timeout: float = 20.0
    effort: str = "normal"

    @property
    def runs(self) -> Effort:
        """What the effort stands for."""
        return EFFORTS[self.effort]


class Comparison(Value, frozen=True):
    """One stack on one ground: the trees on both sides, and what to run on them.

    Without a stack it is the control: the base against itself. ``red_trees`` are the base
    with the patch's tests and without its code: those with the whole patch if it has no code,
    empty if it has no tests. ``imports`` is asked before all parts, ``edits`` are what the
    patch does to tests by hand, ``own_tests`` patterns of the ids of those that it adds or
    changes, and ``notes`` are of the patch itself.
    ``traced`` are files of which the first run on the patched trees tells the lines that it
    runs, where watching a run changes nothing in it.
    ``bottom`` are the trees below the whole series where the stack is judged in place, on
    other patches; empty where it is not.
    """

    stack: Stack
    ground: Ground
    patched_trees: tuple[Tree, ...]
    parts: tuple[Part, ...]
    red_trees: tuple[Tree, ...] = ()
    red_labels: tuple[str, ...] = ()
    applies: ApplyResult = ApplyResult.CLEAN
    flips: tuple[Flip, ...] = ()
    quarantine: tuple[Quarantine, ...] = ()
    imports: tuple[Part, ...] = ()
    edits: tuple[EditedTest, ...] = ()
    own_tests: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    bottom: tuple[Tree, ...] = ()
    traced: tuple[TracedFile, ...] = ()

    @property
    def name(self) -> str:
        """What people call it."""
        return CONTROL if self.is_control else str(self.stack)

    @property
    def base_trees(self) -> tuple[Tree, ...]:
        """The trees of the unpatched side."""
        return self.ground.trees

    @property
    def python(self) -> Interpreter:
        """What runs both sides."""
        return self.ground.python

    @property
    def is_control(self) -> bool:
        """Whether it is the base against itself."""
        return not self.stack.names

    def jobs(
        self, part: Part, attempt: int, how: RunSettings, only: tuple[str, ...] = ()
    ) -> tuple[Job, Job]:
        """One run of a part, or ``only`` of some tests, on the base and the patched trees."""
        other = attempt + CONTROL_ATTEMPTS if self.is_control else attempt
        patched = self._job(part, self.patched_trees, other, how, only)
        if other == 1 and not only and part.suite != IMPORTS:
            patched = msgspec.structs.replace(patched, traced=self.traced)
        return self._job(part, self.base_trees, attempt, how, only), patched

    def red_jobs(
        self, part: Part, attempt: int, how: RunSettings, only: tuple[str, ...] = ()
    ) -> tuple[Job, ...]:
        """The same on the patch's tests alone, if there are any of that suite."""
        is_own = part.suite == own_suite(self.base_trees[0].base.project)
        if not (self.red_trees and is_own and self.has_own_tests(part)):
            return ()
        return (self._job(part, self.red_trees, attempt, how, only),)

    def has_own_tests(self, part: Part) -> bool:
        """Whether tests that the patch touches may run in a part."""
        if not self.red_labels:
            return True
        return any(overlap(mine, label) for mine in self.red_labels for label in part.labels)

    def traced_job(self, part: Part, files: tuple[TracedFile, ...], how: RunSettings) -> Job:
        """One run of a part on the patched trees that tells which lines it runs."""
        whole = self._job(part, self.patched_trees, 1, how, ())
        return msgspec.structs.replace(whole, traced=files)

    def job_on(
        self,
        trees: tuple[Tree, ...],
        part: Part,
        attempt: int,
        how: RunSettings,
        only: tuple[str, ...],
    ) -> Job:
        """One run of some tests on other trees, in all else as on these."""
        return self._job(part, trees, attempt, how, only)

    def _job(
        self,
        part: Part,
        trees: tuple[Tree, ...],
        attempt: int,
        how: RunSettings,
        only: tuple[str, ...],
    ) -> Job:
        return Job(
            suite=part.suite,
            trees=trees,
            python=self.python,
            labels=part.labels,
            select=how.select,
            attempt=attempt,
            timeout=how.timeout,
            test_timeout=how.test_timeout,
            only=only,
        )


def is_within(label: str, other: str) -> bool:
    """Whether a label is the other one, or of tests in it: ``queries.test_q`` in ``queries``."""
    return label == other or label.startswith((f"{other}.", f"{other}/", f"{other}::"))


def overlap(one: str, other: str) -> bool:
    """Whether two labels have tests in common."""
    return is_within(one, other) or is_within(other, one)
