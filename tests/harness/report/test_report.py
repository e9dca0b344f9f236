"""A fixed report in every form, against golden files."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import msgspec
import pytest
from rich.console import Console
from support.reports import DJANGO, MADE
from support.tiny import TESTS
from support.values import change

from harness.judge import causes, weighing, wire
from harness.judge.verdict import counts
from harness.model import (
    ApplyResult,
    BaseName,
    Cell,
    Change,
    ChangeKind,
    Conflict,
    FileReach,
    Judgement,
    Matrix,
    Pair,
    Power,
    Reach,
    Row,
    Stack,
    Status,
    Verdict,
    Wait,
    WorkbenchError,
)
from harness.report import markdown, schema, summary, terminal
from harness.report.schema import Report
from harness.upstreams.django import REAL_OBJECTS

DATA = TESTS / "data"
ACCEPT = "ACCEPT"
WIDTH = 80
HANG_STACK = 'Thread 0x01 (most recent call first):\n  File "basehttp.py", line 226 in handle\n'


def judged(name: str, verdict: Verdict, *found: Change, **fields: object) -> Judgement:
    grouped = causes.grouped(found, REAL_OBJECTS)
    plain = Judgement(
        name=name,
        base="django 6.1.3",
        applies=ApplyResult.CLEAN,
        verdict=verdict,
        counts=counts(grouped),
        changes=tuple(grouped),
        tests=30,
        runs=6,
    )
    return msgspec.structs.replace(plain, **fields)


def waited(test: str, base: float, patched: float, name: str = "the end") -> Change:
    """Somebody waits so long in this test, by ten runs and five."""
    kind = ChangeKind.SLOWER if patched > base else ChangeKind.FASTER
    wait = Wait(name, base, patched, (10, 5))
    return change(kind, patched=Status.PASSED, test=test, suite="regression", wait=wait)


def row(behaviour: str, *passed: int, hung: int = 0) -> Row:
    """Four tests in each cell, of which so many passed; some of the first column's hung."""
    cells = [
        Cell(number, tests=4, hung=0 if place else hung) for place, number in enumerate(passed)
    ]
    return Row(behaviour, "direct", tuple(cells))


A, B, BOTH = (Stack.read(text) for text in ("django/a", "cpython/b", "django/a+cpython/b"))
WIRE = Matrix(
    ground="django 6.1.3 on cpython 3.13.0",
    columns=("base", "django/a", "cpython/b", "django/a+cpython/b", "gunicorn"),
    control=("gunicorn",),
    stacks=(Stack(), A, B, BOTH),
    bases=(BaseName("django", "6.1.3"), BaseName("cpython", "3.13.0")),
    rows=(
        row("full body", 4, 4, 4, 4, 4),
        row("streamed end", 1, 4, 2, 4, 3, hung=2),
        row("unread request", 0, 4, 4, 4, 4),
    ),
)
PASSED, FAILED = Status.PASSED, Status.FAILED
PAIRS = (
    Pair(
        BOTH,
        WIRE.ground,
        tests=474,
        conflicts=(
            Conflict(
                "django", "servers.A.test_own", Status.ABSENT, (PASSED, Status.ABSENT), FAILED
            ),
            Conflict(
                *("regression", "wire.py::test_end[raw]", PASSED, (PASSED, PASSED), PASSED),
                wait="the end",
                seconds=(0.001, 2.0, 2.0, 4.01),
            ),
        ),
        runs=3,
    ),
    Pair(Stack.read("django/a+cpython/c"), WIRE.ground, tests=474, runs=1),
    Pair(Stack.read("django/a+cpython/d"), WIRE.ground, why="d does not apply"),
)
STUB = "AttributeError: '_io.BytesIO' object has no attribute 'peek'"
REPORT = Report(
    made=MADE,
    bases=(DJANGO,),
    candidates=(
        judged(
            "django/peek-drain",
            Verdict.BREAKS,
            change(test="servers.A.test_https", patched=Status.ERROR, reason=STUB),
            change(test="servers.A.test_query", patched=Status.ERROR, reason=STUB),
            change(
                test="servers.B.test_closes",
                patched=Status.HUNG,
                reason="hung: not over at its deadline",
                detail=HANG_STACK,
            ),
            change(
                ChangeKind.FLAKY,
                confirmed=False,
                test="servers.C.test_odd",
                patched_runs={"failed": 1, "passed": 2},
                reason="AssertionError: 1",
                chance=0.4,
            ),
            change(test="servers.D.test_after", reason="AssertionError: 2", note=weighing.ORDER),
            power=Power(rate=0.2, runs=10, noticed=0.8926),
        ),
        judged(
            "django/chunked-encoding",
            Verdict.FIXES,
            change(
                ChangeKind.FIXED,
                test="servers.B.test_end",
                base=Status.FAILED,
                patched=Status.PASSED,
                reason="AssertionError: 1 != 2",
            ),
            change(
                test="servers.B.test_closes",
                reason="AssertionError: it asserts the old header",
                expected=True,
                why="the candidate sets out to end that",
            ),
            waited("wire.py::test_end[php]", 0.001, 0.5),
            waited("wire.py::test_next[single]", 0.001, 2.0),
            waited("wire.py::test_reused[stream]", 0.0005, 0.0439, "a reused connection"),
            waited("wire.py::test_reused[get]", 0.0439, 0.0005, "a reused connection"),
            applies=ApplyResult.THREE_WAY,
        ),
        judged("django/realignment", Verdict.NEUTRAL, power=Power(0.2, 2, 0.36)),
        judged(
            "django/misfit",
            Verdict.DOES_NOT_APPLY,
            applies=ApplyResult.NO,
            problems=("0001-x.patch: django/server.py, hunk 1 of 1: the text there is another",),
            tests=0,
        ),
        judged("django/halted", Verdict.INCONCLUSIVE, notes=("cut-off: at its deadline limit",)),
    ),
    controls=(judged("control", Verdict.NEUTRAL, control=True),),
    notes=("cpython 3.15: it can not be had",),
    matrices=(WIRE,),
    layers=tuple(wire.layers(WIRE)),
    pairs=PAIRS,
)


