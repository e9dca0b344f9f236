"""How likely noise puts one side's numbers above the other's, exactly; and of many. Pure.

Owns: the exact test for numbers, and which of many of its answers count together. Must not
know what the numbers are.

The test is that of Mann and Whitney ("On a test of whether one of two random variables is
stochastically larger than the other", Ann. Math. Statist. 18, 1947), with the exact
distribution by their recurrence. Barnard's test (``exact``) asks how often something
happens; here each run gives a number, and to call it long or short first would take a bound
that fits all machines. Ranks need none, and no shape of the noise either.

Of many answers those count that Hochberg's procedure ("A sharper Bonferroni procedure for
multiple tests of significance", Biometrika 75, 1988) keeps: with the chance LEVEL at most,
one of them is noise. Holm's would count the same p values, and ask for 8 runs on each side
where thirty waits of one patch are all longer; Hochberg's asks for the 5 that one of them
takes, because none of the thirty is in doubt. It holds where answers do not depend on each
other, and where they go up and down together (Sarkar, Ann. Statist. 26, 1998), as times on
one loaded machine do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count
from math import comb


def chance(lower: Sequence[float], upper: Sequence[float]) -> float:
    """How likely noise puts ``upper`` so far above ``lower``, at most; 1 where a side is empty.

    Equal numbers speak against it.
    """
    if not (lower and upper):
        return 1.0
    overlaps = sum(low >= high for low in lower for high in upper)
    orders = sum(_orders(len(lower), len(upper), number) for number in range(overlaps + 1))
    return orders / comb(len(lower) + len(upper), len(upper))


@cache
def _orders(lower: int, upper: int, overlaps: int) -> int:
    """How many orders of so many numbers of each side have so many pairs the wrong way."""
    if overlaps < 0:
        return 0
    if not (lower and upper):
        return overlaps == 0
    # The highest of all is one of ``lower``, above all of ``upper``, or one of ``upper``.
    return _orders(lower - 1, upper, overlaps - upper) + _orders(lower, upper - 1, overlaps)


def bar(chances: Iterable[float], level: float) -> float:
    """The greatest of these chances that counts if all are looked at together; else 0."""
    ordered = sorted(chances)
    number = len(ordered)
    kept = (
        each
        for place, each in reversed(list(enumerate(ordered)))
        if each <= level / (number - place)
    )
    return next(kept, 0.0)


def runs(level: float, doubtful: int, sides: int = 2) -> int:
    """The fewest runs on each side that show a difference beside so many doubtful ones.

    Of ``sides`` sides all but one are the same tree.
    """
    return next(
        number for number in count(1) if 1 / comb(sides * number, number) * (doubtful + 1) <= level
    )
