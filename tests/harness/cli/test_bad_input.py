"""What bad input gets: one line that says what is wrong, before anything is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support.local_index import Release, archive, serve
from support.tiny import PATCHES, UNDONE, UPSTREAM, WRONG, Workbench, copied, diff


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


def written(workbench: Workbench) -> set[str]:
    """What there is of the folders in which a run keeps trees and results."""
    return {path.name for path in workbench.home.glob("*")} & {"repos", "worktrees", "results"}


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
        ("", r"it is empty, so there is nothing to judge"),
        ("--- a/django/x\n+++ b/django/x\n@@ -1,5 +1 @@\n-a\n", r"hunk 1 of .* is cut off"),
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
    assert written(workbench) == set()


def test_a_patch_file_that_is_not_there(workbench: Workbench) -> None:
    finished = workbench.run("test", "--patch", "nowhere.patch")
    assert finished.status == WRONG
    assert_says(r"nowhere\.patch: No such file", finished.error)


RUNNER = (UPSTREAM / "tests/runtests.py").read_text("utf-8")
TESTS = (UPSTREAM / "tests/servers/tests.py").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (diff(TESTS, "", "tests/servers/tests.py"), "there is no test in servers"),
        (
            diff(RUNNER, f"raise SystemExit('it is gone')\n{RUNNER}", "tests/runtests.py"),
            "no test ran (exit status 1): it is gone",
        ),
        (
            diff(RUNNER, f"import no_such_module\n{RUNNER}", "tests/runtests.py"),
            "ModuleNotFoundError: No module named 'no_such_module'",
        ),
    ],
    ids=["no test left", "the runner ends", "the runner does not import"],
)
def test_a_patch_after_which_nothing_runs_is_told_with_the_reason(
    workbench: Workbench, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "bad.patch"
    file.write_text(text, "utf-8")
    finished = workbench.run("test", "--patch", file, "--repeat", "2")
    assert finished.status == UNDONE
    assert said in finished.out
    judged = workbench.candidates()["django/bad"]
    assert judged["verdict"] == "inconclusive"
    assert any(said in note for note in judged["notes"])


def test_one_patch_for_two_upstreams_is_one_line_and_nothing_is_lost(
    workbench: Workbench, tmp_path: Path
) -> None:
    file = tmp_path / "both.patch"
    both = diff("a\n", "b\n") + diff("a\n", "b\n", "Lib/x.py")
    file.write_text(both, "utf-8")
    finished = workbench.run("test", "--patch", file)
    assert finished.status == WRONG
    assert_says(r"Lib/x\.py is of cpython, django/server\.py is of django; give", finished.error)
    assert file.read_text("utf-8") == both
    assert written(workbench) == set()


def test_a_version_that_does_not_exist_names_the_nearest(workbench: Workbench) -> None:
    with serve() as index:
        for version in ("0.0.8", "0.0.9"):
            data = archive(f"django-{version}", {"django/__init__.py": ""})
            index.add("django", Release(f"django-{version}.tar.gz", data))
        workbench.env |= {"PIP_NO_INDEX": "", "PIP_INDEX_URL": index.url}
        finished = workbench.run("test", "--django", "0.0.99")
    assert finished.status == WRONG
    assert_says(r"Django 0\.0\.99 .*the nearest are 0\.0\.8, 0\.0\.9", finished.error)
