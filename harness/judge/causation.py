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


class SuspectStates(Value, frozen=True):
    """The states of one trial by name: around the commit, older ones, and today's.

    ``reverted`` is today's release with the commit's change taken back.
    """

    before: str
    after: str
    older: tuple[str, ...] = ()
    today: str = ""
    reverted: str = ""

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, oldest first."""
        names = (*self.older, self.before, self.after, self.today, self.reverted)
        return tuple(name for name in names if name)


class Counts(Value, frozen=True):
    """How many runs of a test, or of several, went well and how many wrong."""

    good: int = 0
    bad: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.good + other.good, self.bad + other.bad)


class SuspectTest(Value, frozen=True):
    """One test: where it goes wrong, and its runs on each state."""

    test: str
    presence: Presence
    runs: dict[str, Counts]
    why: str = ""

    def fails_on(self, state: str) -> bool:
        """Whether every run there went wrong, and there was one."""
        counts = self.runs.get(state, Counts())
        return counts.bad > 0 and counts.good == 0

    def passes_on(self, state: str) -> bool:
        """Whether every run there went well, and there was one."""
        counts = self.runs.get(state, Counts())
        return counts.good > 0 and counts.bad == 0


class Symptom(Value, frozen=True):
    """One behaviour over one link, the tests that go wrong somewhere, and the conclusion."""

    behaviour: str
    link: str
    suspicion: Suspicion
    sentence: str
    tests: tuple[SuspectTest, ...]


class SuspectReport(Value, frozen=True):
    """What a trial found: kept as ``reports/suspect-COMMIT.json``, and printed."""

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
    runs = {state: _counts(seen.get(state, {}).get(test, ())) for state in line.states}
    before, after = runs[line.before], runs[line.after]
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
            suspicion, sentence = _concluded(wrong, line)
            found.append(Symptom(behaviour, link, suspicion, sentence, wrong))
    return found


def _counts(answers: Answers) -> Counts:
    return Counts(answers.count(Answer.GOOD), answers.count(Answer.BAD))


def _concluded(tests: Sequence[SuspectTest], line: SuspectStates) -> tuple[Suspicion, str]:
    of = {p: [test for test in tests if test.presence is p] for p in Presence}
    said = list(_sentences(of, line))
    today = [test for test in tests if test.fails_on(line.today)]
    if line.reverted and today:
        still = [test for test in today if not test.passes_on(line.reverted)]
        cured = len(today) - len(still)
        said.append(
            f"of {_some(today, 'that fails', 'that fail')} on {line.today}, "
            f"{len(still) or 'none'} still {'fails' if len(still) == 1 else 'fail'} "
            f"with the change taken back" + (f", {cured} no more" if cured else "")
        )
    if of[Presence.APPEARED]:
        suspicion = Suspicion.CONFIRMED
    elif len(of[Presence.UNTESTABLE]) == len(tests) or of[Presence.FLAKY]:
        suspicion = Suspicion.UNTESTABLE
    else:
        suspicion = Suspicion.NOT_THE_CAUSE
    return suspicion, f"{suspicion}: {'; '.join(said)}"


def _sentences(of: Mapping[Presence, Sequence[SuspectTest]], line: SuspectStates) -> Iterator[str]:
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
            yield f"on {' and '.join(older)} as well"
    if of[Presence.UNTESTABLE]:
        yield f"{_some(of[Presence.UNTESTABLE], 'can', 'can')} not be tried around it"


def _some(tests: Sequence[SuspectTest], one: str, many: str) -> str:
    return f"{len(tests)} tests {many}" if len(tests) > 1 else f"1 test {one}"


def _runs(tests: Sequence[SuspectTest], state: str) -> str:
    counts = sum((test.runs[state] for test in tests), Counts())
    wrong = counts.bad >= counts.good
    runs = counts.good + counts.bad
    if wrong:
        return f"{state}: {counts.bad} of {runs} runs failed"
    return f"{state}: {counts.good} of {runs} runs passed"
