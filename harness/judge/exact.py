"""How likely noise looks like a change, exactly; and how many runs a proof takes. Pure.

Owns: the exact test, the error that a report may have, how many runs each side needs, and
what a number of runs would have noticed. Must not know statuses, jobs or trees.

The test is Barnard's, an exact test without a condition, for a base that never changed its
mind: under "the patch does nothing" a test goes the other way in a share p of all runs,
on both sides, and the chance of n steady runs on the base and at least k odd ones of m with
the patch is taken at the p that makes it greatest. Fisher's test asks the same of runs whose
odd ones are counted beforehand, which nobody does here, and pays for it: three runs against
three are 0.05 by Fisher and 0.016 by this one, four against four 0.014 and 0.004.

Only runs count that were not looked at to choose the test: whatever was chosen for its
first run has already failed once.

**The error of a whole report.** Noise that is noticed is run again. It then either looks
like a change, with at most the chance above, or disagrees with itself and is listed as
flaky. So the tests that came out flaky tell how many chances noise had: where the report has
f of them, a change counts if its chance times (f + 1) is within the level. With F noisy
tests, however they depend on each other, the report then has something false in it with at
most the level (if all but one came out flaky, one had F chances; if fewer did, several
would have to go wrong at once). A share for each test that changed would be valid as well,
but a patch that fixes seventy tests that hang would need eight hanging runs of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from math import comb

# The share of reports that may call something broken or fixed that is noise.
REPORT_ERROR = 0.01
# A test is looked at twice at most: alone, and then more often or in place.
LOOKS = 2
LEVEL = REPORT_ERROR / LOOKS
# Beyond so many flaky tests a report has no proof any more: better mend these tests.
MOST_FLAKY = 63
# The regression that a report says it would have noticed.
RATE = 0.2

_STEPS = 200
_FEWEST = 2
_MOST_ON_A_SIDE = 12


@lru_cache(maxsize=4096)
def chance(base: int, odd: int, patched: int) -> float:
    """How likely noise gives ``base`` steady runs and ``odd`` of ``patched`` other ones.

    The greatest over all rates of the noise; 1 where a side has no run or nothing is odd.
    """
    if not (base and odd):
        return 1.0
    if odd == patched:
        rate = patched / (base + patched)
        return float(rate**patched * (1 - rate) ** base)
    low, high = 0.0, 1.0
    # It has one peak: a power of (1 - p) against a tail that grows with p.
    for _ in range(_STEPS):
        third = (high - low) / 3
        if _at(low + third, base, odd, patched) < _at(high - third, base, odd, patched):
            low += third
        else:
            high -= third
        if third < 1e-9:
            break
    return _at((low + high) / 2, base, odd, patched)


def _at(rate: float, base: int, odd: int, patched: int) -> float:
    tail = sum(
        comb(patched, k) * rate**k * (1 - rate) ** (patched - k) for k in range(odd, patched + 1)
    )
    return float((1 - rate) ** base * tail)


def is_proof(found: float, flaky: int) -> bool:
    """Whether a change with that chance counts in a report with so many flaky tests."""
    return flaky <= MOST_FLAKY and found * (flaky + 1) <= LEVEL


def repeats(base: float, patched: float, flaky: int = 0) -> tuple[int, int]:
    """How many runs on each side prove a change that is there every time, at the least cost.

    ``base`` and ``patched`` are what a run costs on each side: where a test hangs on one of
    them, that side is run twice and the other ten times, which proves as much as four and
    four. ``flaky`` as in ``is_proof``.
    """
    pairs = _pairs(min(flaky, MOST_FLAKY))
    return min(pairs, key=lambda pair: (pair[0] * base + pair[1] * patched, abs(pair[0] - pair[1])))


@lru_cache
def _pairs(flaky: int) -> tuple[tuple[int, int], ...]:
    """The fewest runs on one side for each number on the other."""

    def found() -> Iterator[tuple[int, int]]:
        for fewer in range(_FEWEST, _MOST_ON_A_SIDE + 1):
            more = next(n for n in count(fewer) if is_proof(chance(fewer, n, n), flaky))
            yield fewer, more
            yield more, fewer
            if more == fewer:
                return

    return tuple(found())


def noticed(runs: int, rate: float = RATE) -> float:
    """The chance that a test that fails in that share of runs fails in one of so many."""
    return float(1 - (1 - rate) ** runs)
