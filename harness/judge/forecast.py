"""What a grid will take: jobs, CPU time, wall time. Pure.

Owns: how these follow from what is known, and which of it is guessed. May know nothing but
``model``. It is told what jobs took before; what they make necessary is taken from what whole
judgings took before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import NamedTuple

from ..model import Value

# Where nothing was judged yet: a change has its tests run again, alone, in many short jobs. The
# numbers are rough, and those of a first judging that was looked at (notes/0027-the-matrix.md).
MORE_JOBS, MORE_SECONDS = 5.0, 2.0
# And every job is taken to work all the time; those that wait make it less.
SHARE = 1.0


class Experience(Value, frozen=True):
    """What whole judgings took: so many of them, the ``first`` jobs that they began with, all
    jobs, and of both the seconds one after another; ``cpu`` and ``wall`` are seconds of all."""

    judgings: int = 0
    first: int = 0
    jobs: int = 0
    first_seconds: float = 0.0
    seconds: float = 0.0
    cpu: float = 0.0
    wall: float = 0.0

    @property
    def jobs_for_one(self) -> float:
        """How many jobs there are in the end for each that a judging begins with."""
        return self.jobs / self.first if self.first else MORE_JOBS

    @property
    def seconds_for_one(self) -> float:
        """The same of their seconds."""
        return self.seconds / self.first_seconds if self.first_seconds else MORE_SECONDS

    @property
    def cpu_share(self) -> float:
        """How much of the time of a job its processes work."""
        return self.cpu / self.seconds if self.seconds else SHARE

    def wall_of(self, seconds: float, cores: int) -> float:
        """The wall time in which jobs are over that take so long one after another."""
        if self.wall and self.seconds:
            return seconds * self.wall / self.seconds
        return seconds * self.cpu_share / cores

    def with_one_more(self, other: Experience) -> Experience:
        """Both together."""
        return Experience(
            self.judgings + other.judgings,
            self.first + other.first,
            self.jobs + other.jobs,
            self.first_seconds + other.first_seconds,
            self.seconds + other.seconds,
            self.cpu + other.cpu,
            self.wall + other.wall,
        )


class ExpectedJob(NamedTuple):
    """A job that a judging begins with: what such a one took before (None: not known), and
    whether its result is there."""

    seconds: float | None
    is_kept: bool


class Forecast(Value, frozen=True):
    """What is to be done, in how many places, and what it will take.

    ``jobs`` are those that the judgings begin with, of which ``kept`` have a result;
    ``further`` is the guess how many more of those that are left will be made necessary.
    Of ``unknown`` jobs it is not known what they take: ``guess`` seconds each, the mean of the
    ``known`` ones if there are any. ``cpu`` and
    ``wall`` are seconds on ``cores``, without what is kept. ``experience`` is what the guesses
    rest on.
    """

    places: int
    jobs: int
    kept: int
    further: int
    unknown: int
    known: int
    guess: float
    cpu: float
    wall: float
    cores: int
    experience: Experience


def forecast(
    places: Iterable[Sequence[ExpectedJob]],
    experience: Experience,
    cores: int,
    otherwise: float,
) -> Forecast:
    """The forecast for the jobs that each place begins with, one place after another.

    ``otherwise`` is what a job is guessed at where of none it is known what it takes; else it
    is their mean.
    """
    every = [list(place) for place in places]
    jobs = [job for place in every for job in place]
    known = [job.seconds for job in jobs if job.seconds is not None]
    guess = fmean(known) if known else otherwise
    further = cpu = wall = 0.0
    for place in every:
        left = [job for job in place if not job.is_kept]
        first = [guess if job.seconds is None else job.seconds for job in left]
        worked = sum(first) * experience.seconds_for_one
        further += len(left) * max(0.0, experience.jobs_for_one - 1)
        cpu += worked * experience.cpu_share
        # The last job of a place has nothing beside it.
        wall += max(experience.wall_of(worked, cores), max(first, default=0.0))
    return Forecast(
        places=len(every),
        jobs=len(jobs),
        kept=sum(job.is_kept for job in jobs),
        further=round(further),
        unknown=sum(job.seconds is None and not job.is_kept for job in jobs),
        known=len(known),
        guess=round(guess, 1),
        cpu=round(cpu, 1),
        wall=round(wall, 1),
        cores=cores,
        experience=experience,
    )
