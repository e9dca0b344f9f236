"""`bisect --suspect`, end to end: is a commit the cause of what is seen today?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from support.line import CULPRIT, GREETS
from support.pages import read
from support.tiny import DONE, PATCHES, UNDONE, ProcessResult, Workbench, copied, patch

from harness.model import Presence, Suspicion


def test_a_suspect_from_git(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]], workbench: Workbench
) -> None:
    _, commits = line
    found = bisect("--suspect", commits[CULPRIT])
    assert found.status == DONE, found.err
    kept = workbench.home / "reports" / f"suspect-{commits[CULPRIT][:10]}.json"
    page = read(kept.with_suffix(".html").read_text("utf-8"))
    assert "1 confirmed, 1 not the cause" in page.text
    report = json.loads(kept.read_text())
    assert report["subject"] == f"Number {CULPRIT}"
    tests = {each["test"]: each for s in report["symptoms"] for each in s["tests"]}
    assert tests[GREETS]["presence"] == Presence.APPEARED
    assert tests[GREETS]["runs"][commits[CULPRIT]] == {"good": 0, "bad": 3}
    always = tests["servers.tests.NumberTests.test_total_of_none"]
    assert always["presence"] == Presence.BOTH
    suspicions = {s["behaviour"].rpartition(".")[2]: s["suspicion"] for s in report["symptoms"]}
    assert suspicions == {
        "GreetingTests": Suspicion.CONFIRMED,
        "NumberTests": Suspicion.NOT_THE_CAUSE,
    }


def test_an_innocent_commit_is_not_the_cause(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]]
) -> None:
    found = bisect("--suspect", line[1][CULPRIT + 2])
    assert "0 confirmed, 2 not the cause" in found.out


def test_a_suspect_without_git_is_tried_by_the_releases_around_it(
    indexed: Workbench, tmp_path: Path
) -> None:
    patches = copied(PATCHES, tmp_path / "patches")
    folder = patches / "django" / "undo"
    folder.mkdir()
    (folder / "undo.patch").write_text(patch('"hello, {name}"', '"hello, {name}" + ""'))
    (folder / "candidate.toml").write_text(
        'title = "t"\nticket = "t"\norigin = "o"\ncredit = []\nseries = ["undo.patch"]\n'
        f'[reverts]\ncommit = "{"ab" * 20}"\nsubject = "Loud"\n'
        'last_without = "0.1.3"\nfirst_with = "0.1.4"\nbefore = ["0.1.0"]\n'
    )
    found = indexed.run("bisect", "--suspect", "abababa", "--patches", patches)
    assert found.status == DONE, found.err
    kept = indexed.home / "reports" / f"suspect-{'ab' * 5}.json"
    report = json.loads(kept.read_text())
    assert report["line"]["before"] == {"name": "django 0.1.3", "short": "0.1.3"}
    assert report["line"]["older"] == [{"name": "django 0.1.0", "short": "0.1.0"}]
    tests = {each["test"]: each for s in report["symptoms"] for each in s["tests"]}
    assert tests[GREETS]["presence"] == Presence.APPEARED
    today = report["line"]["today"]["name"]
    assert today.startswith("django ") and report["line"]["reverted"]["name"] == f"{today} reverted"


def test_a_suspect_that_nobody_knows_gets_one_line(workbench: Workbench, tmp_path: Path) -> None:
    nowhere = f"django={tmp_path / 'nowhere'}"
    found = workbench.run("bisect", "--suspect", "0123456789", "--mirror", nowhere)
    assert found.status == UNDONE
    assert "name a clone with --mirror" in found.error
    assert "7 to 40 hex digits" in workbench.run("bisect", "--suspect", "main").error
