"""The real command line, end to end, on the miniature upstream."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from filelock import FileLock
from support.local_index import Release, archive, closed_port, serve
from support.tiny import (
    DEADLINE,
    PATCHES,
    QUICK,
    UPSTREAM,
    Workbench,
    before,
    content,
    copied,
    diff,
    patch,
    until,
)

from harness.model import ApplyResult, ChangeKind, Verdict
from harness.report import summary

DONE, MATCHED, WRONG, UNDONE, STOPPED = 0, 1, 2, 3, 130

GREETING = "servers.tests.GreetingTests"
CONNECTION = "servers.tests.ConnectionTests"
NUMBER = "servers.tests.NumberTests"

# candidate: how it applies, its verdict, and its changes as (test, kind, confirmed, group)
EXPECTED: dict[str, tuple[ApplyResult, Verdict, list[tuple[str, ChangeKind, bool, str]]]] = {
    "breaks": (
        ApplyResult.CLEAN,
        Verdict.BREAKS,
        [
            (
                f"{CONNECTION}.test_closes",
                ChangeKind.BROKEN,
                True,
                "stub artefact: the test's stand-in has no `peek`",
            ),
            (
                f"{GREETING}.test_greets",
                ChangeKind.BROKEN,
                True,
                "AssertionError: 'HELLO, you' != 'hello, you'",
            ),
            (
                f"{GREETING}.test_greets_each",
                ChangeKind.BROKEN,
                True,
                "AssertionError: 'HELLO, you' != 'hello, you'",
            ),
        ],
    ),
    "crashes": (
        ApplyResult.CLEAN,
        Verdict.BREAKS,
        [(f"{CONNECTION}.test_copies", ChangeKind.BROKEN, True, "crash")],
    ),
    "fixes": (
        ApplyResult.CLEAN,
        Verdict.FIXES,
        [(f"{NUMBER}.test_total_of_none", ChangeKind.FIXED, True, "AssertionError: None != N")],
    ),
    "flakes": (
        ApplyResult.CLEAN,
        Verdict.UNPROVEN,
        [
            (
                f"{CONNECTION}.test_steady",
                ChangeKind.FLAKY,
                False,
                "AssertionError: False is not true",
            )
        ],
    ),
    "flips": (
        ApplyResult.CLEAN,
        Verdict.NEUTRAL,
        [
            (
                f"{CONNECTION}.test_speaks",
                ChangeKind.BROKEN,
                True,
                "AssertionError: 'HTTP/N.N' != 'HTTP/N.N'",
            )
        ],
    ),
    "hangs": (
        ApplyResult.CLEAN,
        Verdict.BREAKS,
        [(f"{CONNECTION}.test_waits", ChangeKind.BROKEN, True, "hang")],
    ),
    "merges": (ApplyResult.THREE_WAY, Verdict.NEUTRAL, []),
    "misfits": (ApplyResult.NO, Verdict.DOES_NOT_APPLY, []),
    "neutral": (ApplyResult.CLEAN, Verdict.NEUTRAL, []),
    "noisy": (
        ApplyResult.CLEAN,
        Verdict.BREAKS,
        [
            (
                f"{GREETING}.{test}",
                ChangeKind.BROKEN,
                True,
                "AssertionError: 'you' != 'hello, you'",
            )
            for test in ("test_greets", "test_greets_each")
        ],
    ),
    "skips": (
        ApplyResult.CLEAN,
        Verdict.BREAKS,
        [(f"{NUMBER}.test_feature", ChangeKind.NEWLY_SKIPPED, True, "there is no such feature")],
    ),
    "stacked": (
        ApplyResult.CLEAN,
        Verdict.FIXES,
        [(f"{NUMBER}.test_total_of_none", ChangeKind.FIXED, True, "AssertionError: None != N")],
    ),
    "vanishes": (
        ApplyResult.CLEAN,
        Verdict.BREAKS,
        [(f"{GREETING}.test_waves", ChangeKind.VANISHED, True, "passed to absent")],
    ),
}


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
    assert change["base_runs"] == {"passed": 3}
    assert change["patched_runs"] == {"hung": 3}
    assert "threading.Event().wait()" in change["detail"] or "in wait" in change["detail"]
    assert (judged.home / change["log"]).is_file()


def test_a_flaky_test_shows_both_its_rates(judged: Workbench) -> None:
    (change,) = judged.candidates()["django/flakes"]["changes"]
    assert change["base_runs"] == {"passed": 3}
    assert change["patched_runs"] == {"failed": 1, "passed": 2}


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


def test_apply_prints_how_each_candidate_applies(judged: Workbench) -> None:
    out = (judged.folder / "apply.out").read_text("utf-8")
    rows = [line.replace("│", " ").split() for line in out.splitlines()]
    for name, (applies, _, _) in EXPECTED.items():
        assert [f"django/{name}", summary.APPLIES[applies]] in rows
    assert "0001-misfits.patch: django/server.py, hunk 1 of 1" in out


def test_checkouts_are_worktrees_for_use_by_hand(judged: Workbench) -> None:
    checkouts = list((judged.home / "worktrees/django/0.1").iterdir())
    names = {path.name.rpartition("-")[0] for path in checkouts}
    assert names >= {"base", "breaks", "fixes", "stacked"}
    for path in checkouts:
        assert changed_in(path) == ""


def changed_in(checkout: Path) -> str:
    """What git says that somebody changed there."""
    command = ["git", "status", "--porcelain"]
    said = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True)
    return said.stdout


def test_without_a_terminal_progress_is_one_plain_line_for_each_job(judged: Workbench) -> None:
    lines = (judged.folder / "test.err").read_text("utf-8").splitlines()
    one = r"\[\d+/\d+\] django servers on django 0\.1( \+ \w+)?, run \d+: 1[23] tests in \d+\.\d s"
    assert [line for line in lines if not re.fullmatch(one, line)] == []
    done = [int(line[1:].partition("/")[0]) for line in lines]
    assert done == list(range(1, len(done) + 1))


def test_a_second_run_runs_no_suite_and_says_the_same(judged: Workbench, tmp_path: Path) -> None:
    first, results, logs = judged.report(), judged.kept("results"), judged.kept("logs")
    # Without the index: what was fetched for the first run is there.
    assert judged.run("test", "--json", tmp_path / "own.json").status == DONE
    assert judged.kept("results") == results
    assert judged.kept("logs") == logs
    second = judged.report(tmp_path / "own.json")
    assert second["candidates"] == first["candidates"]
    assert second["controls"] == first["controls"]


def test_no_cache_runs_everything_again(workbench: Workbench) -> None:
    words = ("--candidate", "django/neutral", *QUICK)
    assert workbench.run("test", *words).status == DONE
    first = workbench.kept("results")
    assert workbench.run("test", *words, "--no-cache").status == DONE
    second = workbench.kept("results")
    assert set(first) == set(second)
    assert all(second[path] > first[path] for path in first)


def test_report_shows_the_last_report_again(judged: Workbench) -> None:
    kept = judged.folder / "report.json"
    shown = judged.run("report", "--json", kept)
    assert shown.status == DONE
    assert "django/breaks" in shown.out
    markdown = judged.run("report", "--json", kept, "--format", "markdown")
    assert "# " in markdown.out and "`django/breaks`" in markdown.out
    told = judged.run("report", "--json", kept, "--format", "json")
    assert told.out == kept.read_text("utf-8")


def test_report_without_a_report_names_the_next_step(workbench: Workbench) -> None:
    finished = workbench.run("report")
    assert finished.status != DONE
    assert "run `nox -s test` first" in finished.error


@pytest.mark.parametrize(
    ("candidate", "fail_on", "status"),
    [
        ("django/breaks", "never", DONE),
        ("django/breaks", "broken", MATCHED),
        ("django/flakes", "broken", DONE),
        ("django/misfits", "any", MATCHED),
        ("django/fixes", "any", DONE),
    ],
)
def test_the_exit_status_for_those_who_gate_on_it(
    judged: Workbench, tmp_path: Path, candidate: str, fail_on: str, status: int
) -> None:
    words = ("--candidate", candidate, "--fail-on", fail_on, "--json", tmp_path / "own.json")
    assert judged.run("test", *words).status == status
    assert list(judged.candidates(tmp_path / "own.json")) == [candidate]


def test_a_candidate_that_no_chosen_suite_runs_on_is_named(workbench: Workbench) -> None:
    finished = workbench.run("test", "--suite", "cpython", "--candidate", "django/neutral")
    assert finished.status == UNDONE, finished.err
    assert "django/neutral was not judged: no suite that was chosen runs on it" in finished.out


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


def test_processes_as_the_engine_come_to_the_same_verdicts(
    workbench: Workbench, judged: Workbench
) -> None:
    names = ["django/crashes", "django/fixes"]
    words = [word for name in names for word in ("--candidate", name)]
    assert workbench.run("test", *words, "--engine", "processes").status == DONE
    mine, theirs = workbench.candidates(), judged.candidates()
    for name in names:
        assert without_logs(mine[name]) == without_logs(theirs[name])


def without_logs(candidate: dict) -> dict:
    """What two runs have in common: not the names of logs, nor the crash's output in them."""
    left_out = {"log": "", "detail": ""}
    return candidate | {"changes": [change | left_out for change in candidate["changes"]]}


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


