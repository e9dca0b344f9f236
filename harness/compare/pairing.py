"""Pairs: a project's candidate on an interpreter's candidate, beside each of them alone.

Owns: which pairs are tried, and what is run for that. Must not know what a conflict is.
Whoever sends two patches to two upstreams has to know whether they get on with each other.
What breaks something alone is known for that already, and is in no pair; of candidates that
nobody named, only those that fix something are. A stack on two upstreams that was asked for
is always compared with its halves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..judge import pairs
from ..judge.runs import Run
from ..model import (
    BaseName,
    CandidateName,
    Conflict,
    Ground,
    Job,
    JobEnd,
    Judgement,
    Note,
    NoteKind,
    Pair,
    RequestError,
    Result,
    Stack,
    Verdict,
    WorkbenchError,
)
from ..suites import WIRE
from .comparison import Comparison, Part, RunSettings
from .joining import joined, share
from .plan import Planner
from .pooled import PooledRuns

# Each more than once, for a conflict that luck would hardly make.
AGAIN = 2
HALVES = 2
SIDES = 4  # the base, each half, and both
FINE = frozenset({Verdict.FIXES, Verdict.NEUTRAL, Verdict.UNPROVEN})


class _Tried:
    """A pair that is tried: its comparison, beside those of its halves."""

    def __init__(self, one: Comparison, other: Comparison, both: Comparison) -> None:
        self.both = both
        self._patched = (one, other, both)

    def jobs(self, part: Part, attempt: int, how: RunSettings, only: tuple[str, ...]) -> list[Job]:
        """One run on every side; of each half the same as where it is judged alone."""
        base, _ = self.both.jobs(part, attempt, how, only)
        return [base, *(each.jobs(part, attempt, how, only)[1] for each in self._patched)]


class Pairing:
    """The pairs of one run."""

    def __init__(self, planner: Planner, how: RunSettings, known: Mapping[Job, Result]) -> None:
        """``known`` are the results that there are already."""
        self._planner = planner
        self._are_named = planner.are_named
        self._how = how
        self._results = dict(known)
        self._stands_for: dict[Job, tuple[Job, ...]] = {}
        self._tried: list[_Tried] = []
        self._unfit: list[Pair] = []
        self._unmade: list[Pair] = []

    def jobs(self, judged: Iterable[tuple[Comparison, Judgement]]) -> list[Job]:
        """What has to be run, now that it is known what each candidate does alone."""
        known: set[tuple[frozenset[CandidateName], Ground]] = set()
        for stack, ground in self._chosen(list(judged)):
            place = (frozenset(stack.names), ground)
            if place not in known:
                known.add(place)
                self._ask(stack, ground)
        jobs = [
            job
            for each in self._tried
            for part in each.both.parts
            for job in each.jobs(part, 1, self._how, ())
        ]
        return [job for job in dict.fromkeys(jobs) if job not in self._results]

    def keep(self, job: Job, result: Result) -> list[Job]:
        """Take in a result; nothing follows from it alone."""
        for each in self._stands_for.get(job, (job,)):
            self._results[each] = share(result, job, each)
        return []

    def again(self) -> list[Job]:
        """The tests that may be conflicts, without the others, on every side."""
        if self._how.repeat == 1:
            return []
        jobs = [
            job
            for each in self._tried
            for part in each.both.parts
            if (only := tuple(sorted({c.test for c in self._conflicts(each, part)})))
            for attempt in range(1, AGAIN + 1)
            for job in each.jobs(part, attempt, self._how, only)
        ]
        new = [job for job in dict.fromkeys(jobs) if job not in self._results]
        known = PooledRuns(self._how)
        for job, result in self._results.items():
            known.add(job, result)
        self._stands_for = joined(new, known.seconds)
        return list(self._stands_for)

    def pairs(self) -> list[Pair]:
        """What came of it."""
        return [*map(self._told, self._tried), *self._unfit, *self._unmade]

    def unfinished(self) -> Iterator[Note]:
        """The pairs of which some work is not done; one that does not apply is none of them."""
        for each in (*map(self._told, self._tried), *self._unmade):
            if each.why:
                yield Note(NoteKind.LEFT_OUT, f"{each.stack} on {each.ground}: {each.why}")

    def columns(self) -> dict[tuple[BaseName, ...], dict[Stack, list[Result]]]:
        """For each ground the runs of the wire suite on the pairs' sides, by stack."""
        found: dict[tuple[BaseName, ...], dict[Stack, list[Result]]] = {}
        for each in self._tried:
            bases = each.both.ground.names
            stacks = (Stack(), *(each.both.stack.on(b.upstream) for b in bases), each.both.stack)
            here = found.setdefault(bases, {})
            for part in each.both.parts:
                jobs = each.jobs(part, 1, self._how, ()) if part.suite == WIRE else ()
                for stack, job in zip(stacks, jobs, strict=bool(jobs)):
                    runs = here.setdefault(stack, [])
                    runs += [r] if (r := self._results[job]) not in runs else []
        return found

    def _chosen(
        self, every: Sequence[tuple[Comparison, Judgement]]
    ) -> Iterator[tuple[Stack, Ground]]:
        """The pairs to be tried, and where: those that were asked for come first."""
        verdicts: dict[Stack, set[Verdict]] = {}
        for comparison, judgement in every:
            verdicts.setdefault(comparison.stack, set()).add(judgement.verdict)
        good = {
            stack
            for stack, seen in verdicts.items()
            if seen <= FINE and (self._are_named or Verdict.FIXES in seen)
        }
        crossed = [c for c, _ in every if len(c.ground.trees) == HALVES and not c.bottom]
        for each in crossed:
            if len(each.stack.upstreams) == HALVES:
                yield each.stack, each.ground
        for ground in dict.fromkeys(each.ground for each in crossed):
            subject, interpreter = (name.upstream for name in ground.names)
            uppers, lowers = (
                [stack for stack in verdicts if stack in good and stack.upstreams == (upstream,)]
                for upstream in (subject, interpreter)
            )
            yield from ((Stack((*u.names, *low.names)), ground) for u in uppers for low in lowers)

    def _ask(self, stack: Stack, ground: Ground) -> None:
        every: list[Comparison] = []
        for part in (*(stack.on(name.upstream) for name in ground.names), stack):
            try:
                made = self._planner.compare(part, ground)
            except RequestError:
                raise
            except WorkbenchError as error:
                self._unmade.append(Pair(stack, str(ground), why=str(error)))
                return
            if isinstance(made, Judgement):
                self._unfit.append(Pair(stack, str(ground), why="; ".join(made.problems)))
                return
            every.append(made)
        one, other, both = every
        self._tried.append(_Tried(one, other, both))

    def _told(self, tried: _Tried) -> Pair:
        stack, ground = tried.both.stack, str(tried.both.ground)
        whole = [run for part in tried.both.parts for run in self._whole(tried, part)]
        broken = [run.result for run in whole if run.result.ended is not JobEnd.COMPLETED]
        if broken:
            return Pair(stack, ground, why=broken[0].note or str(broken[0].ended))
        last = whole[SIDES - 1 :: SIDES]
        tests = {test for run in last for test in run.result.outcomes}
        if not tests:
            return Pair(stack, ground, why="no test ran")
        found = [c for part in tried.both.parts for c in self._conflicts(tried, part)]
        runs = 1 + AGAIN if found and self._how.repeat > 1 else 1
        return Pair(stack, ground, len(tests), tuple(found), runs)

    def _whole(self, tried: _Tried, part: Part) -> list[Run]:
        """The first run of a part on each side."""
        return [Run(self._results[job]) for job in tried.jobs(part, 1, self._how, ())]

    def _conflicts(self, tried: _Tried, part: Part) -> list[Conflict]:
        """What is worse in all runs that there are."""
        whole = self._whole(tried, part)
        found = pairs.conflicts(part.suite, pairs.Sides(*([run] for run in whole)))
        only = tuple(sorted({each.test for each in found}))
        attempts = [tried.jobs(part, n, self._how, only) for n in range(1, AGAIN + 1)]
        if not (only and all(job in self._results for jobs in attempts for job in jobs)):
            return found
        every = [
            [first, *(Run(self._results[job], frozenset(only)) for job in jobs)]
            for first, jobs in zip(whole, zip(*attempts, strict=True), strict=True)
        ]
        again = pairs.conflicts(part.suite, pairs.Sides(*every))
        return [each for each in again if each.test in only]
