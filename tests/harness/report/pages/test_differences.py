"""The page of a comparison, in a real browser."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import expect
from support.browser import DESK, PHONE, Visitor, axe_violations, scrolls_sideways
from support.tiny import TESTS
from support.values import change

from harness.model import ChangeKind
from harness.report import schema
from harness.report.differences import compare
from harness.report.pages import differences

HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m\u202e" + "x" * 300


@pytest.fixture
def page_file(tmp_path: Path) -> Path:
    """The page of a report compared with what became of it a day later."""
    before = schema.read(TESTS / "data" / "report.json")
    first, second, *others = before.candidates
    new = (change(test=HOSTILE, reason=HOSTILE), change(ChangeKind.FLAKY, confirmed=False))
    after = msgspec.structs.replace(
        before,
        made=msgspec.structs.replace(before.made, machine="another"),
        candidates=(
            msgspec.structs.replace(first, changes=new, notes=(HOSTILE,)),
            second,
            *(msgspec.structs.replace(each, name=f"{each.name}-2") for each in others),
        ),
        pairs=(),
    )
    path = tmp_path / "comparison.html"
    path.write_text(differences.render(compare(before, after)), "utf-8")
    return path


@pytest.mark.parametrize(("width", "dark"), [(DESK, False), (PHONE, True)])
def test_it_shuts_nobody_out(page_file: Path, visitor: Visitor, width: int, dark: bool) -> None:
    page = visitor.open(page_file, width=width, dark=dark)
    visitor.screenshot(page, whole=True)
    assert axe_violations(page) == []
    assert not scrolls_sideways(page)


def test_hostile_names_are_text(page_file: Path, visitor: Visitor) -> None:
    page = visitor.open(page_file)
    assert page.locator("img").count() == 0
    assert page.get_by_text("<img src=x onerror=alert(1)>").count() > 0


def test_the_table_leads_to_what_differs(page_file: Path, visitor: Visitor) -> None:
    page = visitor.open(page_file, scripts=False)
    page.get_by_role("link", name="django/peek-drain").click()
    section = page.locator(":target")
    expect(section).to_contain_text("newly broken")
    expect(section).to_contain_text("no longer broken")
