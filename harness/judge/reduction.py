"""The smallest set of changes that makes a difference, by searches over sequences.

Owns: the order of questions of delta debugging. Must not know what a change is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from ..model import Conclusion
from .bisection import Finding

T = TypeVar("T")


def smallest(
    changes: Sequence[T], search: Callable[[list[T], list[T]], Finding]
) -> tuple[list[T], list[Finding]]:
    """The smallest part of ``changes`` that makes the change, and the searches that found it.

    Delta debugging by halving: the first state of ``always`` plus more and more
    of ``rest`` that shows the change needs the element it ends with. Put that
    one in front, leave what came after it away, and search again, until what is
    needed shows the change alone. ``search(always, rest)`` does one such search. Changes that
    came as a block, because the states in it can not be tried, are left out one by one.
    (A. Zeller, R. Hildebrandt: Simplifying and Isolating Failure-Inducing Input,
    2002; the order of questions is that of U. Junker's QuickXplain, 2004.)
    """
    needed: list[T] = []
    together: list[T] = []
    left = list(changes)
    findings: list[Finding] = []
    while left:
        found = search(needed, left)
        findings.append(found)
        if not found.conclusion.is_boundary:
            break
        block = left[found.before : found.after]
        together += block if len(block) > 1 else []
        needed = [*block, *needed]
        left = left[: found.before]
        if not left:
            break
    for change in together:
        # What can not be told apart by putting more in may be by leaving one out.
        others = [each for each in needed if each != change]
        found = search(others, [change])
        findings.append(found)
        if found.conclusion is Conclusion.SAME:
            needed = others
    return needed, findings
