"""The page of a suspected commit's trial: what is said of it, and every test by state.

Owns: what stands on it. Must not know how anything was found out.
"""

from __future__ import annotations

from typing import NamedTuple

from ...judge.causation import Counts, SuspectReport, SuspectState, SuspectTest, Symptom
from ...model import Suspicion
from .. import suspects
from .page import anchor, render, style_of
from .signs import PRESENCES, SUSPICIONS, Sign


class StateCell(NamedTuple):
    """How many of some tests, or of one test's runs, fail on a state: ``heat`` is 0 to 4."""

    text: str
    sign: Sign
    heat: int


class FailingTest(NamedTuple):
    """A test with a cell for each state."""

    id: str
    test: SuspectTest
    sign: Sign
    cells: list[StateCell]


class SymptomView(NamedTuple):
    """A behaviour over a link with its conclusion, and what it rests on."""

    id: str
    symptom: Symptom
    sign: Sign
    cells: list[StateCell]
    tests: list[FailingTest]


def page_of(report: SuspectReport) -> str:
    """The page of a trial."""
    return render(
        "suspected.html",
        f"{report.commit[:10]}: is it the cause?",
        styles=[style_of(name) for name in ("marks.css", "heat.css")],
        report=report,
        head=suspects.head(report),
        word=suspects.last_word(report),
        sign=_word_sign(report),
        states=report.line.states,
        symptoms=[_symptom(each, report) for each in report.symptoms],
        suspicions=list(SUSPICIONS.values()),
    )


def _word_sign(report: SuspectReport) -> Sign:
    of = [symptom.suspicion for symptom in report.symptoms]
    for suspicion in (Suspicion.CONFIRMED, Suspicion.UNTESTABLE):
        if suspicion in of:
            return SUSPICIONS[suspicion]
    return SUSPICIONS[Suspicion.NOT_THE_CAUSE if of else Suspicion.UNTESTABLE]


def _symptom(symptom: Symptom, report: SuspectReport) -> SymptomView:
    states = report.line.states
    tests = [
        FailingTest(
            id=anchor("test", symptom.name, test.test),
            test=test,
            sign=PRESENCES[test.presence],
            cells=[_of_runs(test.counts_on(state)) for state in states],
        )
        for test in symptom.tests
    ]
    return SymptomView(
        id=anchor("symptom", symptom.behaviour, symptom.link),
        symptom=symptom,
        sign=SUSPICIONS[symptom.suspicion],
        cells=[_of_tests(symptom, state) for state in states],
        tests=tests,
    )


def _of_tests(symptom: Symptom, state: SuspectState) -> StateCell:
    able = [test for test in symptom.tests if test.counts_on(state) != Counts()]
    return failing(sum(not test.passes_on(state) for test in able), len(able))


def _of_runs(counts: Counts) -> StateCell:
    return failing(counts.bad, counts.good + counts.bad)


def failing(bad: int, total: int, hung: int = 0) -> StateCell:
    """The cell of so many that fail, of all."""
    if not total:
        return StateCell("·", Sign("·", "not tried", "plain"), 0)
    text = f"{bad}/{total}" + (f" {hung}h" if hung else "")
    if bad == 0:
        return StateCell(text, Sign("✓", "none fails", "good"), 0)
    if bad == total:
        return StateCell(text, Sign("✗", "all fail", "bad"), 4)
    return StateCell(text, Sign("◐", "some fail", "warn"), 1 + 3 * bad // (total + 1))
