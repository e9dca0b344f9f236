"""A shell command is one test, by git bisect run's exit codes, and works in a copy."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path

import msgspec
import pytest
from support.tiny import HANG, UPSTREAM
from support.values import BASE, DJANGO, JOB

from harness.model import Interpreter, Isolation, JobEnd, Outcome, RequestError, Result, Status
from harness.suites import SUITES, command
from harness.suites.place import JobWorkspace
from harness.system import sandbox

OWN = Interpreter(
    os.path.realpath(sys.executable), platform.python_version(), sys.version, sys.prefix, False
)


@pytest.fixture
def place(tmp_path: Path) -> JobWorkspace:
    """A checkout of the miniature, with a command's job in it."""
    shutil.copytree(UPSTREAM, tmp_path / "checkout")
    for name in ("scratch", "pycache"):
        (tmp_path / name).mkdir()
    return JobWorkspace(
        checkouts={"django": tmp_path / "checkout"},
        python=(sys.executable,),
        python_path=(),
        readable=(Path(sys.prefix),),
        pycache=tmp_path / "pycache",
        scratch=tmp_path / "scratch",
        log=tmp_path / "log.txt",
        isolation=sandbox.level(),
    )


def result(place: JobWorkspace, words: str, **changed: object) -> Result:
    job = msgspec.structs.replace(
        JOB, suite=command.NAME, trees=(BASE,), python=OWN, labels=(words,), **changed
    )
    return SUITES[command.NAME].run(job, place)


def outcome(place: JobWorkspace, words: str, **changed: object) -> Outcome:
    found = result(place, words, **changed)
    assert found.ended is JobEnd.COMPLETED
    return found.outcomes[command.TEST]


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        ("exit 0", Status.PASSED, ""),
        ("exit 1", Status.FAILED, "exit status 1"),
        ("exit 124", Status.FAILED, "exit status 124"),
        ("exit 125", Status.SKIPPED, "exit status 125: this commit can not be tested"),
        ("exit 126", Status.FAILED, "exit status 126"),
        ("no-such-program", Status.FAILED, "exit status 127"),
        ("exit 128", Status.CRASHED, "exit status 128: git bisect run stops there"),
        ("exit 255", Status.CRASHED, "exit status 255: git bisect run stops there"),
        ("true && false", Status.FAILED, "exit status 1"),
    ],
)
def test_an_exit_code_means_what_it_means_to_git(
    place: JobWorkspace, words: str, status: Status, reason: str
) -> None:
    found = outcome(place, words)
    assert (found.status, found.reason) == (status, reason)
    assert command.is_stop(found) == (status is Status.CRASHED)


def test_a_command_that_is_killed_stops_the_search(place: JobWorkspace) -> None:
    assert command.is_stop(outcome(place, "kill -9 $$"))


def test_a_command_that_does_not_end_is_hung(place: JobWorkspace) -> None:
    found = outcome(place, "echo begun; while :; do :; done", timeout=HANG)
    assert found.status is Status.HUNG
    assert found.detail == "begun\n"


def test_the_end_of_its_output_is_kept_and_all_of_it_in_the_log(place: JobWorkspace) -> None:
    found = outcome(place, "echo first; python -c \"print('x' * 9000)\"; echo last >&2; exit 1")
    assert found.detail.endswith("x\nlast\n")
    assert len(found.detail) == command.DETAIL_CHARACTERS
    assert place.log.read_text("utf-8").startswith("first\n")


@pytest.mark.parametrize("python", ["python", "python3", "/usr/bin/env python"])
def test_it_runs_the_trees_python_which_imports_the_tree(place: JobWorkspace, python: str) -> None:
    (place.subject / "django" / "where.py").write_text("HERE = __file__\n", "utf-8")
    words = f"{python} -c 'import sys, django.where as w; print(sys.prefix); print(w.HERE)'; exit 1"
    prefix, where = outcome(place, words).detail.splitlines()
    assert prefix == sys.prefix
    assert where == str(place.scratch / "tree" / "django" / "where.py")


def test_what_it_does_to_the_tree_is_gone_afterwards(place: JobWorkspace) -> None:
    (place.subject / ".git").write_text("gitdir: elsewhere\n", "utf-8")
    before = sorted(place.subject.rglob("*"))
    words = "test ! -e .git && rm -r django && touch made && exit 0"
    assert outcome(place, words).status is Status.PASSED
    assert sorted(place.subject.rglob("*")) == before
    assert outcome(place, "test -d django && test ! -e made").status is Status.PASSED


@pytest.mark.skipif(
    sandbox.level() is Isolation.NONE, reason="this machine offers no namespaces to a job"
)
def test_there_is_no_network(place: JobWorkspace) -> None:
    script = "import socket; print([name for _, name in socket.if_nameindex()])"
    found = outcome(place, f'python -c "{script}"; exit 1')
    assert found.detail == "['lo']\n"


def test_too_much_output_says_nothing_about_the_commit(place: JobWorkspace) -> None:
    found = result(place, "yes")
    assert (found.ended, found.outcomes) == (JobEnd.CUT_OFF, {})
    assert found.note == "`yes` was ended at its output limit"


def test_a_full_disk_is_the_machines_fault(place: JobWorkspace) -> None:
    found = result(place, "echo 'No space left on device' >&2; exit 1")
    assert (found.ended, found.outcomes) == (JobEnd.SPURIOUS, {})


def test_each_command_is_a_job_and_none_is_refused() -> None:
    assert command.shards(DJANGO, UPSTREAM, ("make a:b", "true")) == [("make a:b",), ("true",)]
    for labels in ((), (" ",)):
        with pytest.raises(RequestError, match="which command"):
            command.shards(DJANGO, UPSTREAM, labels)
