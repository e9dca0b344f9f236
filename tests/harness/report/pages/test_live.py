"""The page that follows a run, in a real browser: verdicts appear while one looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from support.browser import PHONE, Visitor, axe_violations, scrolls_sideways
from support.streams import Server, serving
from support.tiny import QUICK, Workbench

from harness.model import RunEnd, Verdict
from harness.system import runlog
from harness.system.home import Home
from harness.system.runlog import Expected, JobDone, Over, Started, Told

HOSTILE = "<img src=x onerror=alert(1)>\u202e"
COUNTS = {"broken": 2, "fixed": 0, "flaky": 0, "slower": 0}
BREAKS = Told("django/a", "django 1", Verdict.BREAKS, "it breaks", counts=COUNTS, tests=30)


@pytest.fixture
def server(workbench: Workbench) -> Iterator[Server]:
    """It serves a folder in which nothing was run yet."""
    with serving(workbench) as running:
        yield running


def test_verdicts_of_a_real_run_appear_and_then_its_report(
    workbench: Workbench, server: Server, visitor: Visitor
) -> None:
    page = visitor.open(server.url)
    assert page.title() == "No test run goes on"
    with workbench.start("test", "--candidate", "django/neutral", *QUICK) as process:
        row = page.get_by_role("row").filter(has_text="django/neutral")
        row.wait_for()
        expect(row.locator("td").nth(1)).to_have_text("· neutral")
        page.get_by_text("✓ finished").wait_for()
        process.communicate()
    assert page.title() == "No test run goes on"
    assert page.get_by_role("link", name="Open its report").get_attribute("href") == "/report.html"
    assert "The run is over" in page.get_by_role("status").inner_text()


def test_what_comes_later_stands_as_what_was_there_before(
    workbench: Workbench, server: Server, visitor: Visitor
) -> None:
    """The script makes of events what the template makes of the run that they add up to."""
    early = visitor.open(server.url)
    with runlog.opened(Home(workbench.home), "python -m harness test", "1") as log:
        log.tell(Expected(4))
        log.tell(Started("one job"))
        log.tell(Started("another job"))
        log.tell(BREAKS)
        log.tell(JobDone("one job", 1, 65.0))
        early.get_by_text("1 of 4 jobs").wait_for()
        late = visitor.open(server.url)
        told, shown = (each.locator("#runs").inner_text() for each in (early, late))
        assert told == shown
        assert "about 0:01:05 left" in told and "another job" in told and "one job" not in told
        log.tell(Over(RunEnd.FAILED, why="no space left"))
        for each in (early, late):
            each.get_by_text("no space left").wait_for()
        again = visitor.open(server.url)
        assert early.locator("#runs").inner_text() == again.locator("#runs").inner_text()


def test_a_second_word_on_a_candidate_takes_the_place_of_the_first(
    workbench: Workbench, server: Server, visitor: Visitor
) -> None:
    page = visitor.open(server.url)
    with runlog.opened(Home(workbench.home), "", "") as log:
        log.tell(BREAKS)
        page.get_by_role("row").filter(has_text="breaks").wait_for()
        log.tell(Told("django/a", "django 1", Verdict.UNPROVEN, "", counts=COUNTS))
        page.get_by_role("row").filter(has_text="unproven").wait_for()
        assert page.locator("tbody tr").count() == 1


def test_hostile_names_are_text(workbench: Workbench, server: Server, visitor: Visitor) -> None:
    page = visitor.open(server.url)
    with runlog.opened(Home(workbench.home), HOSTILE, "") as log:
        log.tell(Started(HOSTILE))
        log.tell(Told(HOSTILE, HOSTILE, Verdict.FIXES, HOSTILE, counts=COUNTS))
        page.locator("tbody tr").wait_for()
        for each in (page, visitor.open(server.url)):
            assert each.locator("img").count() == 0
            assert "<img src=x onerror=alert(1)>" in each.locator("#runs").inner_text()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (PHONE, True)])
def test_it_shuts_nobody_out(
    workbench: Workbench, server: Server, visitor: Visitor, width: int, dark: bool
) -> None:
    page = visitor.open(server.url, width=width, dark=dark)
    with runlog.opened(Home(workbench.home), "python -m harness test " + "x" * 200, "1") as log:
        log.tell(Expected(4))
        log.tell(Started("a job " + "y" * 200))
        for verdict in Verdict:
            name = f"django/{verdict}"
            log.tell(Told(name, "django 1", verdict, "", counts=COUNTS))
        page.locator("tbody tr").nth(len(Verdict) - 1).wait_for()
        visitor.screenshot(page, whole=True)
        assert axe_violations(page) == []
        assert not scrolls_sideways(page)


def test_without_script_it_shows_how_far_the_run_is(
    workbench: Workbench, server: Server, visitor: Visitor
) -> None:
    with runlog.opened(Home(workbench.home), "", "") as log:
        log.tell(BREAKS)
        page = visitor.open(server.url, scripts=False)
        assert page.get_by_role("row").filter(has_text="django/a").is_visible()
        refresh = page.locator('meta[http-equiv="refresh"]')
        assert refresh.get_attribute("content") == "5"


def test_when_the_server_has_gone_the_page_says_that_it_may_be_old(
    server: Server, visitor: Visitor
) -> None:
    page = visitor.open(server.url)
    warning = page.get_by_text("The server does not answer")
    assert not warning.is_visible()
    server.stop()
    warning.wait_for()
    assert all("/events" in fault for fault in visitor.take_faults())
