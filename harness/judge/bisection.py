"""The first state of a sequence that behaves otherwise, from runs that may lie.

Owns: which states to try next, and what the runs so far add up to. Must not
know what a state is, or how it is tried. Pure: the same record gives the same
probes and the same finding, so that a search can be replayed from its log.

A search steers by single runs and concludes from repeated ones. That is enough,
because a run that lies can not hide: the state it lied about ends up beside the
boundary, and there both sides are tried again until their runs outweigh the
doubt. If they then say otherwise, the boundary moves and the search goes on.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

from ..model import Answer, Conclusion, RequestError, Status, Value

Record = Mapping[int, Sequence[Answer]]
"""What has been tried: for each state (0 is the first) the answers of its runs."""

MOST_NOISE = 0.4
"""Runs that disagree more often than this decide nothing in any sensible number."""

ANSWERS = {
    Status.PASSED: Answer.GOOD,
    Status.EXPECTED_FAILURE: Answer.GOOD,
    Status.FAILED: Answer.BAD,
    Status.ERROR: Answer.BAD,
    Status.HUNG: Answer.BAD,
    Status.CRASHED: Answer.BAD,
    Status.UNEXPECTED_SUCCESS: Answer.BAD,
    Status.SKIPPED: Answer.UNTESTABLE,
    Status.NOT_RUN: Answer.UNTESTABLE,
    Status.SPURIOUS: Answer.UNTESTABLE,
    Status.ABSENT: Answer.UNTESTABLE,
}
"""What a test's outcome says about the state that it ran on."""


class Rules(Value, frozen=True):
    """What is searched, and how sure the finding has to be.

    ``size`` states, of which the first is said to answer ``first`` and the last
    the opposite. A run tells the wrong thing at a rate of at most ``noise``, or
    as often as runs are seen to disagree. A finding is wrong at a rate of at
    most ``doubt``; ``agree`` runs have to agree in any case, and a state that is
    not decided after ``most`` runs is given up.

    ``weights`` say how probable it is, before anything is tried, that the change came with
    each state; that of the first one counts for nothing, and without any all are alike. They
    say in what order states are tried, never what is found. With ``assumed`` the first state
    is taken to be as it is said to be, where no run can tell. After ``skips`` states inside
    the boundary that can not be tried, the rest of them is not tried any more.
    """

    size: int
    first: Answer = Answer.GOOD
    noise: float = 0.01
    doubt: float = 0.01
    agree: int = 2
    most: int = 25
    weights: tuple[float, ...] = ()
    assumed: bool = False
    skips: int = 64


class Finding(Value, frozen=True):
    """What a search came to.

    ``before`` is the last state known to behave like the first, ``after`` the
    first one known to behave like the last; between them lie only states that
    can not be tried, or were not after so many that could not. ``ends`` is how the first and
    the last state answer.
    ``again`` are states after the boundary that behave like the first ones: the
    change found is not the only one. ``confidence`` is one minus the rate at
    which such a finding is wrong, for the ``noise`` that was assumed or seen.
    """

    conclusion: Conclusion
    ends: tuple[Answer, Answer]
    before: int = 0
    after: int = 0
    confidence: float = 0.0
    noise: float = 0.0
    runs: int = 0
    again: tuple[int, ...] = ()


def check(rules: Rules) -> None:
    """Raise ``RequestError`` for rules by which nothing can be found."""
    if rules.size < 2:
        raise RequestError("good and bad are the same state; name two different ones")
    if not 0 < rules.noise < MOST_NOISE:
        raise RequestError(f"a noise of {rules.noise} can not be searched; give 0 to {MOST_NOISE}")
    assert len(rules.weights) in (0, rules.size), "a weight for every state"


