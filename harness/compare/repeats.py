"""Runs of some tests of a part alone, on both sides: who is in which of them.

Owns: that whatever is wanted of a stack shares its runs. Must not know why something is
wanted, nor how often is enough.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum

from ..model import Job
from .comparison import Comparison, Part, RunSettings

Numbers = tuple[int, int]
"""How many runs on the base, and with the patch."""
Tests = Mapping[Comparison, tuple[str, ...]]
"""Tests of each stack."""
Wanted = tuple[Tests, Numbers]
"""What is to run alone, and how often."""


class Side(IntEnum):
    """Where a number stands in ``Numbers``."""

    BASE = 0
    PATCHED = 1


def together(every: Iterable[Tests]) -> Tests:
    """All tests of each stack, each once and in order."""
    found: dict[Comparison, set[str]] = {}
    for tests in every:
        for stack, own in tests.items():
            found.setdefault(stack, set()).update(own)
    return {stack: tuple(sorted(own)) for stack, own in found.items()}


def at_least(number: int, wanted: Sequence[Wanted], side: Side) -> Tests:
    """What is wanted so often, or more often, on one side."""
    return together(tests for tests, numbers in wanted if number <= numbers[side])


def kept(these: Collection[str], tests: Tests) -> Tests:
    """The stacks' tests that are among these; a stack without any is left out."""
    found = {stack: tuple(test for test in own if test in these) for stack, own in tests.items()}
    return {stack: own for stack, own in found.items() if own}


def once_alone(
    part: Part, attempt: int, how: RunSettings, base: Tests, patched: Tests
) -> Iterator[Job]:
    """One run of these tests on each side; one of the base serves every stack."""
    every = tuple(sorted({test for own in base.values() for test in own}))
    for stack, own in base.items():
        yield stack.jobs(part, attempt, how, every)[Side.BASE]
        yield from stack.red_jobs(part, attempt, how, own)
    for stack, own in patched.items():
        yield stack.jobs(part, attempt, how, own)[Side.PATCHED]
