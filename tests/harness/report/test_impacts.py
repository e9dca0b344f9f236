"""What is said of a patch by the projects that stand on it, in every form of a report."""

from __future__ import annotations

import io

from rich.console import Console
from support.reports import judgement, report

from harness.model import (
    BaseName,
    ChangedLines,
    Impact,
    ImpactState,
    ModuleUse,
    ProjectImpact,
    Stack,
    Verdict,
)
from harness.report import impacts, markdown, terminal
from harness.report.pages import judged

USES = (
    ModuleUse("http.server", ("src/a.py", "tests/b.py", "tests/c.py", "tests/d.py")),
    ModuleUse("wsgiref.simple_server", ("src/a.py",), through="http.server"),
)
FOUND = Impact(
    stack=Stack.read("cpython/x"),
    ground=BaseName("cpython", "3.13.0"),
    verdict=Verdict.BREAKS,
    projects=(
        ProjectImpact("quiet", "2.0", ImpactState.NO_EVIDENCE, why="nothing ran it", tests=4),
        ProjectImpact("gone", "1", ImpactState.UNTESTABLE, why="no | tests"),
        ProjectImpact(
            "loud",
            "1.5",
            ImpactState.REGRESSED,
            uses=USES,
            tests=30,
            reaching=3,
            reached=2,
            changed=6,
            broken=("tests/b.py::test_it", "tests/b.py::test_that"),
            failing=("tests/c.py::test_web",),
        ),
    ),
    files=(ChangedLines("cpython:Lib/http/server.py", (3, 4, 5, 9, 11, 12), (9, 11)),),
    modules=("http.server", "wsgiref.simple_server"),
)
SENTENCE = (
    "cpython/x breaks 1 of 3 projects: breaks. 1 regressed, 1 no evidence, 1 could not be tested; "
    "steady tests ran 2 of 6 changed statements."
)


def test_the_verdict_stands_in_a_sentence_with_what_it_rests_on() -> None:
    assert impacts.sentence(FOUND) == SENTENCE
    nowhere = Impact(FOUND.stack, FOUND.ground, Verdict.DOES_NOT_APPLY)
    assert impacts.sentence(nowhere) == "cpython/x does not apply: does-not-apply."


def test_every_verdict_has_a_sentence() -> None:
    for verdict in Verdict:
        said = impacts.sentence(Impact(FOUND.stack, FOUND.ground, verdict, FOUND.projects))
        assert said.startswith("cpython/x ") and f": {verdict}." in said


def test_what_regressed_comes_first() -> None:
    assert [row.cells[0] for row in impacts.rows(FOUND)] == ["loud", "quiet", "gone"]
    assert impacts.rows(FOUND)[0].cells == (
        *("loud", "1.5", "http.server, wsgiref.simple_server", "30", "3", "2 of 6"),
        *("regressed", "2"),
    )


def test_the_rest_is_told_below() -> None:
    told = list(impacts.details(FOUND))
    assert "quiet: no evidence: nothing ran it" in told
    assert "loud: 2 broken: tests/b.py::test_it, tests/b.py::test_that" in told
    assert "loud: 1 fail on the base as well: tests/c.py::test_web" in told
    assert told[-1].endswith("server.py: no steady test runs what begins on lines 3-5, 12")
    (uses,) = impacts.imports(FOUND)
    assert "http.server in src/a.py, tests/b.py, tests/c.py and 1 more" in uses
    assert "wsgiref.simple_server (stands on http.server) in src/a.py" in uses


def test_every_form_has_it() -> None:
    made = report(judgement(Verdict.BREAKS), impacts=(FOUND,))
    stream = io.StringIO()
    terminal.show(made, Console(file=stream, width=160, highlight=False))
    printed = stream.getvalue()
    assert SENTENCE.split(": breaks", maxsplit=1)[0] in printed
    assert "quiet" in printed and "no evidence" in printed
    text = markdown.render(made)
    assert "| gone | 1 |" in text and "no \\| tests" in text
    page = judged.render(made)
    assert '<a href="#impact">' in page and "wsgiref.simple_server (stands on" in page
