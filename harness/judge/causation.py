"""Whether a suspected commit is the cause: from runs before it, after it and without it. Pure.

Owns: what is said of each test and of each symptom, a behaviour over a link. May
know only ``model``. A symptom is confirmed by tests that pass in every run before
the commit and fail in every run after it; it is not the commit's fault if what
fails after it fails before it as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..model import Answer, Presence, Suspicion, Value

Answers = Sequence[Answer]
Seen = Mapping[str, Mapping[str, Answers]]
"""For each state by its name and each test the answers of its runs."""


class SuspectState(Value, frozen=True):
    """One state of a trial: its name, and a ``short`` one for the head of a column.

    A release is ``django 2.1.4`` and ``2.1.4``, a commit its id and the first ten digits.
    The name is what runs are counted by; no two states of a trial have the same.
    """

    name: str
    short: str

    def __str__(self) -> str:
        return self.name


class SuspectStates(Value, frozen=True):
    """The states of one trial: around the commit, older ones, and today's.

    ``reverted`` is today's release with the commit's change taken back.
    """

    before: SuspectState
    after: SuspectState
    older: tuple[SuspectState, ...] = ()
    today: SuspectState | None = None
    reverted: SuspectState | None = None

    @property
    def states(self) -> tuple[SuspectState, ...]:
        """Every state, oldest first."""
        states = (*self.older, self.before, self.after, self.today, self.reverted)
        return tuple(state for state in states if state is not None)


class Counts(Value, frozen=True):
    """How many runs of a test, or of several, went well and how many wrong."""

    good: int = 0
    bad: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.good + other.good, self.bad + other.bad)


class SuspectTest(Value, frozen=True):
    """One test: where it goes wrong, and its runs on each state, by the state's name."""

    test: str
    presence: Presence
    runs: dict[str, Counts]
    why: str = ""

    def counts_on(self, state: SuspectState) -> Counts:
        """How the runs on a state went; none if it was not tried there."""
        return self.runs.get(state.name, Counts())

    def fails_on(self, state: SuspectState) -> bool:
        """Whether every run there went wrong, and there was one."""
        counts = self.counts_on(state)
        return counts.bad > 0 and counts.good == 0

    def passes_on(self, state: SuspectState) -> bool:
        """Whether every run there went well, and there was one."""
        counts = self.counts_on(state)
        return counts.good > 0 and counts.bad == 0


class Symptom(Value, frozen=True):
    """One behaviour over one link, the tests that go wrong somewhere, and the conclusion.

    ``reasons`` are what the suspicion rests on, each half a sentence.
    """

    behaviour: str
    link: str
    suspicion: Suspicion
    reasons: tuple[str, ...]
    tests: tuple[SuspectTest, ...]

    @property
    def name(self) -> str:
        """``full body over bridge``, or the behaviour alone where there is no link."""
        return f"{self.behaviour} over {self.link}" if self.link else self.behaviour

    @property
    def because(self) -> str:
        """What the suspicion rests on, as one sentence without its end."""
        return "; ".join(self.reasons)


class SuspectReport(Value, frozen=True):
    """What a trial found: kept as ``reports/suspect-COMMIT.json``, and printed.

    ``pythons`` are by the names of the states that could be tried.
    """

    commit: str
    subject: str
    line: SuspectStates
    pythons: dict[str, str]
    tests: int
    runs: int
    symptoms: tuple[Symptom, ...]
    counts: dict[str, int]
    notes: tuple[str, ...] = ()
    repeat: int = 3


def suspect_test(test: str, line: SuspectStates, seen: Seen, why: str = "") -> SuspectTest:
    """What the runs say about one test; ``why`` is a reason for it not to have run."""
    names = [state.name for state in line.states]
    runs = {name: _counts(seen.get(name, {}).get(test, ())) for name in names}
    before, after = runs[line.before.name], runs[line.after.name]
    presence = Presence.FLAKY
    if not (before.good or before.bad) or not (after.good or after.bad):
        presence = Presence.UNTESTABLE
    elif not (before.bad or after.bad):
        presence = Presence.NOWHERE
    elif not (before.good or after.good):
        presence = Presence.BOTH
    elif not (before.bad or after.good):
        presence = Presence.APPEARED
    elif not (before.good or after.bad):
        presence = Presence.DISAPPEARED
    return SuspectTest(test, presence, runs, why if presence is Presence.UNTESTABLE else "")


