"""Being stopped in the middle, and two runs at the same time."""

from __future__ import annotations

import contextlib
import json
import signal
from pathlib import Path

import psutil
import pytest
from filelock import FileLock
from support.expected import CONNECTION, without_runs
from support.tiny import DEADLINE, DONE, QUICK, STOPPED, Workbench, changed_in, until


def in_the_hanging_test(workbench: Workbench) -> bool:
    """Whether a record says that the test began that does not end."""
    with contextlib.suppress(FileNotFoundError):  # a job may end while its folder is read
        records = list((workbench.home / "scratch").glob("job-*/process-*/record"))
        return any(last_started(record) == f"{CONNECTION}.test_waits" for record in records)
    return False


def last_started(record: Path) -> str:
    with contextlib.suppress(OSError, ValueError):
        events = [json.loads(line) for line in record.read_text("utf-8").splitlines()]
        started = [event["test"] for event in events if event["event"] == "start"]
        done = [event["test"] for event in events if event["event"] == "outcome"]
        return "" if started[-1:] == done[-1:] else started[-1]
    return ""


def processes_of(workbench: Workbench) -> list[psutil.Process]:
    """Every process that knows of the workbench's folder."""
    found = []
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), *process.environ().values()]
        except (psutil.Error, OSError):
            continue
        if process.pid != psutil.Process().pid and any(str(workbench.home) in w for w in words):
            found.append(process)
    return found


@pytest.mark.parametrize(
    ("number", "engine"),
    [
        (signal.SIGINT, "threads"),
        (signal.SIGTERM, "threads"),
        (signal.SIGINT, "processes"),
        (signal.SIGINT, "dask"),
    ],
)
def test_being_stopped_leaves_nothing_behind_and_loses_nothing(
    workbench: Workbench, number: signal.Signals, engine: str
) -> None:
    words = ("--candidate", "django/hangs", "--engine", engine, *QUICK)
    patient = ("--test-timeout", str(DEADLINE), "--timeout", str(DEADLINE))
    with workbench.start("test", *words, *patient) as process:
        until(
            lambda: (
                (in_the_hanging_test(workbench) and workbench.kept("results"))
                or process.poll() is not None
            )
        )
        assert process.poll() is None, process.communicate()
        process.send_signal(number)
        _, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == STOPPED, err
    assert "stopped; finished results are kept" in err
    assert "Traceback" not in err
    until(lambda: not processes_of(workbench))
    assert not list((workbench.home / "scratch").iterdir())
    assert not list((workbench.home / "locks" / "runs").iterdir())
    for lock in (workbench.home / "locks").glob("*.lock"):
        FileLock(lock, timeout=0).acquire().lock.release()
    for checkout in (workbench.home / "worktrees/django/0.1").iterdir():
        assert changed_in(checkout) == ""
    kept = workbench.kept("results")
    assert kept
    again = workbench.run("test", *words, "--test-timeout", str(DEADLINE), "--select", "Greeting")
    assert again.status == DONE, again.err
    assert workbench.kept("results").items() >= kept.items()


def test_being_stopped_shows_the_verdicts_that_are_known(
    workbench: Workbench, tmp_path: Path
) -> None:
    words = ("--candidate", "django/neutral", "--candidate", "django/hangs", *QUICK)
    patient = ("--test-timeout", str(DEADLINE), "--timeout", str(DEADLINE))
    told, own = tmp_path / "err", tmp_path / "own.xml"
    with (
        told.open("w") as err,
        workbench.start("test", *words, *patient, "--write", own, err=err) as process,
    ):
        until(lambda: "django/neutral on" in told.read_text() or process.poll() is not None)
        until(lambda: in_the_hanging_test(workbench) or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == STOPPED, told.read_text()
    assert "This report is partial" in out
    assert "django/hangs on django 0.1: not judged, the run was stopped" in out
    assert "This report is partial" in own.read_text("utf-8")
    report = workbench.report(workbench.home / "reports" / "partial.json")
    assert report["made"]["partial"]
    assert [(each["name"], each["verdict"]) for each in report["candidates"]] == [
        ("django/neutral", "neutral")
    ]
    # What `report` shows is a whole one.
    assert not (workbench.home / "reports" / "report.json").exists()


def test_two_runs_at_the_same_time_in_the_same_folder(
    workbench: Workbench, judged: Workbench, tmp_path: Path
) -> None:
    names = ["django/fixes", "django/stacked"]
    words = [word for name in names for word in ("--candidate", name)]
    files = [tmp_path / "first.json", tmp_path / "second.json"]
    with (
        workbench.start("test", *words, "--json", files[0]) as first,
        workbench.start("test", *words, "--json", files[1]) as second,
    ):
        for process in (first, second):
            _, err = process.communicate(timeout=DEADLINE)
            assert process.returncode == DONE, err
    for file in files:
        found = workbench.candidates(file)
        for name in names:
            assert without_runs(found[name]) == without_runs(judged.candidates()[name])