def on_terminal(report: Report) -> str:
    stream = io.StringIO()
    terminal.show(report, Console(file=stream, width=WIDTH, highlight=False))
    return stream.getvalue()


def check_golden(name: str, text: str) -> None:
    """Compare with the accepted text; the failure says how to accept a new one."""
    path = DATA / name
    if os.environ.get(ACCEPT):
        path.write_text(text, "utf-8")
    accept = f"{ACCEPT}=1 python -m pytest tests/harness/report/test_report.py"
    accepted = path.read_text("utf-8") if path.exists() else ""
    assert text == accepted, f"tests/data/{name} is another; to accept the new one: {accept}"


def test_markdown() -> None:
    check_golden("report.md", markdown.render(REPORT))


def test_terminal() -> None:
    check_golden("report.txt", on_terminal(REPORT))


def test_the_report_states_what_the_least_of_its_runs_would_have_noticed() -> None:
    told = "fails in 20 % of its runs with the patch would have been noticed with 36 % (2 runs of"
    assert told in summary.power(REPORT.candidates)
    assert told in " ".join(on_terminal(REPORT).split())
    assert told in markdown.render(REPORT)
    assert summary.power(()) == ""


def test_json(tmp_path: Path) -> None:
    schema.write(REPORT, tmp_path / "report.json")
    check_golden("report.json", (tmp_path / "report.json").read_text("utf-8"))


def test_json_survives_a_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.json"
    schema.write(REPORT, path)
    assert schema.read(path) == REPORT
    assert json.loads(path.read_text("utf-8"))["schema"] == 1


def test_a_report_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    with pytest.raises(WorkbenchError, match=r"there is no report in .*; run `nox -s test` first"):
        schema.read(path)
    for text in ("", "[]", '{"schema": 1}'):
        path.write_text(text, "utf-8")
        with pytest.raises(WorkbenchError, match="is no report of schema 1"):
            schema.read(path)


def test_a_report_replaces_the_last_one_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    schema.write(REPORT, path)
    held = path.open("rb")
    schema.write(msgspec.structs.replace(REPORT, notes=()), path)
    with held:
        assert b"cpython 3.15" in held.read()
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_report_that_can_not_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(WorkbenchError, match=r"^cannot write .*; give another file$"):
        schema.write(REPORT, tmp_path / "file" / "report.json")


@pytest.mark.parametrize(
    ("passed", "enough"),
    [
        ((4, 4, 4, 4), "."),
        ((0, 0, 0, 0), "."),
        ((4, 0, 0, 0), "."),
        ((0, 4, 4, 4), "either"),
        ((0, 4, 1, 4), "django"),
        ((0, 0, 4, 4), "cpython"),
        ((0, 2, 2, 4), "both"),
        ((0, 2, 0, 2), "django"),
        ((0, 4, 0, 2), "django alone"),
        ((0, 4, 4, 2), "either alone"),
    ],
)
def test_the_least_that_passes_as_many_as_any_is_enough(
    passed: tuple[int, ...], enough: str
) -> None:
    cells = [Cell(number, tests=4) for number in passed]
    names = ("neither", "django", "cpython", "both")
    assert summary.sufficient_layer(cells, names) == enough


