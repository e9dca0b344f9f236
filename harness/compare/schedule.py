"""Which jobs comparisons need, found out while results come in.

Owns: the rounds of a run, and that each job is asked for once. Everything runs first; where
something changed, a round has it repeated (``rounds``). Parts that can be run again in one
job (``joining``) wait for each other. When all rounds are over it is known how many tests
are noise, and what is not proved in the face of it is repeated further. Must
not know how jobs are carried out, nor what it all adds up to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from ..judge import waits
from ..model import Change, ChangeKind, Interpreter, Job, Result, Tree
from ..suites import SUITES
from .comparison import Comparison, Part, RunSettings
from .groups import Group
from .joining import LONG, joined, share
from .pooled import PooledRuns
from .rounds import Round


class Place(NamedTuple):
    """What the comparisons of a round have in common."""

    part: Part
    base_trees: tuple[Tree, ...]
    python: Interpreter
    leads: bool


class Schedule:
    """The jobs of one run, and the results that they had so far."""

    def __init__(
        self, comparisons: Sequence[Comparison], how: RunSettings, beside: Sequence[Job] = ()
    ) -> None:
        """``beside`` are jobs whose results only stand beside the others' (the control group)."""
        self._comparisons = list(comparisons)
        self._beside = beside
        self._results: dict[Job, Result] = {}
        self._asked: set[Job] = set()
        self._rounds: dict[Round, Group] = {}
        # Who waits for a job, and for which of those that it stands for.
        self._waiting: dict[Job, list[tuple[Round, Job]]] = {}
        self._stands_for: dict[Job, tuple[Job, ...]] = {}
        self.how = how
        self.pooled = PooledRuns(how)

    @property
    def results(self) -> Mapping[Job, Result]:
        """What came of every job that has ended."""
        return self._results

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The comparisons with the parts that they have by now, in the given order."""
        return tuple(self._comparisons)

    def start(self) -> list[Job]:
        """The jobs to begin with."""
        every = [(each, part) for each in self.comparisons for part in (*each.imports, *each.parts)]
        return self._new([*self._begin(every), *self._beside])

    def widen(self, comparison: Comparison, parts: Iterable[Part]) -> list[Job]:
        """Let further parts judge a comparison, and its control; the jobs to begin with.

        Parts that it has already are left out. ``comparison`` may be the one that the
        schedule was made with, whatever parts it was given since.
        """
        wanted = tuple(dict.fromkeys(parts))
        chosen = next(each for each in self._comparisons if _is_same(each, comparison))
        new = [part for part in wanted if part not in chosen.parts]
        together = [each for each in self._comparisons if each is chosen or _controls(each, chosen)]
        for each in together:
            more = tuple(part for part in new if part not in each.parts)
            index = self._comparisons.index(each)
            self._comparisons[index] = msgspec.structs.replace(each, parts=(*each.parts, *more))
        # The control belongs to the new rounds even where it ran the part before: what is
        # asked must not depend on who was widened first.
        return self._new(self._begin((each, part) for each in together for part in new))

    def waits_for(self, job: Job) -> bool:
        """Whether that job was asked for, and has no result yet."""
        return job in self._asked and job not in self._results

    def follow(self, job: Job, result: Result) -> list[Job]:
        """Take in a result; the jobs that it makes necessary."""
        self._results[job] = result
        for each in self._stands_for.get(job, (job,)):
            self.pooled.add(each, share(result, job, each), job)
        taken = self._waiting.pop(job, [])
        jobs = [more for waiting, each in taken for more in self._tell(waiting, each, job)]
        jobs += self._proceed(self._rounds[waiting] for waiting, _ in taken)
        jobs = self._new(jobs)
        if not jobs and len(self._results) >= len(self._asked):
            jobs = self._new(self._further())
        return jobs

    def flaky(self) -> int:
        """How many tests of all comparisons came out flaky, each counted for each stack."""
        return sum(
            change.kind is ChangeKind.FLAKY
            for each in self.comparisons
            if not each.is_control
            for part in (*each.imports, *each.parts)
            for change in self.pooled.changes(each, part)
        )

    def waits(self) -> list[Change]:
        """What takes another time for any stack, to be judged together."""
        return [
            change
            for each in self.comparisons
            if not each.is_control
            for part in each.parts
            for change in self.pooled.waits(each, part)
        ]

    def is_over(self, comparison: Comparison) -> bool:
        """Whether all that its verdict takes was run, unless others turn out to be noise."""
        rounds = self._rounds_of(comparison)
        return bool(rounds) and all(each.is_over(comparison) for each in rounds)

    def jobs_of(self, comparisons: Iterable[Comparison]) -> list[Job]:
        """What is being waited for of some comparisons, and of what they are held against."""
        rounds = {each for comparison in comparisons for each in self._rounds_of(comparison)}
        return [
            job
            for job, waiting in self._waiting.items()
            if any(each in rounds for each, _ in waiting)
        ]

    def _rounds_of(self, comparison: Comparison) -> list[Round]:
        return [
            each
            for each in self._rounds
            if any(_is_same(one, comparison) for one in each.comparisons)
        ]

    def _begin(self, every: Iterable[tuple[Comparison, Part]]) -> list[Job]:
        """Rounds for these comparisons by these parts, and their first jobs.

        Stacks on one base share a round, and what is run again there. The first one has
        rounds of its own: somebody waits for its verdict.
        """
        together: dict[Place, list[Comparison]] = {}
        controls: dict[Place, list[Comparison]] = {}
        leader = next((each for each in self._comparisons if not each.is_control), None)
        for each, part in every:
            leads = leader is not None and _is_same(each, leader)
            group = controls if each.is_control else together
            group.setdefault(Place(part, each.base_trees, each.python, leads), []).append(each)
        begun: dict[Round, Place] = {}
        for place, stacks in together.items():
            beside = controls.get(place._replace(leads=False), [])
            begun[Round(place.part, [*beside, *stacks], self.how)] = place
        judged = {place._replace(leads=False) for place in together}
        for place, alone in controls.items():
            if place not in judged:
                begun[Round(place.part, alone, self.how)] = place
        groups: dict[Place, Group] = {}
        for new, place in begun.items():
            suite = place.part.suite
            # Of a suite whose parts share jobs one group is for all of them.
            labels = () if SUITES[suite].JOINS else place.part.labels
            key = place._replace(part=Part(suite, labels))
            self._rounds[new] = groups.setdefault(key, Group())
            self._rounds[new].rounds.append(new)
        jobs = self._watched({each: each.first() for each in begun})
        return [*jobs, *self._proceed(groups.values())]

    def _further(self) -> list[Job]:
        flaky, doubtful = self.flaky(), sum(map(waits.is_doubtful, self.waits()))
        for each, group in self._rounds.items():
            group.hold(each, each.further(flaky, doubtful))
        return self._proceed(self._rounds.values())

    def _proceed(self, groups: Iterable[Group]) -> list[Job]:
        """What groups ask for that no longer wait for one of their rounds."""
        jobs: list[Job] = []
        for group in dict.fromkeys(groups):
            while group.is_ready:
                jobs += self._watched(group.release())
        return jobs

    def _watched(self, asked: Mapping[Round, Sequence[Job]]) -> list[Job]:
        """The jobs to be carried out for what rounds ask for; those that have a result
        already are told it."""
        jobs = joined((job for each in asked.values() for job in each), self.pooled.seconds)
        self._stands_for |= jobs
        carried = {each: job for job, stands_for in jobs.items() for each in stands_for}
        new = [job for job in jobs if job not in self._results]
        for waiting, wanted in asked.items():
            for each in wanted:
                job = carried[each]
                if job in self._results:
                    new += self._tell(waiting, each, job)
                else:
                    self._waiting.setdefault(job, []).append((waiting, each))
        return new

    def _tell(self, waiting: Round, asked: Job, job: Job) -> list[Job]:
        """Tell a round the result of a job that was carried out for what it asked for; what
        it asks for then that need not wait for others."""
        more = waiting.take(asked, share(self._results[job], job, asked), job)
        alone = [each for each in more if each.only and self.pooled.seconds(each) > LONG]
        self._rounds[waiting].hold(waiting, [each for each in more if each not in alone])
        # It takes too long to be joined to anything.
        return self._watched({waiting: alone})

    def _new(self, jobs: Iterable[Job]) -> list[Job]:
        new = [job for job in dict.fromkeys(jobs) if job not in self._asked]
        self._asked.update(new)
        return new


def _is_same(one: Comparison, other: Comparison) -> bool:
    return (one.stack, one.ground) == (other.stack, other.ground)


def _controls(each: Comparison, comparison: Comparison) -> bool:
    """Whether it is the control of a comparison's base, or of what its series stands on."""
    trees = comparison.bottom or comparison.base_trees
    return each.is_control and (each.base_trees, each.python) == (trees, comparison.python)