def symptoms(
    groups: Mapping[tuple[str, str], Iterable[SuspectTest]], line: SuspectStates
) -> list[Symptom]:
    """A conclusion for every group of tests of which one goes wrong somewhere."""
    found = []
    for (behaviour, link), tests in groups.items():
        wrong = tuple(test for test in tests if any(c.bad for c in test.runs.values()))
        if wrong:
            by_presence = {p: [test for test in wrong if test.presence is p] for p in Presence}
            reasons = (*_around(by_presence, line), *_today(wrong, line))
            found.append(Symptom(behaviour, link, _suspicion(by_presence), reasons, wrong))
    return found


def _counts(answers: Answers) -> Counts:
    return Counts(answers.count(Answer.GOOD), answers.count(Answer.BAD))


def _suspicion(of: Mapping[Presence, Sequence[SuspectTest]]) -> Suspicion:
    """What tests that go wrong somewhere say about the commit, by where they do."""
    if of[Presence.APPEARED]:
        return Suspicion.CONFIRMED
    only_untestable = not any(tests for p, tests in of.items() if p is not Presence.UNTESTABLE)
    if only_untestable or of[Presence.FLAKY]:
        return Suspicion.UNTESTABLE
    return Suspicion.NOT_THE_CAUSE


def _today(tests: Sequence[SuspectTest], line: SuspectStates) -> Iterator[str]:
    """What becomes of today's failures when the change is taken back."""
    if line.today is None or line.reverted is None:
        return
    reverted = line.reverted
    today = [test for test in tests if test.fails_on(line.today)]
    if not today:
        return
    still = [test for test in today if not test.passes_on(reverted)]
    cured = len(today) - len(still)
    yield (
        f"of {_some(today, 'that fails', 'that fail')} on {line.today}, "
        f"{len(still) or 'none'} still {'fails' if len(still) == 1 else 'fail'} "
        f"with the change taken back" + (f", {cured} no more" if cured else "")
    )


def _around(of: Mapping[Presence, Sequence[SuspectTest]], line: SuspectStates) -> Iterator[str]:
    """What the tests do before the commit and after it, for each of the ways there are."""
    fails, passes = ("fails", "fail"), ("passes", "pass")
    for presence, before, after in (
        (Presence.APPEARED, passes, fails),
        (Presence.BOTH, fails, fails),
        (Presence.DISAPPEARED, fails, passes),
        (Presence.FLAKY, ("is flaky", "are flaky"), ("", "")),
        (Presence.NOWHERE, passes, passes),
    ):
        tests = of[presence]
        if not tests:
            continue
        then = f" {after[len(tests) > 1]}" if after != before and any(after) else ""
        yield (
            f"{_some(tests, *before)} before it ({_runs(tests, line.before)}) "
            f"and{then} after it ({_runs(tests, line.after)})"
        )
        older = [state for state in line.older if all(t.fails_on(state) for t in tests)]
        if older and presence is Presence.BOTH:
            yield f"on {' and '.join(map(str, older))} as well"
    if of[Presence.UNTESTABLE]:
        yield f"{_some(of[Presence.UNTESTABLE], 'can', 'can')} not be tried around it"


def _some(tests: Sequence[SuspectTest], one: str, many: str) -> str:
    return f"{len(tests)} tests {many}" if len(tests) > 1 else f"1 test {one}"


def _runs(tests: Sequence[SuspectTest], state: SuspectState) -> str:
    counts = sum((test.counts_on(state) for test in tests), Counts())
    wrong = counts.bad >= counts.good
    runs = counts.good + counts.bad
    if wrong:
        return f"{state}: {counts.bad} of {runs} runs failed"
    return f"{state}: {counts.good} of {runs} runs passed"
