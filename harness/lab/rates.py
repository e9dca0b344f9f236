"""How often something happens that is a race, whether two rates differ, and a median.

Owns three formulas. Pure; it must not know what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, sqrt
from statistics import median
from typing import Final

Z: Final = 1.96
"""Standard deviations of a 95 % interval."""


def interval(hits: int, runs: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a rate seen as ``hits`` of ``runs``, 0 to 1.

    Unlike the plain one it says something at 0 of n and n of n (E. B. Wilson,
    1927). ValueError unless 0 <= hits <= runs."""
    if not 0 <= hits <= runs:
        raise ValueError(f"{hits} of {runs} is no count")
    if runs == 0:
        return 0.0, 1.0
    rate, weight = hits / runs, Z * Z / runs
    middle = (rate + weight / 2) / (1 + weight)
    half = Z * sqrt(rate * (1 - rate) / runs + weight / (4 * runs)) / (1 + weight)
    return max(0.0, middle - half), min(1.0, middle + half)


def same_rate(hits_a: int, runs_a: int, hits_b: int, runs_b: int) -> float:
    """Fisher's exact test, two-sided: how likely two counts that differ as much
    or more are when both have the same rate; small means that they differ."""
    hits, runs = hits_a + hits_b, runs_a + runs_b

    def ways(of_a: int) -> int:
        return comb(runs_a, of_a) * comb(runs_b, hits - of_a)

    possible = range(max(0, hits - runs_b), min(runs_a, hits) + 1)
    seen = ways(hits_a)
    return sum(w for w in map(ways, possible) if w <= seen) / comb(runs, hits)


def median_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """The median of some values and its 95 % interval, as (low, median, high).

    By order statistics, which assume nothing of how the values are spread: how
    many of n lie below the true median is binomial with one half. With fewer
    than six values the interval is all of them and says less than 95 %.
    ValueError if there are none."""
    if not values:
        raise ValueError("there is no median of nothing")
    ordered = sorted(values)
    n = len(ordered)
    cut, tail = 0, 0.5**n
    while cut < n // 2 and tail + comb(n, cut + 1) * 0.5**n <= 0.025:
        cut += 1
        tail += comb(n, cut) * 0.5**n
    return ordered[cut], median(ordered), ordered[n - 1 - cut]
