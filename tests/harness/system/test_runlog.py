"""What a run leaves for those who watch it: whole lines, its own file, and a sign of life."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.tiny import DEADLINE, PROJECT

from harness.model import RunEnd, SpuriousError, Verdict, WorkbenchError
from harness.system import runlog
from harness.system.home import Home
from harness.system.runlog import Begun, Expected, JobDone, Over, RunLog, Started, Told

RUN = """
import sys
from pathlib import Path
from harness.system import runlog
from harness.system.home import Home

with runlog.opened(Home(Path(sys.argv[1])), "the run", "1") as log:
    log.tell(runlog.Expected(3))
    print("begun", flush=True)
    sys.stdin.readline()
"""
EVENTS = (
    Expected(2),
    Started("a job"),
    JobDone("a job", 1, 2.5),
    Told("django/a", "django 1", Verdict.FIXES, "it fixes", counts={"fixed": 1}),
)


@contextmanager
def a_run(home: Home) -> Iterator[subprocess.Popen[str]]:
    """Another process in which a run goes on until it is told to end."""
    pipe = subprocess.PIPE
    words = [sys.executable, "-c", RUN, str(home.root)]
    env = dict(os.environ) | {"PYTHONPATH": str(PROJECT)}
    process = subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, env=env)
    assert process.stdout
    try:
        assert process.stdout.readline() == "begun\n"
        yield process
    finally:
        process.kill()
        process.communicate(timeout=DEADLINE)


def events(path: Path, offset: int = 0) -> list[runlog.Event]:
    return [event for _, event in runlog.read(path, offset)]


def test_a_run_tells_what_it_does_and_that_it_is_over(home: Home) -> None:
    with runlog.opened(home, "python -m harness test", "1.2") as log:
        for event in EVENTS:
            log.tell(event)
        (run,) = runlog.runs(home)
        assert run.lives
    (run,) = runlog.runs(home)
    assert not run.lives
    begun, *told, over = events(run.path)
    assert isinstance(begun, Begun)
    assert (begun.command, begun.workbench) == ("python -m harness test", "1.2")
    assert tuple(told) == EVENTS
    assert over == Over(RunEnd.FINISHED)


def test_a_reader_goes_on_where_it_stopped(home: Home) -> None:
    with runlog.opened(home, "", "") as log:
        log.tell(EVENTS[0])
        (run,) = runlog.runs(home)
        (*_, (offset, _)) = runlog.read(run.path)
        assert events(run.path, offset) == []
        log.tell(EVENTS[1])
        assert events(run.path, offset) == [EVENTS[1]]


def test_a_line_that_is_not_whole_yet_waits(home: Home) -> None:
    with runlog.opened(home, "", ""):
        (run,) = runlog.runs(home)
        (*_, (offset, _)) = runlog.read(run.path)
        with run.path.open("ab") as stream:
            stream.write(b'{"type":"expected",')
            stream.flush()
            assert events(run.path, offset) == []
            stream.write(b'"jobs":7}\n')
        assert events(run.path, offset) == [Expected(7)]


def test_a_line_that_nobody_understands_is_passed_over(home: Home) -> None:
    with runlog.opened(home, "", "") as log:
        (run,) = runlog.runs(home)
        with run.path.open("ab") as stream:
            stream.write(b'{"type":"of a newer workbench"}\n\xff\xfe\n')
        log.tell(EVENTS[0])
        assert events(run.path)[1:] == [EVENTS[0]]


def test_a_run_that_is_killed_lives_no_more_and_its_file_is_whole(home: Home) -> None:
    with a_run(home) as process:
        (run,) = runlog.runs(home)
        assert run.lives
        process.send_signal(signal.SIGKILL)
        process.wait(DEADLINE)
        (run,) = runlog.runs(home)
        assert not run.lives
        assert events(run.path)[1:] == [Expected(3)]


def test_two_runs_beside_each_other_have_files_of_their_own(home: Home) -> None:
    with a_run(home) as first, a_run(home):
        one, other = runlog.runs(home)
        assert one.lives and other.lives
        first.communicate("end\n", timeout=DEADLINE)
        assert [run.lives for run in runlog.runs(home)] == [False, True]
        assert events(one.path)[-1] == Over(RunEnd.FINISHED)


@pytest.mark.parametrize(
    ("error", "over"),
    [
        (KeyboardInterrupt(), Over(RunEnd.STOPPED)),
        (WorkbenchError("no such tree"), Over(RunEnd.FAILED, why="no such tree")),
        (ZeroDivisionError("secret"), Over(RunEnd.FAILED, why="ZeroDivisionError")),
    ],
)
def test_how_a_run_ended_is_told(home: Home, error: BaseException, over: Over) -> None:
    with pytest.raises(type(error)), runlog.opened(home, "", ""):
        raise error
    (run,) = runlog.runs(home)
    assert events(run.path)[-1] == over


def test_after_the_end_nothing_is_told(home: Home) -> None:
    with runlog.opened(home, "", "") as log:
        log.tell(Over(RunEnd.FINISHED, "report.json"))
        log.tell(EVENTS[0])
    (run,) = runlog.runs(home)
    assert events(run.path)[1:] == [Over(RunEnd.FINISHED, "report.json")]


def test_files_of_runs_that_are_over_do_not_pile_up(home: Home) -> None:
    with a_run(home):
        (oldest,) = runlog.runs(home)
        for _ in range(runlog.MOST_KEPT + 2):
            with runlog.opened(home, "", ""):
                pass
        # One that lives is never forgotten, however old it is.
        assert runlog.runs(home)[0].ident == oldest.ident
        assert len(runlog.runs(home)) == runlog.MOST_KEPT + 2


def test_a_folder_that_can_not_be_written_costs_only_the_view(home: Home) -> None:
    home.root.mkdir(parents=True)
    (home.root / "reports").write_text("a file where a folder should be", "utf-8")
    with runlog.opened(home, "", "") as log:
        log.tell(EVENTS[0])
    assert runlog.runs(home) == []


def test_a_name_that_is_no_text_costs_only_its_own_line(home: Home) -> None:
    with runlog.opened(home, "", "") as log:
        log.tell(Started("\udcff"))
        log.tell(EVENTS[0])
    (run,) = runlog.runs(home)
    assert events(run.path)[1:] == [EVENTS[0], Over(RunEnd.FINISHED)]


def test_a_disk_that_is_full_costs_only_the_view() -> None:
    with open("/dev/full", "wb", buffering=0) as full:
        RunLog(full.fileno()).tell(EVENTS[0])


def test_a_run_that_fails_for_the_machine_says_why(home: Home) -> None:
    with pytest.raises(SpuriousError), runlog.opened(home, "", ""):
        raise SpuriousError("no space left")
    (run,) = runlog.runs(home)
    assert events(run.path)[-1] == Over(RunEnd.FAILED, why="no space left")
