"""The pages of behaviour by release: cells, and the first release of every change."""

from __future__ import annotations

import pytest
from support.histories import VERSIONS, change, history, passing
from support.pages import HOSTILE, Page, read

from harness.judge.history import History
from harness.report.pages import heatmaps


def page_of(found: History) -> Page:
    return read(heatmaps.of_behaviours([found]))


def test_every_cell_says_how_many_tests_fail_in_a_number_and_a_sign() -> None:
    page = page_of(history())
    row = "keep alive direct ✗ all fail 4/4 ◐ some fail 2/4 1h ✓ none fails 0/4"
    assert row in page.text
    assert "full body bridge · not tried · not tried · not tried" in page.text
    assert len(page.places("cell")) == 2 * len(VERSIONS)


def test_the_first_release_of_a_change_leads_to_it_and_to_its_tests() -> None:
    page = page_of(history(change()))
    # 2.1.4 has no column of its own; 2.1.15 is the first one that has what it brought.
    assert "✓ none fails 0/4 ▲1" in page.text
    (place,) = (each for each in page.places("change") if not each.endswith("-tests"))
    assert f"#{place}" in page.links
    assert "keep alive over direct: 2 tests pass since django 2.1.4" in page.text
    assert "servers.tests.T.test_b" in page.text


@pytest.mark.parametrize("first", ["3.0", "no release"])
def test_a_change_that_has_no_column_is_in_the_list_alone(first: str) -> None:
    page = page_of(history(change(first=first)))
    assert "▲1" not in page.text
    assert f"since django {first}" in page.text


def test_rows_can_be_chosen_by_what_changes() -> None:
    html = page_of(history(change())).html
    assert '<tr data-kind="changed failing">' in html
    assert '<tr data-kind="same">' in html


def test_a_history_without_a_table_says_why() -> None:
    empty = History("django", (), None, (), notes=("no release could be had",))
    text = page_of(empty).text
    assert "no release could be had" in text
    assert "0 changes in 0 releases: every release behaves alike" not in text


def test_whether_a_test_passes_by_release() -> None:
    page = read(heatmaps.of_tests(passing()))
    signs = "○ can not exist yet ? can not be tried ✓ passes ✗ fails ▲1"
    assert f"servers.tests.T.test_a {signs}" in page.text
    assert "fails since 3.1 (it did not on 3.0; confidence 99.90 %)" in page.text
    assert "it fails (hunks)" in page.text


def test_hostile_text_does_nothing() -> None:
    for html in (
        heatmaps.of_tests(passing(HOSTILE, HOSTILE)),
        heatmaps.of_behaviours([history(change(HOSTILE), behaviour=HOSTILE)]),
    ):
        page = read(html)
        assert page.tags["b"] == 0
        assert "<script>alert(1)</script>" in page.text