def due(record: Record, rules: Rules, slots: int) -> list[int]:
    """The states to try next, up to ``slots`` runs at once; none if all is said.

    A state that is named twice is to be run twice.
    """
    view = _View(record, rules)
    ends = (0, rules.size - 1)
    fresh = [state for state in ends if not record.get(state)]
    if fresh:
        # What is left of the slots would wait for the ends; it guesses that they are as said.
        inner = [state for state in range(1, rules.size - 1) if not record.get(state)]
        return (fresh + view.spread(inner, ends, slots - len(fresh)))[:slots]
    boundary = view.boundary()
    if boundary is None:
        return [state for state in ends for _ in range(view.missing(state))][:slots]
    inner = view.open_between(*boundary)
    chosen = view.spread(inner, boundary, slots)
    needed = [state for state in boundary for _ in range(view.missing(state))]
    if not chosen and not needed:
        return []
    # Each of the chosen may be the boundary; the ends are more certain for it, no more.
    again = [state for state in chosen for _ in range(rules.agree - 1)] if chosen == inner else []
    more = [state for state in ends if state not in boundary and view.missing(state)]
    return (chosen + needed + again + more)[:slots]


def finding(record: Record, rules: Rules) -> Finding | None:
    """What the runs add up to, or None while more of them are due."""
    if due(record, rules, 1):
        return None
    view = _View(record, rules)
    last = rules.size - 1
    ends = (view.answer(0), view.answer(last))
    runs = sum(len(answers) for answers in record.values())
    boundary = view.boundary()
    sides = boundary or (0, last)
    conclusion = Conclusion.FLAKY
    again: tuple[int, ...] = ()
    if boundary is not None:
        is_seen = boundary[1] - boundary[0] == 1 and view.lead(boundary[0]) < 0
        conclusion = Conclusion.FOUND if is_seen else Conclusion.RANGE
        again = tuple(state for state in range(boundary[1], last) if view.side(state) < 0)
    elif not (view.lead(0) and view.lead(last)):
        conclusion = Conclusion.UNTESTABLE
    elif view.is_decided(0) and view.is_decided(last):
        is_swapped = view.lead(0) > 0 > view.lead(last)
        conclusion = Conclusion.SWAPPED if is_swapped else Conclusion.SAME
    return Finding(
        conclusion=conclusion,
        ends=ends,
        before=sides[0],
        after=sides[1],
        confidence=view.confidence(sides),
        noise=view.noise,
        runs=runs,
        again=again,
    )


def boundary(record: Record, rules: Rules) -> tuple[int, int] | None:
    """The states between which the change is, by what has been tried; None before both ends."""
    return _View(record, rules).boundary()


