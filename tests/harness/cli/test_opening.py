"""`report --open`: the page in the user's browser, and what is said where there is none."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from support.tiny import DONE, MATCHED, TESTS, UNDONE, Workbench, until

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


@pytest.fixture
def bench(workbench: Workbench) -> Workbench:
    """A folder with a report and its page, on a machine without a display.

    One candidate of the report could not be judged, so that its status is 3.
    """
    for name in DISPLAYS:
        workbench.env.pop(name, None)
    folder = workbench.home / "reports"
    folder.mkdir(parents=True)
    shutil.copy(TESTS / "data" / "report.json", folder / "report.json")
    (folder / "report.html").write_text("<!doctype html>", "utf-8")
    return workbench


def browser(bench: Workbench, then: str = "") -> Path:
    """A browser that writes down what it is given, and the file with that."""
    seen = bench.folder / "seen"
    program = bench.folder / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" > {seen}.part && mv {seen}.part {seen}\n{then}\n')
    program.chmod(0o755)
    bench.env["BROWSER"] = f"{program} %s"
    return seen


def test_the_page_is_opened_and_its_place_printed(bench: Workbench) -> None:
    seen = browser(bench)
    finished = bench.run("report", "--open")
    page = bench.home / "reports" / "report.html"
    assert (finished.status, finished.out, finished.err) == (UNDONE, f"page: {page}\n", "")
    assert seen.read_text("utf-8") == f"{page.as_uri()}\n"


def test_a_page_that_is_missing_or_older_than_its_report_is_made(bench: Workbench) -> None:
    """A report of an older workbench has none."""
    browser(bench)
    page = bench.home / "reports" / "report.html"
    page.unlink()
    assert bench.run("report", "--open").status == UNDONE
    text = page.read_text("utf-8")
    assert "django/peek-drain" in text
    page.write_text("old", "utf-8")
    os.utime(page, (0, 0))
    assert bench.run("report", "--open").status == UNDONE
    assert page.read_text("utf-8") == text


def test_a_browser_in_the_foreground_is_not_waited_for(bench: Workbench, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    seen = browser(bench, then=f"read line < {gate}")
    finished = bench.run("report", "--open")
    assert (finished.status, finished.err) == (UNDONE, "")
    assert seen.exists()
    gate.write_text("go\n")


def test_without_a_display_one_line_says_so_and_the_status_is_the_reports(
    bench: Workbench,
) -> None:
    finished = bench.run("report", "--open")
    page = bench.home / "reports" / "report.html"
    assert (finished.status, finished.out) == (UNDONE, f"page: {page}\n")
    assert finished.error == f"no browser could be opened here; open {page} in one"
    assert bench.run("report", "--open", "--fail-on", "broken").status == MATCHED


def test_a_browser_that_is_not_there_is_said(bench: Workbench) -> None:
    bench.env["BROWSER"] = "/no/such/browser %s"
    finished = bench.run("report", "--open")
    assert "no browser could be opened here" in finished.error


def test_a_report_from_elsewhere_has_its_page_beside_it(bench: Workbench, tmp_path: Path) -> None:
    seen = browser(bench)
    for name in ("json", "html"):
        shutil.copy(bench.home / f"reports/report.{name}", tmp_path / f"mine.{name}")
    assert bench.run("report", "--open", "--json", tmp_path / "mine.json").status == UNDONE
    assert seen.read_text("utf-8") == f"{(tmp_path / 'mine.html').as_uri()}\n"


def test_a_comparison_is_opened_as_well_and_json_stays_json(bench: Workbench) -> None:
    seen = browser(bench)
    words = ("--compare", "last", "last", "--format", "json", "--open")
    finished = bench.run("report", *words)
    assert (finished.status, finished.out[0]) == (DONE, "{")
    until(seen.exists)
    assert seen.read_text("utf-8").endswith("/reports/comparison.html\n")


def test_without_a_report_nothing_is_opened(workbench: Workbench) -> None:
    seen = browser(workbench)
    finished = workbench.run("report", "--open")
    assert finished.status == UNDONE
    assert "run `nox -s test` first" in finished.error
    assert not seen.exists()
