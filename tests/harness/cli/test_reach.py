"""Reach: which of the changed lines were run, by which tests, and where else that is looked for."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from support.tiny import (
    DONE,
    PATCHES,
    SERVER,
    UPSTREAM,
    ProcessResult,
    Workbench,
    copied,
    diff,
    patch,
)

TEXT = SERVER.read_text("utf-8")
FAR = '\n\ndef far():\n    """Only other tests call it."""\n    return 1\n'
BROKEN_FAR = FAR.replace("return 1", "return 2")
# It neither imports the module by its name nor, where that is `{}`, names the function.
ELSEWHERE = """import importlib
import unittest

server = importlib.import_module("django." + "server")


class FarTests(unittest.TestCase):
    def test_it(self):
        self.assertEqual(getattr(server, {})(), 1)
"""
IN_A_CHILD = """import os
import subprocess
import sys
import unittest

from django import server


class ChildTests(unittest.TestCase):
    def test_child(self):
        code = "from django import server; server.far()"
        # Some tests of Django set the path themselves, or look at what is printed.
        env = {**os.environ, "PYTHONPATH": ""}
        for command in ([sys.executable, "-c", code], [sys.executable, "-c", ""]):
            ended = subprocess.run(command, check=True, env=env, capture_output=True)
            self.assertEqual(ended.stderr, b"")
        self.assertEqual(server.protocol(), "HTTP/1.0")
"""
IN_A_THREAD = """import threading
import unittest

from django import server


class ThreadTests(unittest.TestCase):
    def test_thread(self):
        thread = threading.Thread(target=server.far)
        thread.start()
        thread.join()
