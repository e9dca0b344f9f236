"""The terminal's report: it fits, it says first what is asked first, it hides nothing."""

from __future__ import annotations

import io

import msgspec
import pytest
from rich.cells import cell_len
from rich.console import Console
from support.hostile import hostile
from support.tiny import TESTS
from support.values import change

from harness.model import Cell, ChangeKind, Judgement, Matrix, Row, Stack, Status, Verdict
from harness.report import schema, terminal
from harness.report.fitting import SIGNS
from harness.report.schema import Report

WIDTHS = [20, 40, 60, 80, 100, 200]
CROWD = tuple(f"django/candidate-number-{number}" for number in range(12))


@pytest.fixture
def report() -> Report:
    return schema.read(TESTS / "data" / "report.json")


@pytest.fixture
def crowded(report: Report) -> Report:
    """A report with a dozen candidates that differ on thirty rows of the wire."""
    rows = tuple(
        Row(
            f"behaviour {number}",
            "faithful+slow+tearing",
            (Cell(1, 30), *(Cell(n + 2, 30, n % 3) for n in range(len(CROWD))), Cell(9, 30)),
        )
        for number in range(30)
    )
    stacks = (Stack(), *map(Stack.read, CROWD))
    wire = Matrix("django 6.1.3", ("base", *CROWD, "x"), ("x",), rows, stacks)
    broken = tuple(
        change(test=f"servers.tests.Test{'Case' * 30}.test_{number}[{'a' * 80}]", group="hang")
        for number in range(25)
    )
    candidates = tuple(
        msgspec.structs.replace(report.candidates[0], name=name, changes=broken[: 2 + number])
        for number, name in enumerate(CROWD)
    )
    return msgspec.structs.replace(report, candidates=candidates, matrices=(wire,))


def shown(report: Report, width: int = 80, whole: bool = False) -> str:
    stream = io.StringIO()
    terminal.show(report, Console(file=stream, width=width, highlight=False), whole)
    return stream.getvalue()


@pytest.mark.parametrize("whole", [False, True], ids=["extract", "whole"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("which", ["report", "crowded", "hostile"])
def test_no_line_is_wider_than_the_terminal(
    report: Report, crowded: Report, which: str, width: int, whole: bool
) -> None:
    mean = hostile(report, report.candidates[0].changes[0])
    text = shown({"report": report, "crowded": crowded, "hostile": mean}[which], width, whole)
    assert max(map(cell_len, text.splitlines())) <= width
    assert "\x1b" not in text


def test_the_first_line_answers_which_patch(report: Report) -> None:
    first, second, *_ = shown(report).splitlines()
    assert first.startswith("Which patch to merge")
    assert second.startswith("django/chunked-encoding fixes most, 1 test, and breaks none.")


def test_no_meaning_is_colour_alone(report: Report) -> None:
    lines = shown(report).splitlines()
    for judged in report.candidates:
        (row,) = [line for line in lines if line[2:].startswith(f"{judged.name} ")][:1]
        assert row.startswith(SIGNS[judged.verdict])
        assert judged.verdict in row


def test_what_is_left_out_is_counted_and_the_place_of_the_rest_is_named(crowded: Report) -> None:
    text = shown(crowded)
    assert ", and 11 more" in text
    assert "`report -- --all`, `report.md`, `report.html`" in " ".join(text.split())
    whole = shown(crowded, 200, whole=True)
    assert all(f".test_{number}[" in whole for number in range(13))
    assert "more" not in whole.partition("candidate-number-11 on")[2].partition("Control")[0]


def test_the_extract_is_an_extract(crowded: Report) -> None:
    extract, whole = (len(shown(crowded, 80, each).splitlines()) for each in (False, True))
    assert extract < whole / 2


def test_a_candidate_with_the_changes_of_another_one_is_told_in_a_line(report: Report) -> None:
    first = report.candidates[0]
    twin = msgspec.structs.replace(first, name="django/twin")
    text = shown(msgspec.structs.replace(report, candidates=(first, twin, *report.candidates[1:])))
    assert "  Its changes are those of django/peek-drain, test by test.\n" in text
    assert text.count("no attribute 'peek'") == 1


def test_noise_and_design_are_apart_from_breakages(report: Report) -> None:
    noise = change(ChangeKind.FLAKY, confirmed=False, unsteady=True, test="noisy")
    doubt = change(confirmed=False, test="doubtful", group="a cause")
    meant = change(expected=True, why="it sets out to", test="meant", group="another")
    new = change(ChangeKind.NEW, Status.ABSENT, Status.PASSED, test="new", group="new")
    found = Judgement(
        *("django/x", "django 6.1.3", report.candidates[0].applies, Verdict.UNPROVEN),
        changes=(noise, doubt, meant, new),
    )
    others = report.candidates[2:]
    text = shown(msgspec.structs.replace(report, candidates=(found, *others, others[0])))
    assert "? a cause (1)\n      doubtful\n" in text
    assert "* by design, 1 test: it sets out to\n" in text
    assert "· and 1 noise on the base, 1 new\n" in text
    assert "✗" not in text


def test_few_candidates_are_told_in_full_up_to_a_dozen_tests_of_a_cause(crowded: Report) -> None:
    two = crowded.candidates[0], crowded.candidates[-1]
    text = shown(msgspec.structs.replace(crowded, candidates=two), 250)
    of_the_last = text.partition(f"{two[1].name} on")[2]
    assert of_the_last.count("broken (passed 3 → failed 3)") == 12
    assert "    … and 1 more; report.md has all\n" in of_the_last
