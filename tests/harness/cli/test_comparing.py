"""`report --compare`: what changed between yesterday's patch and today's."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pytest
from support.tiny import DONE, MATCHED, WRONG, Workbench, patch

from harness.report.difference import Differences

YESTERDAY, TODAY = patch('"waited"', '"waited" '), patch('"waited"', '"gone"')


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """Two runs: of yesterday's patch, which is harmless, and of today's, which is not."""
    workbench = Workbench(tmp_path_factory.mktemp("both"))
    for name, text in (("v1", YESTERDAY), ("v2", TODAY)):
        file = workbench.folder / f"{name}.diff"
        file.write_text(text, "utf-8")
        assert workbench.run("test", "--patch", file).status == DONE
    return workbench


def test_the_last_report_is_compared_with_the_one_before_it(both: Workbench) -> None:
    told = both.run("report", "--compare", "previous", "last")
    assert told.status == DONE, told.err
    assert "✗ django/v2 on django 0.1: neutral → breaks\n" in told.out
    assert "django/v1 in A, the only one there that is not in B, is taken for it" in told.out
    assert "✗ newly broken (1)" in told.out
    page = both.home / "reports" / "comparison.html"
    assert f"page: {page}" in told.out
    assert "newly broken" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "fail_on", "status"),
    [
        (("previous", "last"), "never", DONE),
        (("previous", "last"), "broken", MATCHED),
        (("previous", "last"), "any", MATCHED),
        (("last", "previous"), "broken", DONE),  # what was broken before is mended
        (("last", "last"), "any", DONE),  # what is broken in both is not new
    ],
)
def test_only_what_is_newly_broken_fails(
    both: Workbench, words: tuple[str, str], fail_on: str, status: int
) -> None:
    assert both.run("report", "--compare", *words, "--fail-on", fail_on).status == status


def test_reports_are_named_by_file_or_by_a_folder_that_has_one(
    both: Workbench, tmp_path: Path
) -> None:
    shutil.copy(both.home / "reports" / "previous.json", tmp_path / "mine.json")
    told = both.run("report", "--compare", tmp_path / "mine.json", both.home, "--format", "json")
    found = msgspec.json.decode(told.out, type=Differences)
    assert found.is_newly_breaking
    assert json.loads(told.out)["schema"] == 1


def test_for_a_ticket_it_is_markdown(both: Workbench) -> None:
    told = both.run("report", "--compare", "previous", "last", "--format", "markdown")
    assert told.out.startswith("# Two reports compared\n")
    assert "| `django/v2` | **neutral** on django 0.1 | **breaks** on django 0.1 |" in told.out


def test_it_is_written_in_the_form_that_a_name_says(both: Workbench, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.md", "a.html")]
    words = [word for file in files for word in ("--write", file)]
    assert both.run("report", "--compare", "previous", "last", *words).status == DONE
    assert files[0].read_text("utf-8").startswith("# Two reports compared\n")
    assert files[1].read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--compare", "last"), "expected 2 arguments"),
        (("--compare", "last", "gone.json"), "there is no report in gone.json; give"),
        (("--compare", "last", "."), "there is no report in .; give a report.json"),
        (("--compare", "last", "last", "--format", "tap"), "has no form tap; give markdown, json"),
        (
            ("--compare", "last", "last", "--write", "a.xml"),
            "a.xml: a comparison has no form junit",
        ),
        (("--compare", "last", "last", "--json", "x.json"), "leave --json out"),
        (("--serve", "--json", "x.json"), "--serve shows the reports of the workbench's folder"),
    ],
)
def test_what_can_not_be_compared_is_refused_in_one_line(
    both: Workbench, words: tuple[str, ...], said: str
) -> None:
    finished = both.run("report", *words)
    assert finished.status == WRONG
    assert said in finished.error


def test_without_an_earlier_run_the_next_step_is_named(workbench: Workbench) -> None:
    finished = workbench.run("report", "--compare", "previous", "last")
    assert finished.status == WRONG
    assert "there is no previous report" in finished.error
    assert finished.error.endswith("run `nox -s test`")
