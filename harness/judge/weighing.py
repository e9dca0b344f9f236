"""What all runs of one test add up to: its step, and how likely noise would look like it. Pure.

Owns: which runs are evidence for what. Must not know other tests: how many of a report's
tests are noise decides in ``verdict`` what is proved.

A test is first seen in its whole part, then run again among the tests that changed alone.
If that shows the same change, the runs alone are the evidence; if it does not, those in
place are, and the test depends on what ran before it. A test whose runs on the base
disagree decides nothing, whatever it did with the patch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

from ..model import ChangeKind, Outcome, Status
from . import exact
from .runs import Sight, counted
from .steps import STANDING, Standing, step

ORDER = "depends on the tests before it"
# Far beyond what a busy machine does to a test; it does not decide a verdict.
SLOWER_FACTOR, SLOWER_SECONDS = 5, 4.0


class Doubt(Enum):
    """Which runs would tell more of a test."""

    NONE = auto()
    RATE = auto()  # many more alone: it fails now and then
    PLACE = auto()  # of its whole part: alone it does not change, or can not be run


class Weight(NamedTuple):
    """A test's step, and what stands behind it.

    ``chance`` is how likely noise would look like it, at most. ``before`` and ``after`` are
    the outcomes to show. ``unsteady`` says how the base's runs disagree, if they do, and
    ``doubt`` which runs would tell more. A test that is steady on
    the base and not with the patch is flaky here, with the chance that it is noise.
    """

    kind: ChangeKind
    base: Status
    patched: Status
    chance: float
    before: Sequence[Outcome]
    after: Sequence[Outcome]
    note: str = ""
    unsteady: str = ""
    doubt: Doubt = Doubt.NONE


def weigh(base: Sequence[Sight], patched: Sequence[Sight]) -> Weight:
    """What the sights of one test on both sides say."""
    base, patched = counted(base), counted(patched)
    place, alone = _parted(base), _parted(patched)
    before, after = [each.outcome for each in base], [each.outcome for each in patched]
    whole = Weight(ChangeKind.UNKNOWN, _typical(base), _typical(patched), 1.0, before, after)
    if disagreement := unsteady(base):
        return whole._replace(kind=ChangeKind.FLAKY, unsteady=disagreement)
    if not (place.whole and alone.whole):
        return whole
    steady = place.whole[0].standing
    is_comparable = bool(place.alone and alone.alone) and place.alone[0].standing is steady
    if is_comparable and _odd(alone.alone, steady):
        return _step_alone(whole, place, alone, steady)
    if _odd(alone.whole, steady):
        return _step_in_place(whole, place, alone, steady, is_comparable)
    # What a test does alone, on one side or both, is no step of it: in place it has none.
    whole = whole._replace(base=_typical(place.whole), patched=_typical(alone.whole))
    kind = step(whole.base, whole.patched)
    if kind is ChangeKind.UNCHANGED and _is_slower(before, after):
        kind = ChangeKind.SLOWER
    # Nothing but the status of a failing test differs, or its time: each run says so.
    fresh = [[each for each in side if not each.first] for side in (base, patched)]
    chance = exact.chance(len(fresh[0]), len(fresh[1]), len(fresh[1]))
    return whole._replace(kind=kind, chance=chance)


class _Parted(NamedTuple):
    """The sights of one side, in place and alone."""

    whole: list[Sight]
    alone: list[Sight]


def _step_alone(whole: Weight, base: _Parted, patched: _Parted, steady: Standing) -> Weight:
    """The step of a test that changes alone as well; noise has one rate for all these runs."""
    odd = _odd(patched.alone, steady)
    chance = exact.chance(len(base.alone), len(odd), len(patched.alone))
    found = whole._replace(
        base=_typical([*base.whole, *base.alone]),
        patched=_typical([*odd, *_odd(patched.whole, steady)]),
        chance=chance,
    )
    kind = step(found.base, found.patched)
    # A fix is every time: what fails once with the patch is not fixed.
    every = _odd(patched.whole, steady) == patched.whole or kind is not ChangeKind.FIXED
    if len(odd) == len(patched.alone) and every:
        return found._replace(kind=kind)
    return found._replace(kind=ChangeKind.FLAKY, doubt=Doubt.RATE)


def _step_in_place(
    whole: Weight, base: _Parted, patched: _Parted, steady: Standing, is_comparable: bool
) -> Weight:
    """The step of a test that changes in its whole part, and not, or not known so, alone."""
    odd = _odd(patched.whole, steady)
    fresh = [each for each in patched.whole if not each.first]
    chance = exact.chance(
        sum(not each.first for each in base.whole), len(_odd(fresh, steady)), len(fresh)
    )
    found = whole._replace(base=_typical(base.whole), patched=_typical(odd), chance=chance)
    if len(odd) < len(patched.whole):
        doubt = Doubt.RATE if is_comparable else Doubt.NONE
        return found._replace(kind=ChangeKind.FLAKY, doubt=doubt)
    found = found._replace(kind=step(found.base, found.patched), doubt=Doubt.PLACE)
    if not (base.alone or patched.alone):
        return found
    # Alone it behaves in another way, so that those runs say nothing of this change.
    return found._replace(
        note=ORDER if fresh else "",
        before=[each.outcome for each in base.whole],
        after=[each.outcome for each in patched.whole],
    )


def unsteady(seen: Sequence[Sight]) -> str:
    """How runs of one tree disagree, ``passed 5, failed 1``; empty if they do not.

    A test may do one thing in place and another alone, as long as it always does.
    """
    seen = counted(seen)
    if not any(len({each.standing for each in side}) > 1 for side in _parted(seen)):
        return ""
    tally = Counter(each.outcome.status for each in seen)
    return ", ".join(f"{status} {number}" for status, number in tally.most_common())


def _parted(seen: Sequence[Sight]) -> _Parted:
    return _Parted([each for each in seen if not each.alone], [each for each in seen if each.alone])


def _odd(seen: Sequence[Sight], steady: Standing) -> list[Sight]:
    return [each for each in seen if each.standing is not steady]


def _typical(seen: Sequence[Sight]) -> Status:
    """The worst status seen most often; a side that has no run is not run."""
    tally = Counter(each.outcome.status for each in seen)
    if not tally:
        return Status.NOT_RUN
    return max(tally, key=lambda status: (tally[status], STANDING[status] is Standing.BAD))


def _is_slower(before: Sequence[Outcome], after: Sequence[Outcome]) -> bool:
    """Every run took far longer than any on the base: something waited for a time-out."""
    if not before or not after or STANDING[before[0].status] is not Standing.GOOD:
        return False
    slowest = max(outcome.seconds for outcome in before)
    return min(outcome.seconds for outcome in after) > SLOWER_FACTOR * slowest + SLOWER_SECONDS