"""
NAMES_ITS_SUITES = """title = "another number"
ticket = ""
origin = "made up"
credit = []
suites = ["django:servers"]
series = ["0001-far.patch"]
"""


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """A copy of the miniature with a function that none of its tests calls."""
    folder = copied(UPSTREAM, tmp_path / "upstream")
    (folder / "django/server.py").write_text(TEXT + FAR, "utf-8")
    return folder


def add(folder: Path, label: str, tests: str) -> None:
    """Another folder of tests."""
    place = folder / "tests" / label
    place.mkdir()
    (place / "__init__.py").touch()
    (place / "tests.py").write_text(tests, "utf-8")


def judged(
    workbench: Workbench, text: str, *words: str | Path
) -> tuple[dict[str, Any], ProcessResult]:
    """What the report says of a patch from anywhere, and what was printed."""
    mine = workbench.folder / "mine.diff"
    mine.write_text(text, "utf-8")
    finished = workbench.run("test", "--patch", mine, "--suite", "django", *words)
    assert finished.status == DONE, finished.out + finished.err
    return dict(workbench.candidates()["django/mine"]), finished


def test_a_change_that_tests_run_is_reached(workbench: Workbench) -> None:
    found, finished = judged(workbench, patch('return "HTTP/1.0"', 'return "HTTP/" + "1.0"'))
    assert found["verdict"] == "neutral"
    (file,) = found["reach"]["files"]
    assert (file["statements"], file["unreached"]) == (1, [])
    assert file["tests"] == ["servers.tests.ConnectionTests.test_speaks"]
    assert "reach: 1 changed statement run by 1 test of those watched\n" in finished.out


def test_lines_that_no_test_runs_are_named_and_nothing_is_proved(workbench: Workbench) -> None:
    new = 'if data == b"x":\n        data = (\n            b"y"\n        )\n    return bytes(data)'
    found, finished = judged(workbench, patch("return bytes(data)", new))
    assert found["verdict"] == "unproven"
    line = TEXT[: TEXT.index("return bytes(data)")].count("\n") + 2
    (file,) = found["reach"]["files"]
    assert file["unreached"] == [[line, line + 2]]
    assert "unproven, it changes no test's outcome, and no test runs all that" in finished.out
    assert f"lines {line}-{line + 2} of django/server.py: no test of the whole suite reaches" in (
        finished.out
    )


@pytest.mark.parametrize("tests", [IN_A_CHILD, IN_A_THREAD], ids=["process", "thread"])
def test_what_a_test_starts_is_watched_too(
    workbench: Workbench, upstream: Path, tests: str
) -> None:
    add(upstream, "starters", tests)
    change = diff(TEXT + FAR, TEXT + FAR.replace("return 1", "return 1 + 0"))
    found, _ = judged(workbench, change, "--django", upstream)
    assert found["verdict"] == "neutral"
    (file,) = found["reach"]["files"]
    assert [test.split(".")[0] for test in file["tests"]] == ["starters"]


@pytest.mark.parametrize("name", ['"far"', '"f" + "ar"'], ids=["named", "whole-suite"])
def test_tests_that_are_found_to_run_the_change_judge_it(
    workbench: Workbench, upstream: Path, name: str
) -> None:
    add(upstream, "elsewhere", ELSEWHERE.format(name))
    change = diff(TEXT + FAR, TEXT + BROKEN_FAR)
    found, _ = judged(workbench, change, "--django", upstream)
    assert (found["verdict"], found["counts"]) == ("breaks", {"broken": 1})
    assert found["changes"][0]["test"] == "elsewhere.tests.FarTests.test_it"
    assert found["reach"]["files"][0]["unreached"] == []


def test_no_budget_is_no_search(workbench: Workbench, upstream: Path) -> None:
    add(upstream, "elsewhere", ELSEWHERE.format('"far"'))
    change = diff(TEXT + FAR, TEXT + BROKEN_FAR)
    found, finished = judged(workbench, change, "--django", upstream, "--budget", "0")
    assert (found["verdict"], found["reach"]["searched"]) == ("unproven", "")
    assert "django/server.py: no test that was run reaches them" in finished.out


def test_who_names_the_suites_has_no_others_looked_through(
    workbench: Workbench, upstream: Path
) -> None:
    """What a candidate.toml names is what can see the change; --budget looks further."""
    add(upstream, "elsewhere", ELSEWHERE.format('"far"'))
    folder = workbench.folder / "patches/django"
    (folder / "far").mkdir(parents=True)
    shutil.copy(PATCHES / "django/upstream.toml", folder)
    (folder / "far/0001-far.patch").write_text(diff(TEXT + FAR, TEXT + BROKEN_FAR), "utf-8")
    (folder / "far/candidate.toml").write_text(NAMES_ITS_SUITES, "utf-8")
    words = ("test", "--django", upstream, "--patches", folder.parent)
    finished = workbench.run(*words, "--candidate", "django/far")
    assert finished.status == DONE, finished.err
    assert workbench.candidates()["django/far"]["verdict"] == "unproven"
    assert "django/server.py: no test that was run reaches them; --budget" in finished.out
    workbench.run(*words, "--candidate", "django/far", "--budget", "60")
    assert workbench.candidates()["django/far"]["verdict"] == "breaks"


def test_a_whole_suite_that_has_run_is_not_said_to_be_looked_through_further(
    workbench: Workbench, upstream: Path
) -> None:
    change = diff(TEXT + FAR, TEXT + BROKEN_FAR)
    found, finished = judged(workbench, change, "--django", upstream, "--suite", "django:all")
    assert found["verdict"] == "unproven"
    assert "no test of the whole suite reaches them" in finished.out
    assert "--budget" not in finished.out


def test_a_suite_of_which_something_was_selected_is_not_whole(
    workbench: Workbench, upstream: Path
) -> None:
    """The one test that runs the change is not among those that are run."""
    add(upstream, "elsewhere", ELSEWHERE.format('"far"'))
    change = diff(TEXT + FAR, TEXT + BROKEN_FAR)
    found, finished = judged(workbench, change, "--django", upstream, "--select", "test_speaks")
    assert found["verdict"] == "unproven"
    assert "no test that was run reaches them; looked through" in finished.out


def test_words_in_code_need_no_test(workbench: Workbench) -> None:
    found, finished = judged(workbench, patch('"""Close a connection."""', '"""Close it."""'))
    assert found["verdict"] == "neutral"
    assert "reach: no line that is executed is changed" in finished.out


def test_what_only_an_import_runs_is_told(workbench: Workbench) -> None:
    found, finished = judged(workbench, patch("def wait():", "LIMIT = 3\n\n\ndef wait():"))
    assert found["verdict"] == "neutral"
    assert "reach: 1 changed statement run, 1 of them at import only" in finished.out


def test_where_something_was_taken_away_its_neighbour_counts(workbench: Workbench) -> None:
    found, _ = judged(workbench, patch("    connection.close()\n", "    pass\n"))
    assert found["verdict"] == "breaks"
    (file,) = found["reach"]["files"]
    assert file["unreached"] == []


@pytest.mark.parametrize("left", ["", '"""Nothing is left."""\n'], ids=["deleted", "emptied"])
def test_code_that_is_taken_away_whole_is_not_known_to_be_missed_by_nobody(
    workbench: Workbench, upstream: Path, left: str
) -> None:
    """No test imports it, so that all of them pass without it."""
    (upstream / "django/spare.py").write_text("SPARE = 1\n", "utf-8")
    change = diff("SPARE = 1\n", left, "django/spare.py")
    if not left:
        change = change.replace("+++ b/django/spare.py", "+++ /dev/null")
    found, finished = judged(workbench, change, "--django", upstream)
    assert found["verdict"] == "unproven"
    assert "django/spare.py: all of its code is taken away, so whether a test" in finished.out


@pytest.mark.parametrize("name", ["shout.js", "menu.json", "words"])
def test_what_is_not_python_is_not_known_to_be_run(workbench: Workbench, name: str) -> None:
    text = patch('return "HTTP/1.0"', 'return "HTTP/" + "1.0"')
    path = f"django/{name}"
    found, finished = judged(
        workbench, text + diff("", "1\n", path).replace(f"a/{path}", "/dev/null")
    )
    assert found["verdict"] == "unproven"
    assert f"{path}: what is not Python is not watched" in finished.out


def test_what_no_test_can_see_is_asked_of_none(workbench: Workbench) -> None:
    text = patch('return "HTTP/1.0"', 'return "HTTP/" + "1.0"')
    words = diff("", "It is so.\n", "docs/it.txt").replace("a/docs/it.txt", "/dev/null")
    found, _ = judged(workbench, text + words)
    assert found["verdict"] == "neutral"
