"""Records of real runs: what finished is kept, what hung or crashed is named."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import msgspec
import psutil
import pytest
from support.tiny import DEADLINE, HANG, UPSTREAM, content, until
from support.values import BASE, JOB

from harness.model import Interpreter, Isolation, Job, JobEnd, Result, Status
from harness.suites import SUITES
from harness.suites.place import JobWorkspace
from harness.system import sandbox

OWN = Interpreter(
    os.path.realpath(sys.executable), platform.python_version(), sys.version, sys.prefix, False
)


@pytest.fixture
def place(tmp_path: Path) -> JobWorkspace:
    """A place on the miniature itself, with the best isolation that there is."""
    for name in ("scratch", "pycache"):
        (tmp_path / name).mkdir()
    return JobWorkspace(
        checkouts={"django": UPSTREAM},
        python=(sys.executable,),
        python_path=(),
        readable=(),
        pycache=tmp_path / "pycache",
        scratch=tmp_path / "scratch",
        log=tmp_path / "log.txt",
        isolation=sandbox.level(),
    )


def job(label: str, **changed: object) -> Job:
    plain = msgspec.structs.replace(
        JOB, trees=(BASE,), python=OWN, labels=(f"odd.{label}",), test_timeout=HANG
    )
    return msgspec.structs.replace(plain, **changed)


def run(place: JobWorkspace, label: str, **changed: object) -> Result:
    return SUITES["django"].run(job(label, **changed), place)


def statuses(result: Result) -> dict[str, Status]:
    """The outcomes by the last part of each test's name."""
    return {name.rpartition(".")[2]: outcome.status for name, outcome in result.outcomes.items()}


def test_each_way_to_end_has_its_status(place: JobWorkspace) -> None:
    result = run(place, "statuses")
    assert result.ended is JobEnd.COMPLETED
    assert statuses(result) == {
        "test_passes": Status.PASSED,
        "test_fails": Status.FAILED,
        "test_raises": Status.ERROR,
        "test_skips": Status.SKIPPED,
        "test_expected_failure": Status.EXPECTED_FAILURE,
        "test_unexpected_success": Status.UNEXPECTED_SUCCESS,
        "test_fails_in_subtests_alone": Status.FAILED,
        # What ran of it passed; only where nothing ran is it as if it were not there.
        "test_skips_one_subtest": Status.PASSED,
        "test_skips_every_subtest": Status.SKIPPED,
        "test_fails_and_its_tear_down_too": Status.FAILED,
    }


def test_a_reason_is_one_line_and_the_detail_says_where(place: JobWorkspace) -> None:
    outcomes = run(place, "statuses").outcomes
    raised = outcomes["odd.statuses.Statuses.test_raises"]
    assert raised.reason == "LookupError: first line"
    assert "second line" in raised.detail
    assert outcomes["odd.statuses.Statuses.test_skips"].reason == "not here"
    first = outcomes["odd.statuses.Statuses.test_fails_and_its_tear_down_too"]
    assert first.reason == "AssertionError: this came first"


def test_a_class_fixture_that_fails_is_named_and_its_tests_did_not_run(place: JobWorkspace) -> None:
    result = run(place, "fixtures")
    assert result.outcomes["setUpClass (odd.fixtures.Broken)"].status is Status.ERROR
    found = statuses(result)
    assert found["test_first"] is found["test_second"] is Status.NOT_RUN
    assert found["test_skipped_with_its_class"] is Status.SKIPPED
    assert found["test_of_another_class"] is Status.PASSED
    reason = result.outcomes["odd.fixtures.Broken.test_first"].reason
    assert reason == "ConnectionError: no server"


def test_a_test_that_hangs_is_named_with_its_stack_and_the_others_still_run(
    place: JobWorkspace,
) -> None:
    result = run(place, "hang")
    assert result.ended is JobEnd.COMPLETED
    assert statuses(result) == {
        "test_1_before": Status.PASSED,
        "test_2_hangs": Status.HUNG,
        "test_3_after": Status.PASSED,
    }
    assert "in test_2_hangs" in result.outcomes["odd.hang.Hang.test_2_hangs"].detail


def test_a_set_up_that_hangs_is_named_by_the_test_before_which_it_hung(place: JobWorkspace) -> None:
    assert statuses(run(place, "hang_in_set_up")) == {
        "test_before": Status.PASSED,
        "test_never_reached": Status.HUNG,
        "test_after": Status.PASSED,
    }


def test_a_tear_down_that_hangs_has_a_name_of_its_own(place: JobWorkspace) -> None:
    result = run(place, "hang_in_tear_down")
    assert result.outcomes["odd.hang_in_tear_down.Hangs.test_passes"].status is Status.PASSED
    down = result.outcomes["tearDownClass (odd.hang_in_tear_down.Hangs)"]
    assert down.status is Status.HUNG


def test_tests_that_crash_are_named_and_the_others_still_run(place: JobWorkspace) -> None:
    result = run(place, "crash")
    assert result.ended is JobEnd.COMPLETED
    assert statuses(result) == {
        "test_1_before": Status.PASSED,
        "test_2_aborts": Status.CRASHED,
        "test_3_leaves": Status.CRASHED,
        "test_4_after": Status.PASSED,
    }
    reason = result.outcomes["odd.crash.Crash.test_3_leaves"].reason
    assert reason == "the process ended with exit status 0"


