"""Progress without a terminal: one plain line for each job that ended."""

from __future__ import annotations

import io

import msgspec
from rich.console import Console
from support.values import BASE, JOB, PATCHED, result

from harness.jobs.progress import Display, name_of
from harness.model import JobEnd, Result, Status


def shown(console_text: io.StringIO) -> list[str]:
    return console_text.getvalue().splitlines()


def test_each_end_is_a_line_with_its_number_and_what_came_of_it() -> None:
    stream = io.StringIO()
    with Display(Console(file=stream)) as display:
        display.expect(2)
        display.started(JOB)
        display.finished(JOB, result(a=Status.PASSED))
        display.finished(JOB, Result(JobEnd.NOT_RUN, note="[red]no test ran"))
    first, second = shown(stream)
    assert first.startswith("[1/2] django servers on django 6.1.3, run 1: 1 tests in ")
    assert second.endswith("run 1: not-run: [red]no test ran")


def test_nothing_is_said_before_something_ended() -> None:
    stream = io.StringIO()
    with Display(Console(file=stream)) as display:
        display.expect(1)
        display.started(JOB)
    assert shown(stream) == []


def test_a_terminal_gets_a_bar_that_is_gone_afterwards() -> None:
    stream = io.StringIO()
    with Display(Console(file=stream, force_terminal=True)) as display:
        display.expect(1)
        display.started(JOB)
        display.finished(JOB, result(a=Status.PASSED))
    assert "\x1b[" in stream.getvalue()
    assert "[1/1]" not in stream.getvalue()


def test_a_job_is_named_by_suite_label_trees_and_run() -> None:
    job = msgspec.structs.replace(JOB, trees=(PATCHED,), labels=("a", "b", "c"), attempt=2)
    assert name_of(job) == "django a and 2 more on django 6.1.3 + x, run 2"
    crossed = msgspec.structs.replace(JOB, trees=(BASE, PATCHED))
    assert name_of(crossed) == "django servers on django 6.1.3 on django 6.1.3 + x, run 1"
