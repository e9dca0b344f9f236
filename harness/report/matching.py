"""Which candidate of one report is which of another. Pure.

Owns: that matching, by name and base, then by name, then by being the only ones left. Must not
know what is said of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..model import Judgement

Pair = tuple[Judgement | None, Judgement | None]
Key = Callable[[Judgement], object]


def pairs(before: Sequence[Judgement], after: Sequence[Judgement]) -> list[Pair]:
    """Each candidate with itself: those of the later report in its order, then the rest.

    Where a report has one on several bases, and they are other ones, they are matched in the
    order in which they are told. A single one that is left on each side, for the same
    upstreams, is taken for one patch under two names: `v1.diff` and `v2.diff`.
    """
    left, found = list(before), dict[int, Judgement]()
    for key in (_name_and_base, _name_and_upstreams, _name):
        for number, candidate in enumerate(after):
            if number not in found and (other := _first(left, candidate, key)):
                found[number] = other
                left = [each for each in left if each is not other]
    alone = [number for number in range(len(after)) if number not in found]
    if len(alone) == len(left) == 1 and _upstreams(after[alone[0]]) == _upstreams(left[0]):
        found[alone[0]] = left.pop()
    return [
        *((found.get(number), candidate) for number, candidate in enumerate(after)),
        *((each, None) for each in left),
    ]


def _first(among: Sequence[Judgement], wanted: Judgement, key: Key) -> Judgement | None:
    return next((each for each in among if key(each) == key(wanted)), None)


def _name_and_base(judged: Judgement) -> tuple[str, str]:
    return judged.name, judged.base


def _name_and_upstreams(judged: Judgement) -> tuple[object, ...]:
    return judged.name, *(base.upstream for base in judged.ground)


def _name(judged: Judgement) -> str:
    return judged.name


def _upstreams(judged: Judgement) -> tuple[str, ...]:
    """What it changes; a report that an older workbench wrote does not say."""
    return judged.stack.upstreams