# What bad input gets -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--candidate", "django/no-such"],
            r"no candidate 'django/no-such'; known are: .*django/neutral",
        ),
        (["--suite", "nonsense"], r"no suite 'nonsense'; known are: django"),
        (["--candidat", "django/fixes"], r"unknown flag --candidat; did you mean --candidate\?"),
        (["--repeat", "0"], r"--repeat takes 1 or more"),
        (["--python", "3.99"], r"there is no Python 3\.99 \(here: .*\)"),
        (["--django", "./nowhere@main..x"], r"'main\.\.x|is no git ref"),
        (["--patches", "nowhere"], r"there is no folder nowhere"),
        (["--json", "nowhere/report.json"], r"there is no such folder; make it first"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_wrong_word_gets_one_line(workbench: Workbench, words: list[str], said: str) -> None:
    finished = workbench.run("test", *words)
    assert finished.status == WRONG, finished.err
    assert finished.out == ""
    assert_says(said, finished.error)


def assert_says(pattern: str, line: str) -> None:
    assert line.startswith("error: ")
    assert re.search(pattern, line), line


def bad_toml(folder: Path) -> None:
    (folder / "candidate.toml").write_text("title = [unfinished\n", "utf-8")


def unknown_key(folder: Path) -> None:
    with (folder / "candidate.toml").open("a") as stream:
        stream.write('colour = "red"\n')


def missing_key(folder: Path) -> None:
    (folder / "candidate.toml").write_text('title = "alone"\n', "utf-8")


def missing_file(folder: Path) -> None:
    (folder / "0001-fixes.patch").unlink()


def file_from_elsewhere(folder: Path) -> None:
    toml = folder / "candidate.toml"
    toml.write_text(toml.read_text("utf-8").replace("0001-", "../neutral/0001-"), "utf-8")


def not_text(folder: Path) -> None:
    (folder / "0001-fixes.patch").write_bytes(b"\xff\xfe\x00")


def stacks_on_nothing(folder: Path) -> None:
    with (folder / "candidate.toml").open("a") as stream:
        stream.write('stacks_on = ["django/no-such"]\n')


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (bad_toml, r"fixes/candidate\.toml: not TOML: .*line 1"),
        (unknown_key, r"fixes/candidate\.toml: .*unknown field `colour`"),
        (missing_key, r"fixes/candidate\.toml: .*missing required field `ticket`"),
        (missing_file, r"0001-fixes\.patch: No such file or directory"),
        (file_from_elsewhere, r"is outside the candidate's folder"),
        (not_text, r"0001-fixes\.patch: not UTF-8 text"),
        (stacks_on_nothing, r"stacks on 'django/no-such', which does not exist"),
    ],
)
def test_a_malformed_candidate_is_named_with_its_fault(
    workbench: Workbench, tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    patches = copied(PATCHES, tmp_path / "patches")
    damage(patches / "django/fixes")
    finished = workbench.run("apply", "--patches", patches)
    assert finished.status == WRONG
    assert_says(said, finished.error)


LINK = (
    "diff --git a/{0} b/{0}\nnew file mode 120000\n--- /dev/null\n+++ b/{0}\n@@ -0,0 +1 @@\n+/etc\n"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Dear all,\nplease find attached\n", r"no patch in it"),
        ("", r"no patch in it"),
        ("--- a/django/x\n+++ b/django/x\n@@ -1,5 +1 @@\n-a\n", r"not a well-formed patch"),
        (diff("a\n", "b\n", "src/main.rs"), r"fit no known upstream; say .*django="),
        (diff("a\n", "b\n", "django/../../x.py"), r"refused: .* reaches outside the tree"),
        (diff("a\n", "b\n").replace("a/", "/etc/"), r"refused: .* reaches outside the tree"),
        (diff("a\n", "b\n", "django/.git/hooks/x"), r"refused: .* repository's own folder"),
        (LINK.format("django/link"), r"refused: it makes or changes a symbolic link"),
    ],
    ids=["letter", "empty", "cut", "neither", "parent", "absolute", "repository", "link"],
)
def test_a_patch_that_may_not_be_applied_is_refused_before_anything_is_written(
    workbench: Workbench, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "bad.patch"
    file.write_text(text, "utf-8")
    finished = workbench.run("test", "--patch", file)
    assert finished.status == WRONG
    assert_says(said, finished.error)
    assert not workbench.home.exists() or not any(workbench.home.glob("re*"))


def test_a_patch_file_that_is_not_there(workbench: Workbench) -> None:
    finished = workbench.run("test", "--patch", "nowhere.patch")
    assert finished.status == WRONG
    assert_says(r"nowhere\.patch: No such file", finished.error)


def test_a_version_that_does_not_exist_names_the_nearest(workbench: Workbench) -> None:
    with serve() as index:
        for version in ("0.0.8", "0.0.9"):
            data = archive(f"django-{version}", {"django/__init__.py": ""})
            index.add("django", Release(f"django-{version}.tar.gz", data))
        workbench.env |= {"PIP_NO_INDEX": "", "PIP_INDEX_URL": index.url}
        finished = workbench.run("test", "--django", "0.0.99")
    assert finished.status == WRONG
    assert_says(r"Django 0\.0\.99 .*the nearest are 0\.0\.8, 0\.0\.9", finished.error)


def test_without_a_network_the_rest_of_the_work_is_done(workbench: Workbench) -> None:
    with closed_port() as url:
        workbench.env |= {"PIP_NO_INDEX": "", "PIP_INDEX_URL": url}
        words = ("--django", "6.1", "--django", UPSTREAM, "--candidate", "django/neutral")
        finished = workbench.run("test", *words, *QUICK)
    assert finished.status == UNDONE
    assert workbench.candidates()["django/neutral"]["verdict"] == Verdict.NEUTRAL
    (note,) = [note for note in workbench.report()["notes"] if note.startswith("django 6.1")]
    assert "cannot be reached" in note


def test_a_remote_that_can_not_be_reached_is_one_line(workbench: Workbench) -> None:
    with closed_port() as url:
        words = ("--django", "main", "--mirror", f"django={url}", "--candidate", "django/neutral")
        finished = workbench.run("apply", *words)
    assert finished.status == UNDONE
    assert "can not be reached" in finished.out + finished.err
    assert "Traceback" not in finished.err


def test_a_corrupt_download_is_refused(workbench: Workbench) -> None:
    with serve() as index:
        release = index.add(
            "django", Release("django-0.0.9.tar.gz", archive("django-0.0.9", before()))
        )
        release.data = release.data[:-1] + b"!"
        workbench.env |= {"PIP_NO_INDEX": "", "PIP_INDEX_URL": index.url}
        words = ("--django", "0.0.9", "--candidate", "django/neutral")
        finished = workbench.run("test", *words)
    assert finished.status == UNDONE
    assert "does not match the index's hash" in finished.out
    assert "Traceback" not in finished.err
    assert not workbench.kept("downloads")


def test_a_cache_entry_that_was_cut_short_is_made_again(workbench: Workbench) -> None:
    words = ("--candidate", "django/fixes")
    assert workbench.run("test", *words).status == DONE
    whole, first = workbench.candidates(), workbench.kept("results")
    damaged = sorted(first)[0]
    damaged.write_bytes(damaged.read_bytes()[:-9])
    assert workbench.run("test", *words).status == DONE
    mine, old = workbench.candidates()["django/fixes"], whole["django/fixes"]
    assert without_logs(mine) == without_logs(old)
    second = workbench.kept("results")
    assert {path for path in first if first[path] != second[path]} == {damaged}


@pytest.mark.parametrize("size", ["24k", "200k", "1m"])
def test_a_full_disk_is_one_line_and_no_traceback(
    workbench: Workbench, tmp_path: Path, size: str
) -> None:
    workbench.home.mkdir()
    mount = f'mount -t tmpfs -o size={size} none "$0" && exec "$@"'
    own = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, str(workbench.home)]
    if not shutil.which("unshare") or subprocess.run([*own, "true"], check=False).returncode:
        pytest.skip("a small disk needs unshare(1) and user namespaces")
    command = workbench.command("test", "--candidate", "django/neutral", *QUICK)
    done = subprocess.run(
        [*own, *command],
        cwd=tmp_path,
        env=workbench.env,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == UNDONE, done.stderr
    assert "Traceback" not in done.stderr
    assert "No space left on device" in done.stdout + done.stderr


# Stopping, and running twice -----------------------------------------------------------


def in_the_hanging_test(workbench: Workbench) -> bool:
    """Whether a record says that the test began that does not end."""
    records = (workbench.home / "scratch").glob("job-*/process-*/record")
    return any(last_started(record) == f"{CONNECTION}.test_waits" for record in records)


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
    [(signal.SIGINT, "threads"), (signal.SIGTERM, "threads"), (signal.SIGINT, "processes")],
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
    for lock in (workbench.home / "locks").iterdir():
        FileLock(lock, timeout=0).acquire().lock.release()
    for checkout in (workbench.home / "worktrees/django/0.1").iterdir():
        assert changed_in(checkout) == ""
    kept = workbench.kept("results")
    assert kept
    again = workbench.run("test", *words, "--test-timeout", str(DEADLINE), "--select", "Greeting")
    assert again.status == DONE, again.err
    assert workbench.kept("results").items() >= kept.items()


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
            assert without_logs(found[name]) == without_logs(judged.candidates()[name])


def test_nothing_is_ever_written_into_the_users_own_tree(
    workbench: Workbench, tmp_path: Path
) -> None:
    mine = copied(UPSTREAM, tmp_path / "mine")
    assert workbench.run("test", "--django", mine, "--candidate", "django/fixes").status == DONE
    assert content(mine) == content(UPSTREAM)
    assert not list(mine.rglob("__pycache__"))
