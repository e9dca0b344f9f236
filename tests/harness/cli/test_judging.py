"""`test`, end to end: every candidate of the miniature, and what is said of it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from support.expected import CONNECTION, EXPECTED, GREETING, NUMBER, without_runs
from support.tiny import DONE, PATCHES, QUICK, UNDONE, Workbench, patch
from unidiff import PatchSet

from harness import __version__
from harness.judge import exact
from harness.model import Side, Verdict
from harness.report import schema
from harness.report.commands import command_for


def test_every_candidate_of_the_miniature_has_its_line_here() -> None:
    assert sorted(EXPECTED) == sorted(p.parent.name for p in PATCHES.glob("*/*/candidate.toml"))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_candidate_gets_its_verdict(judged: Workbench, name: str) -> None:
    applies, verdict, changes = EXPECTED[name]
    found = judged.candidates()[f"django/{name}"]
    assert (found["applies"], found["verdict"], found["base"]) == (applies, verdict, "django 0.1")
    assert [
        (each["test"], each["kind"], each["confirmed"], each["group"]) for each in found["changes"]
    ] == changes


def test_a_confirmed_change_shows_its_runs_on_both_sides(judged: Workbench) -> None:
    (change,) = judged.candidates()["django/hangs"]["changes"]
    # Those of the control and of other candidates count as well.
    assert change["base_runs"].keys() == {"passed"}
    assert change["base_runs"]["passed"] > 5
    # One more than four alone: a test of another candidate is flaky.
    assert change["patched_runs"] == {"hung": 6}
    assert change["chance"] < exact.LEVEL
    # The stack of the thread that hung, down to the test.
    assert re.search(r'"django/server.py", line \d+ in wait\n.* in test_waits\n', change["detail"])
    assert (judged.home / change["log"]).is_file()


def test_and_each_run_by_itself(judged: Workbench) -> None:
    (change,) = judged.candidates()["django/hangs"]["changes"]
    sides = {side: [r for r in change["trail"] if r["side"] == side] for side in Side}
    assert change["labels"] == ["servers"]
    assert {run["status"] for run in sides[Side.BASE]} == {"passed"}
    assert [run["status"] for run in sides[Side.PATCHED]] == ["hung"] * 6
    # JSON leaves out what is empty.
    assert {run.get("alone", False) for run in sides[Side.PATCHED]} == {True, False}
    assert change["log"] in [run["log"] for run in sides[Side.PATCHED]]
    # The page is one file, and can not link to the log.
    log = (judged.home / change["log"]).read_text("utf-8", "replace")
    assert change["log_end"] and log.endswith(change["log_end"])


def test_the_command_for_one_test_finds_its_change_again(
    judged: Workbench, workbench: Workbench
) -> None:
    report = schema.read(judged.folder / "report.json")
    (found,) = (each for each in report.candidates if each.name == "django/flips")
    (change,) = found.changes
    command = shlex.split(command_for(report, found, change))
    assert workbench.run("test", *command[command.index("--") + 1 :]).status == DONE
    again = workbench.candidates()["django/flips"]
    assert (again["tests"], again["base"]) == (1, found.base)
    (same,) = again["changes"]
    told = (same["test"], same["kind"], same["confirmed"], same["reason"])
    assert told == (change.test, change.kind, change.confirmed, change.reason)


def test_the_lines_that_ran_are_those_of_the_diff_that_is_shown(judged: Workbench) -> None:
    found = judged.candidates()["django/breaks"]
    (patch,) = found["patches"]
    (file,) = found["reach"]["files"]
    (hunk,) = PatchSet(patch["text"])[0]
    added = {line.target_line_no for line in hunk if line.is_added}
    assert patch["upstream"] == "django" and f"+++ b/{file['path']}\n" in patch["text"]
    ran = {
        n for each in file["ran"] for first, last in each["lines"] for n in range(first, last + 1)
    }
    assert ran and ran <= added
    every = {test for each in file["ran"] for test in each["tests"]}
    assert every == set(range(len(file["tests"])))


def test_what_changed_nothing_has_no_log_in_the_report(judged: Workbench) -> None:
    (change,) = judged.candidates()["django/flakes"]["changes"]
    assert not change["confirmed"]
    assert change["log"] and not change["log_end"]


def test_a_flaky_test_shows_both_its_rates(judged: Workbench) -> None:
    (change,) = judged.candidates()["django/flakes"]["changes"]
    assert set(change["base_runs"]) == {"passed"}
    assert change["patched_runs"]["failed"] == 1
    assert change["patched_runs"]["passed"] > 2


def test_the_tests_that_changed_run_again_without_the_others(judged: Workbench) -> None:
    lines = (judged.folder / "jobs.txt").read_text("utf-8")
    # Beside a test that takes another time on a busy machine, which is timed in the same runs.
    alone = r"django servers, (\d) alone on django 0\.1 \+ hangs, run 2: completed, \1 tests"
    assert re.search(alone, lines)
    # One whole run and the control's; what every candidate asks for of the base runs once.
    whole = r"django servers on django 0\.1, run \d+: completed, 13 tests"
    assert len(re.findall(whole, lines)) == 6
    # The first candidate has runs of its own, so that its verdict waits for no other.
    assert len(re.findall(r"alone on django 0\.1, run 1:", lines)) == 2


def test_the_report_says_what_it_would_have_noticed(judged: Workbench) -> None:
    found = judged.candidates()["django/neutral"]
    assert found["power"]["runs"] == 1
    assert found["power"]["noticed"] == pytest.approx(0.2)


def test_more_effort_runs_everything_more_often(workbench: Workbench) -> None:
    words = ("--candidate", "django/neutral", "--effort", "thorough")
    assert workbench.run("test", *words).status == DONE
    found = workbench.candidates()["django/neutral"]
    assert found["power"]["runs"] == 10
    assert found["verdict"] == Verdict.NEUTRAL
    assert workbench.report()["made"]["effort"] == "thorough"


def test_a_flip_by_design_is_listed_and_not_held_against_the_candidate(judged: Workbench) -> None:
    found = judged.candidates()["django/flips"]
    assert found["counts"] == {"expected": 1}
    assert found["changes"][0]["why"] == "It asserts the old protocol."


def test_what_does_not_apply_names_file_and_hunk(judged: Workbench) -> None:
    (problem,) = judged.candidates()["django/misfits"]["problems"]
    assert problem.startswith("0001-misfits.patch: django/server.py, hunk 1 of 1 (")


def test_the_base_is_compared_with_itself(judged: Workbench) -> None:
    (control,) = judged.report()["controls"]
    assert (control["name"], control["changes"], control["tests"]) == ("control", [], 13)


def test_the_report_says_what_was_judged_and_how(judged: Workbench) -> None:
    report = judged.report()
    (base,) = report["bases"]
    assert (base["upstream"], base["version"], base["source"]) == ("django", "0.1", "path")
    assert report["schema"] == 1
    assert report["made"]["repeat"] == 3
    assert report["made"]["workbench"] == __version__


def test_without_a_terminal_progress_is_the_verdicts_and_a_line_now_and_then(
    judged: Workbench,
) -> None:
    lines = (judged.folder / "test.err").read_text("utf-8").splitlines()
    now_and_then = r"\d:\d\d:\d\d (no job yet|\d+ of \d+ jobs(, about \d:\d\d:\d\d left)?): .+"
    verdicts = [line for line in lines if not re.fullmatch(now_and_then, line)]
    verdicts = [re.sub(r"^\d:\d\d:\d\d ", "", line) for line in verdicts]
    names = [f"django/{name}" for name, (applies, *_) in EXPECTED.items() if applies != "no"]
    assert sorted(line.partition(" on django 0.1: ")[0] for line in verdicts) == sorted(
        ["control", *names]
    )
    assert "django/hangs on django 0.1: breaks (1 broken of 13 tests)" in verdicts
    assert "django/neutral on django 0.1: neutral (13 tests, no change)" in verdicts


def test_the_verdict_on_the_first_candidate_does_not_wait_for_the_others(
    workbench: Workbench,
) -> None:
    words = ("--candidate", "django/neutral", "--candidate", "django/hangs")
    finished = workbench.run("test", *words)
    assert finished.status == DONE, finished.err
    told = re.findall(r"^\S+ (django/\S+) on django 0\.1: ", finished.err, re.M)
    assert told.index("django/neutral") < told.index("django/hangs")


def test_a_candidate_that_no_chosen_suite_runs_on_is_named(workbench: Workbench) -> None:
    finished = workbench.run("test", "--suite", "cpython", "--candidate", "django/neutral")
    assert finished.status == UNDONE, finished.err
    assert (
        "django/neutral was not judged: no test that was chosen, or is known, can see it"
        in finished.out
    )


def test_select_restricts_what_is_run(workbench: Workbench) -> None:
    words = ("--candidate", "django/breaks", "--select", "Greeting.*_greets$", *QUICK)
    assert workbench.run("test", *words).status == DONE
    found = workbench.candidates()["django/breaks"]
    assert found["tests"] == 1
    assert [change["test"] for change in found["changes"]] == [f"{GREETING}.test_greets"]


def test_one_run_alone_confirms_nothing(workbench: Workbench) -> None:
    assert workbench.run("test", "--candidate", "django/breaks", *QUICK).status == DONE
    found = workbench.candidates()["django/breaks"]
    assert found["verdict"] == Verdict.UNPROVEN
    assert {change["confirmed"] for change in found["changes"]} == {False}


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_another_engine_comes_to_the_same_verdicts(
    workbench: Workbench, judged: Workbench, engine: str
) -> None:
    names = ["django/crashes", "django/fixes"]
    words = [word for name in names for word in ("--candidate", name)]
    assert workbench.run("test", *words, "--engine", engine).status == DONE
    mine, theirs = workbench.candidates(), judged.candidates()
    for name in names:
        # The runs of the base are pooled: how many there are, the other candidates decide.
        assert without_runs(mine[name]) == without_runs(theirs[name])


def test_stacks_are_judged_together(workbench: Workbench) -> None:
    name = "django/fixes+django/flips"
    assert workbench.run("test", "--candidate", name, *QUICK).status == DONE
    tests = [change["test"] for change in workbench.candidates()[name]["changes"]]
    assert tests == [f"{CONNECTION}.test_speaks", f"{NUMBER}.test_total_of_none"]


def test_a_patch_that_was_never_seen_is_judged(workbench: Workbench, tmp_path: Path) -> None:
    file = tmp_path / "my.diff"
    file.write_text(patch('"waited"', '"gone"'), "utf-8")
    assert workbench.run("test", "--patch", file, *QUICK).status == DONE
    (change,) = workbench.candidates()["django/my"]["changes"]
    assert change["test"] == f"{CONNECTION}.test_waits"


def test_a_label_without_tests_is_inconclusive(workbench: Workbench) -> None:
    words = ("--candidate", "django/neutral", "--suite", "django:odd.empty")
    assert workbench.run("test", *words).status == UNDONE
    found = workbench.candidates()["django/neutral"]
    assert found["verdict"] == Verdict.INCONCLUSIVE
    assert any("there is no test in odd.empty" in note for note in found["notes"])
