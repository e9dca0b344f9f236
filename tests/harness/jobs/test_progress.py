"""Progress: a bar on a terminal, and elsewhere a line now and then."""

from __future__ import annotations

import io
import re

import msgspec
from rich.console import Console
from support.tiny import until
from support.values import BASE, JOB, PATCHED

from harness.jobs.progress import Display, name_of
from harness.model import Job

NEVER, OFTEN = 3600.0, 0.01
LINE = r"\d:\d\d:\d\d (?P<what>.*)"
SECOND = msgspec.structs.replace(JOB, attempt=2)


def guess(job: Job) -> float:
    return 5.0


def lines(stream: io.StringIO) -> list[str]:
    found = [re.fullmatch(LINE, line) for line in stream.getvalue().splitlines()]
    return [match["what"] for match in found if match]


def test_without_a_terminal_a_line_now_and_then_says_what_is_done_and_what_is_running() -> None:
    stream = io.StringIO()
    with Display(Console(file=stream), guess, OFTEN) as display:
        display.expect([JOB, SECOND])
        display.started(JOB)
        # The first line may tell of the moment before.
        until(lambda: "0 of 2 jobs: django servers on django 6.1.3, run 1" in lines(stream))
        display.finished(JOB)
        display.started(SECOND)
        until(lambda: lines(stream)[-1].startswith("1 of 2 jobs"))
    about = r"1 of 2 jobs, about \d:\d\d:\d\d left: django servers on django 6\.1\.3, run 2"
    assert re.fullmatch(about, lines(stream)[-1])


def test_what_is_left_follows_what_is_learned_on_the_way() -> None:
    """A job of a kind that turned out long leaves its like as long, and not nothing."""
    seconds = {"now": 5.0}
    stream = io.StringIO()
    with Display(Console(file=stream), lambda job: seconds["now"], NEVER) as display:
        display.expect([JOB, SECOND])
        display.started(JOB)
        seconds["now"] = 500.0
        display.finished(JOB)
        assert display.left()


def test_no_line_is_printed_for_each_job() -> None:
    stream = io.StringIO()
    with Display(Console(file=stream), guess, NEVER) as display:
        display.expect([JOB])
        display.started(JOB)
        display.finished(JOB)
    assert stream.getvalue() == ""


def test_what_is_said_stays_as_it_is() -> None:
    stream = io.StringIO()
    with Display(Console(file=stream), guess, NEVER) as display:
        display.say("[red]x on django 6.1.3: fixes")
    assert stream.getvalue() == "[red]x on django 6.1.3: fixes\n"


def test_a_terminal_gets_a_bar_that_is_gone_afterwards() -> None:
    stream = io.StringIO()
    with Display(Console(file=stream, force_terminal=True), guess) as display:
        display.expect([JOB])
        display.started(JOB)
        display.finished(JOB)
    assert "\x1b[" in stream.getvalue()
    assert lines(stream) == []


def test_a_job_is_named_by_suite_label_trees_and_run() -> None:
    job = msgspec.structs.replace(JOB, trees=(PATCHED,), labels=("a", "b", "c"), attempt=2)
    assert name_of(job) == "django a and 2 more on django 6.1.3 + x, run 2"
    crossed = msgspec.structs.replace(JOB, trees=(BASE, PATCHED))
    assert name_of(crossed) == "django servers on django 6.1.3 on django 6.1.3 + x, run 1"