class _View:
    """A record, seen by the rules."""

    def __init__(self, record: Record, rules: Rules) -> None:
        self._record = record
        self._rules = rules
        self.noise = max(rules.noise, _dissent(record))
        self._needed = self._lead_needed()

    def lead(self, state: int) -> int:
        """By how many runs a state behaves like the last one (above 0) or the first (below)."""
        answers = self._record.get(state, ())
        difference = answers.count(Answer.BAD) - answers.count(Answer.GOOD)
        if self._rules.first is Answer.BAD:
            return -difference
        # What fails only since it is not there yet can not have been broken yet.
        return difference - answers.count(Answer.NOT_YET)

    def side(self, state: int) -> int:
        """1 like the last state, -1 like the first, 0 not known or given up."""
        if self._is_given_up(state):
            return -1 if self._is_assumed(state) else 0
        return max(-1, min(1, self.lead(state)))

    def is_decided(self, state: int) -> bool:
        """Whether its runs agree enough."""
        return abs(self.lead(state)) >= self._needed

    def missing(self, state: int) -> int:
        """How many more runs a state needs before it is decided, if they agree."""
        if self._is_given_up(state):
            return 0
        left = self._rules.most - len(self._record.get(state, ()))
        return max(0, min(left, self._needed - abs(self.lead(state))))

    def open_between(self, before: int, after: int) -> list[int]:
        """The states inside a boundary of which a run would say something, and that are worth it.

        Where one can not be tried, its neighbours mostly can. After a second one they stand
        for all before them: a test's own needs come with some commit, and are there from then
        on. What is before them is tried last.
        """
        inside = range(before + 1, after)
        given_up = [state for state in inside if self._is_given_up(state)]
        found = [s for s in inside if self.side(s) == 0 and not self._is_given_up(s)]
        if len(given_up) < 2:
            return found
        later = [state for state in found if state > given_up[-1]]
        return later or (found if len(given_up) < self._rules.skips else [])

    def spread(self, states: Sequence[int], ends: tuple[int, int], most: int) -> list[int]:
        """Up to ``most`` of the states between ``ends`` that cut what is left into like parts.

        Parts are alike if the change is as probable in each.
        """
        if most <= 0:
            return []
        if len(states) <= most:
            return list(states)
        weights = self._rules.weights
        steps = (weights[state] if weights else 1.0 for state in range(ends[0] + 1, ends[1] + 1))
        below = dict(zip(range(ends[0] + 1, ends[1] + 1), itertools.accumulate(steps), strict=True))
        left = list(states)
        chosen = []
        for cut in range(1, most + 1):
            wanted = below[ends[1]] * cut / (most + 1)
            nearest = min(left, key=lambda state: abs(below[state] - wanted))
            left.remove(nearest)
            chosen.append(nearest)
        return sorted(chosen)

    def answer(self, state: int) -> Answer:
        """What a state's runs say in sum."""
        lead = self.lead(state)
        if lead == 0:
            return Answer.UNTESTABLE
        first = self._rules.first
        opposite = Answer.BAD if first is Answer.GOOD else Answer.GOOD
        if lead > 0:
            return opposite
        answers = self._record.get(state, ())
        is_missing = answers.count(Answer.NOT_YET) > answers.count(Answer.GOOD)
        return Answer.NOT_YET if first is Answer.GOOD and is_missing else first

    def boundary(self) -> tuple[int, int] | None:
        """The first state that behaves like the last, and the nearest below that does not."""
        last = self._rules.size - 1
        if not (self.side(0) < 0 < self.side(last)):
            return None
        known = sorted(self._record)
        after = next(state for state in known if self.side(state) > 0)
        return max(state for state in known if state < after and self.side(state) < 0), after

    def confidence(self, sides: tuple[int, int]) -> float:
        """For the two states that a finding rests on, chosen among all that were tried."""
        odds = (1 - self.noise) / self.noise
        tried = [state for state in sides if not self._is_assumed(state)]
        wrong = sum(1 / (1 + odds ** abs(self.lead(state))) for state in tried)
        return max(0.0, 1 - wrong * len(self._record))

    def _is_assumed(self, state: int) -> bool:
        return state == 0 and self._rules.assumed and self._is_given_up(0)

    def _is_given_up(self, state: int) -> bool:
        answers = self._record.get(state, ())
        if answers and not any(map(self._tells, answers)):
            return True
        return len(answers) >= self._rules.most and not self.is_decided(state)

    def _tells(self, answer: Answer) -> bool:
        """Whether a run says on which side its state is.

        What is not there yet can be no more mended than broken.
        """
        is_mending = self._rules.first is Answer.BAD
        return answer.is_sure and not (is_mending and answer is Answer.NOT_YET)

    def _lead_needed(self) -> int:
        """Runs by which one answer has to lead, so that two such leads leave no more doubt.

        A lead of k has odds of ((1 - noise) / noise) ** k. The doubt is shared
        among the states that were tried (Bonferroni's correction): a search
        looks at many, and the boundary is where one lied if any did.
        """
        if self.noise >= MOST_NOISE:
            return self._rules.most
        wanted = 2 * max(2, len(self._record)) / self._rules.doubt
        lead = math.log(wanted) / math.log((1 - self.noise) / self.noise)
        return min(self._rules.most, max(self._rules.agree, math.ceil(lead)))


def _dissent(record: Record) -> float:
    """The share of runs that disagree with most runs of the same state."""
    repeated = [answers for answers in record.values() if len(answers) > 1]
    runs = sum(len(answers) for answers in repeated)
    minor = sum(min(a.count(Answer.GOOD), a.count(Answer.BAD)) for a in repeated)
    return minor / runs if runs else 0.0