def test_the_whole_jobs_deadline_cuts_it_off(place: JobWorkspace) -> None:
    result = run(place, "hang", timeout=HANG, test_timeout=DEADLINE)
    assert result.ended is JobEnd.CUT_OFF
    assert statuses(result) == {
        "test_1_before": Status.PASSED,
        "test_2_hangs": Status.HUNG,
        "test_3_after": Status.NOT_RUN,
    }


def test_endless_output_cuts_it_off(place: JobWorkspace) -> None:
    result = run(place, "flood", test_timeout=DEADLINE)
    assert result.ended is JobEnd.CUT_OFF
    assert statuses(result) == {
        "test_1_before": Status.PASSED,
        "test_2_prints_without_end": Status.CRASHED,
        "test_3_after": Status.NOT_RUN,
    }
    assert "output limit" in result.note


def test_what_a_test_prints_is_never_taken_for_a_result(place: JobWorkspace) -> None:
    result = run(place, "rubbish")
    assert result.ended is JobEnd.COMPLETED
    assert statuses(result) == {"test_1_prints": Status.PASSED, "test_fails": Status.FAILED}
    assert b"Ran 999 tests" in place.log.read_bytes()


def test_no_test_at_all_is_no_success(place: JobWorkspace) -> None:
    result = run(place, "empty")
    assert (result.ended, result.note) == (JobEnd.NOT_RUN, "there is no test in odd.empty")


def test_a_label_that_can_not_be_imported_is_an_error(place: JobWorkspace) -> None:
    (outcome,) = run(place, "unimportable").outcomes.values()
    assert outcome.status is Status.ERROR
    assert "there_is_no_such_module" in outcome.detail


def test_a_program_that_does_not_start_is_told_with_its_last_line(place: JobWorkspace) -> None:
    fails = (sys.executable, "-c", "raise SystemExit('why it fails')")
    result = run(place._replace(python=fails), "statuses")
    assert result.ended is JobEnd.NOT_RUN
    assert result.note == "no test ran (exit status 1): why it fails"
    assert not result.outcomes


def test_a_record_of_an_earlier_run_is_never_read(place: JobWorkspace) -> None:
    assert run(place, "statuses").outcomes
    assert run(place, "statuses", select="no such test").outcomes == {}
    fails = (sys.executable, "-c", "raise SystemExit(1)")
    assert run(place._replace(python=fails), "statuses").outcomes == {}


def test_running_out_of_memory_is_the_machines_fault(place: JobWorkspace) -> None:
    result = run(place, "greedy")
    assert (result.ended, result.note) == (JobEnd.SPURIOUS, "out of memory")


def test_select_restricts_what_is_planned(place: JobWorkspace) -> None:
    assert statuses(run(place, "statuses", select=r"_pass|_fails$")) == {
        "test_passes": Status.PASSED,
        "test_fails": Status.FAILED,
    }


ODD = "odd.statuses.Statuses"


def test_some_tests_run_alone_and_nothing_else_is_told(place: JobWorkspace) -> None:
    only = (f"{ODD}.test_fails", f"{ODD}.test_passes")
    result = run(place, "statuses", only=only, select="does not count then")
    assert result.ended is JobEnd.COMPLETED
    assert statuses(result) == {"test_fails": Status.FAILED, "test_passes": Status.PASSED}


def test_tests_that_are_not_there_are_no_failure_when_they_are_asked_for_alone(
    place: JobWorkspace,
) -> None:
    """On one of two trees a test that the other one has may be missing."""
    result = run(place, "statuses", only=(f"{ODD}.test_gone", "setUpClass (odd.fixtures.Broken)"))
    assert (result.ended, result.outcomes) == (JobEnd.COMPLETED, {})


def test_a_test_that_hangs_alone_does_not_keep_the_others_from_running(
    place: JobWorkspace,
) -> None:
    tests = ("odd.hang.Hang.test_2_hangs", "odd.hang.Hang.test_3_after", "odd.hang.Hang.gone")
    result = run(place, "hang", only=tests)
    assert result.ended is JobEnd.COMPLETED
    assert statuses(result) == {"test_2_hangs": Status.HUNG, "test_3_after": Status.PASSED}


def test_a_class_fixture_that_fails_is_named_for_its_tests_alone_as_well(
    place: JobWorkspace,
) -> None:
    result = run(place, "fixtures", only=("odd.fixtures.Broken.test_first",))
    assert result.outcomes["setUpClass (odd.fixtures.Broken)"].status is Status.ERROR
    assert statuses(result)["test_first"] is Status.NOT_RUN


def test_nothing_that_a_test_started_outlives_it(place: JobWorkspace) -> None:
    result = run(place, "strays")
    assert statuses(result) == {"test_leaves_a_process_behind": Status.PASSED}
    assert "stray " in place.log.read_text("utf-8")

    def left() -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("HOME", "").startswith(str(place.scratch)):
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found

    until(lambda: not left())


def test_a_job_reaches_its_own_home_and_nothing_else(place: JobWorkspace) -> None:
    if place.isolation is not Isolation.SANDBOX:
        pytest.skip("this machine offers no full sandbox")
    result = run(place, "reach")
    assert {o.reason for o in result.outcomes.values()} == {""}
    assert set(statuses(result).values()) == {Status.PASSED}


def test_running_tests_leaves_no_trace_in_the_tree(place: JobWorkspace) -> None:
    before = content(UPSTREAM)
    run(place, "statuses")
    assert content(UPSTREAM) == before
    assert not list(UPSTREAM.rglob("__pycache__"))
    assert list(place.pycache.rglob("*.pyc"))
