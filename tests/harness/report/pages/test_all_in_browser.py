"""Every page but that of `test` as somebody meets it: on a phone, in the dark, by a link."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.browser import DESK, PHONE, Visitor, axe_violations, scrolls_sideways
from support.pages_of import every_page

NAMES = tuple(every_page())


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The files of all pages, by name."""
    home = tmp_path_factory.mktemp("workbench")
    (home / "reports").mkdir()
    files = {}
    for name, html in every_page(home).items():
        files[name] = home / "reports" / f"{name}.html"
        files[name].write_text(html, "utf-8")
    return files


def unfolded(shown: Page) -> Page:
    for fold in shown.locator("details").all():
        fold.evaluate("fold => fold.open = true")
    return shown


@pytest.mark.parametrize(
    ("name", "width", "dark"),
    [
        *((name, PHONE, True) for name in NAMES),
        *((name, DESK, False) for name in ("bisect", "history", "bench-serving")),
    ],
)
def test_it_is_for_everybody(
    visitor: Visitor, written: Mapping[str, Path], name: str, width: int, dark: bool
) -> None:
    shown = unfolded(visitor.open(written[name], width=width, dark=dark))
    assert axe_violations(shown) == []
    assert not scrolls_sideways(shown)
    visitor.screenshot(shown, whole=True)


def test_a_link_to_a_probe_opens_the_table_that_it_is_in(
    visitor: Visitor, written: Mapping[str, Path]
) -> None:
    shown = visitor.open(written["bisect"])
    row = shown.locator("tr[id^=probe-]").nth(3)
    expect(row).not_to_be_visible()
    linked = visitor.open(written["bisect"], fragment=row.get_attribute("id") or "")
    expect(linked.locator("tr[id^=probe-]").nth(3)).to_be_in_viewport()


def test_a_filter_leaves_the_rows_that_were_asked_for(
    visitor: Visitor, written: Mapping[str, Path]
) -> None:
    shown = visitor.open(written["history"])
    rows = shown.locator("table.heat tbody tr")
    shown.get_by_label("Show").select_option("same")
    expect(rows.nth(0)).not_to_be_visible()
    expect(rows.nth(1)).to_be_visible()
    shown.get_by_label("Show").select_option("")
    shown.get_by_label("Filter").fill("keep")
    expect(rows.nth(0)).to_be_visible()
    expect(rows.nth(1)).not_to_be_visible()
    expect(shown.get_by_role("status")).to_have_text("1 of 2 shown")


def test_a_mark_of_a_change_leads_to_it(visitor: Visitor, written: Mapping[str, Path]) -> None:
    shown = visitor.open(written["history"], scripts=False)
    shown.get_by_role("link", name="Change 1").click()
    expect(shown.locator("li:target")).to_contain_text("2 tests pass since django 2.1.4")


def test_a_chart_has_a_name_for_who_can_not_see_it(
    visitor: Visitor, written: Mapping[str, Path]
) -> None:
    shown = visitor.open(written["bench-serving"])
    chart = shown.get_by_role("img", name="CPU time, on django 6.1.3, runserver")
    expect(chart).to_have_accessible_description(
        re.compile(r"dear: close, 1 kB: 1\.060 \[1\.050, 1\.070\], no")
    )
    # As wide as can be read: it is its box that scrolls, and not the page.
    assert chart.evaluate("chart => chart.getBoundingClientRect().width") >= 600