@pytest.mark.parametrize(
    ("each", "shown"),
    [
        ((0.0, 0.5), "0.00 s → 0.50 s"),
        ((0.0005, 0.0439), "0.5 ms → 43.9 ms"),
        ((2.0,), "2.00 s"),
        ((0.0,), "0.0 ms"),
    ],
)
def test_seconds_are_shown_in_the_unit_of_the_longest(each: tuple[float, ...], shown: str) -> None:
    assert summary.seconds(*each) == shown


def test_a_wait_that_is_not_proved_is_not_in_the_verdict() -> None:
    unsure = msgspec.structs.replace(waited("a", 0.0, 0.5), confirmed=False)
    found = judged("django/x", Verdict.NEUTRAL, unsure)
    assert summary.meaning(found) == summary.MEANING[Verdict.NEUTRAL]
    assert summary.kind_of_change(unsure) == "slower, not confirmed"


def test_a_wait_by_design_is_a_cost_all_the_same() -> None:
    meant = msgspec.structs.replace(waited("a", 0.0, 0.5), expected=True, why="it waits")
    found = judged("django/x", Verdict.FIXES, meant)
    assert "1 wait longer (by up to 0.50 s)" in summary.meaning(found)
    assert (summary.count_slower(found), summary.count_by_design(found)) == (0, 1)


def test_neither_waits_nor_noise_hide_that_a_line_was_not_reached() -> None:
    missed = FileReach("django", "a.py", statements=2, unreached=((1, 1),))
    noise = change(ChangeKind.FLAKY, confirmed=False, unsteady=True)
    found = judged(
        "django/x", Verdict.UNPROVEN, waited("a", 0.0, 0.5), noise, reach=Reach(files=(missed,))
    )
    assert summary.meaning(found).startswith(summary.NOT_REACHED)
    doubt = msgspec.structs.replace(noise, unsteady=False)
    found = msgspec.structs.replace(found, changes=(*found.changes, doubt))
    assert summary.meaning(found).startswith(summary.MEANING[Verdict.UNPROVEN])


# What upstream prints is untrusted ---------------------------------------------------------

EVIL = "`</code><script>alert(1)</script> | x [red]y[/red]\n```\n# heading\n\x1b[2J"


@pytest.fixture
def evil() -> Report:
    found = change(
        test="servers.Evil.test_it",
        patched=Status.HUNG,
        reason=EVIL,
        detail=EVIL,
        expected=True,
        why=EVIL,
    )
    mean = judged("django/evil", Verdict.BREAKS, found, problems=(EVIL,), notes=(EVIL,))
    return msgspec.structs.replace(REPORT, candidates=(mean,), notes=(EVIL,))


def test_untrusted_text_can_not_become_markup_in_markdown(evil: Report) -> None:
    text = markdown.render(evil)
    fenced = False
    for line in text.splitlines():
        if line.strip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            assert not line.lstrip().startswith("# heading"), line
            outside_code = "".join(line.split("`")[::2])
            assert "<script>" not in outside_code, line
    assert not fenced
    assert "\x1b" not in text


def test_untrusted_text_can_not_become_markup_on_the_terminal(evil: Report) -> None:
    text = on_terminal(evil)
    assert "[red]y[/red]" in text
    assert "\x1b" not in text


def test_an_id_of_thousands_of_characters_is_cut_with_a_digest() -> None:
    long = [f"tests.T.test_x[{'a' * 5000}{end}]" for end in "bc"]
    shown = [summary.test_name(test) for test in long]
    assert len(set(shown)) == len(shown)
    assert all(len(name) == summary.LONGEST_ID and "…#" in name for name in shown)
    assert summary.test_name("tests.T.test_x") == "tests.T.test_x"
    judged = msgspec.structs.replace(REPORT.candidates[0], changes=(change(test=long[0]),))
    report = msgspec.structs.replace(REPORT, candidates=(judged,))
    assert shown[0] in markdown.render(report)
    assert long[0] not in markdown.render(report)


def test_a_verdict_in_one_line_does_not_call_it_clean_where_something_did_not_run() -> None:
    quiet = Judgement("django/x", "django 6.1.3", ApplyResult.CLEAN, Verdict.NEUTRAL, tests=13)
    assert summary.verdict_line(quiet) == "django/x on django 6.1.3: neutral (13 tests, no change)"
    broken_off = msgspec.structs.replace(quiet, verdict=Verdict.INCONCLUSIVE)
    assert summary.verdict_line(broken_off) == (
        "django/x on django 6.1.3: inconclusive, could not be judged: something did not run"
    )
