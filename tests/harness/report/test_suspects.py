"""The trial of a suspected commit, as it is shown and as it is pasted into a ticket."""

from __future__ import annotations

import io

import msgspec
import pytest
from rich.console import Console

from harness.judge import causation
from harness.judge.causation import SuspectReport, SuspectState, SuspectStates
from harness.model import Answer, Presence
from harness.report import suspects

COMMIT = "934acf1126995f6e6ccba5947ec8f7561633c27f"
PARENT = "0" * 40
LINE = SuspectStates(
    before=SuspectState(PARENT, PARENT[:10]),
    after=SuspectState(COMMIT, COMMIT[:10]),
    today=SuspectState("django 6.1.3", "6.1.3"),
    reverted=SuspectState("django 6.1.3 reverted", "6.1.3 reverted"),
)
TEST = "test_keep_alive.py::test_reuse[runserver-direct-raw]"
G, B = Answer.GOOD, Answer.BAD
SEEN = {
    PARENT: {TEST: [G, G]},
    COMMIT: {TEST: [B, B]},
    "django 6.1.3": {TEST: [B, B]},
    "django 6.1.3 reverted": {TEST: [G, G]},
}


@pytest.fixture
def report() -> SuspectReport:
    """One test, which fails since the commit and not without it."""
    tried = causation.suspect_test(TEST, LINE, SEEN)
    return SuspectReport(
        commit=COMMIT,
        subject="Kept connections open",
        line=LINE,
        pythons={PARENT: "3.6.15", "django 6.1.3": "3.13.0"},
        tests=1,
        runs=8,
        symptoms=tuple(causation.symptoms({("keep alive", "direct"): [tried]}, LINE)),
        counts={Presence.APPEARED: 1},
        notes=("django 1.0 could not be tried: \x1b[2J",),
    )


def shown(report: SuspectReport) -> str:
    stream = io.StringIO()
    suspects.show(report, Console(file=stream, width=200, highlight=False))
    return stream.getvalue()


def test_columns_have_the_short_names_of_the_states(report: SuspectReport) -> None:
    head = shown(report).split("Tests that fail")[1]
    for state in LINE.states:
        for word in state.short.split():
            assert word in head
    assert COMMIT not in head.split("keep alive over direct")[0]


def test_a_symptom_is_told_with_its_reasons(report: SuspectReport) -> None:
    said = (
        "keep alive over direct: confirmed: 1 test passes before it "
        f"({PARENT}: 2 of 2 runs passed) and fails after it ({COMMIT}: 2 of 2 runs failed); "
        "of 1 test that fails on django 6.1.3, none still fail with the change taken back, "
        "1 no more."
    )
    assert f"✗ {said}" in " ".join(shown(report).split())
    assert f"- **{said.replace(': confirmed', '**: confirmed', 1)}" in suspects.markdown(report)


def test_the_last_word_counts_symptoms(report: SuspectReport) -> None:
    last = "934acf1126: of 1 symptoms 1 confirmed, 0 not the cause, 0 untestable"
    assert last in shown(report)
    assert f"**{last}**" in suspects.markdown(report)


def test_every_test_stands_in_markdown_with_its_failed_runs(report: SuspectReport) -> None:
    line = f"| `{TEST}` | appeared with it | 0/2 | 2/2 | 2/2 | 0/2 |"
    assert line in suspects.markdown(report).splitlines()


def test_a_state_that_was_not_tried_is_empty_or_a_dot(report: SuspectReport) -> None:
    seen = {name: tests for name, tests in SEEN.items() if not name.endswith("reverted")}
    tried = causation.suspect_test(TEST, LINE, seen)
    found = tuple(causation.symptoms({("keep alive", "direct"): [tried]}, LINE))
    text = suspects.markdown(msgspec.structs.replace(report, symptoms=found))
    assert f"| `{TEST}` | appeared with it | 0/2 | 2/2 | 2/2 | . |" in text.splitlines()


def test_what_others_print_can_not_steer_the_terminal(report: SuspectReport) -> None:
    assert "\x1b" not in shown(report)
    assert "\x1b" not in suspects.markdown(report)
