"""The page of `test` as somebody meets it: in a browser, on a phone, without scripts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from support.browser import DESK, PHONE, Visitor, axe_violations
from support.sighted import FIXED, TEST, judged, matrix, report
from support.values import X

from harness.model import (
    Cell,
    ChangeKind,
    FileReach,
    PatchText,
    RanLines,
    Reach,
    Stack,
    Verdict,
)
from harness.report.pages import judged as page
from harness.report.schema import Report

EVIL = "<img src=x onerror=alert(1)><script>alert(1)</script>\x1b[31m\x00\u202e" + "x" * 16_000
MANY = 20_000


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return write(tmp_path, whole())


def write(folder: Path, found: Report) -> Path:
    path = folder / "report.html"
    path.write_text(page.render(found), "utf-8")
    return path


def whole() -> Report:
    """A candidate with a broken test, a fixed one, and a line that no test runs."""
    broken = {"test": "servers.Test.test_broken", "reason": "AssertionError", "detail": "Traceback"}
    ran = (RanLines(((1, 1),), (0,)),)
    reach = Reach((FileReach("django", "a.py", 2, unreached=((2, 2),), tests=(TEST,), ran=ran),))
    diff = "--- a/a.py\n+++ b/a.py\n@@ -0,0 +1,2 @@\n+one = 1\n+two = 2\n"
    patch = PatchText("django/x", "django", "x.patch", diff)
    return report(judged(X, Verdict.BREAKS, FIXED, broken, reach=reach, patches=(patch,)))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_it_is_for_everybody(visitor: Visitor, written: Path, width: int, dark: bool) -> None:
    shown = visitor.open(written, width=width, dark=dark)
    for fold in shown.locator("details").all():
        fold.evaluate("fold => fold.open = true")
    assert axe_violations(shown) == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    visitor.screenshot(shown, whole=True)


def test_a_wide_matrix_scrolls_by_itself(visitor: Visitor, tmp_path: Path) -> None:
    names = [f"django/c{number}" for number in range(30)]
    wide = msgspec.structs.replace(
        matrix(Cell(3, 4), *[Cell(4, 4)] * len(names)),
        columns=("base", *names),
        control=(),
        stacks=(Stack(), *map(Stack.read, names)),
    )
    shown = visitor.open(write(tmp_path, report(matrices=(wide,))), width=PHONE)
    assert shown.get_by_text("better than the base").count() == len(names)
    assert shown.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_a_cell_of_the_wire_opens_its_exchange(visitor: Visitor, written: Path) -> None:
    shown = visitor.open(written)
    exchange = shown.locator("figure.exchange").first
    assert not exchange.is_visible()
    shown.get_by_role("link", name="all better than the base").click()
    assert exchange.is_visible()
    assert exchange.locator("svg").first.is_visible()


def test_a_link_into_the_page_opens_what_is_folded_there(visitor: Visitor, written: Path) -> None:
    told = visitor.open(written).locator("details.told", has_text="test_broken")
    ident = told.get_attribute("id") or ""
    shown = visitor.open(written, fragment=ident)
    assert shown.locator(f"#{ident}").get_by_text("This one alone").is_visible()
    shown.wait_for_function(
        "ident => { const top = document.getElementById(ident).getBoundingClientRect().top;"
        " return 0 <= top && top < innerHeight; }",
        arg=ident,
    )


def test_a_word_and_a_kind_leave_what_fits(visitor: Visitor, written: Path) -> None:
    shown = visitor.open(written)
    names = shown.locator("details.told summary .name")
    shown.get_by_label("Find a test").fill("BROKEN")
    assert [n.text_content() for n in names.all() if n.is_visible()] == ["servers.Test.test_broken"]
    assert shown.get_by_text("1 of 2 shown").is_visible()
    shown.get_by_label("Find a test").fill("")
    shown.get_by_label("Kind").select_option("fixed")
    assert [n.text_content() for n in names.all() if n.is_visible()] == [TEST]


def test_the_wire_is_searched_by_how_exchanges_ended(visitor: Visitor, written: Path) -> None:
    shown = visitor.open(written)
    rows = shown.locator("#wire ~ * .wire-row")
    find = shown.get_by_role("searchbox", name="Find", exact=True)
    find.fill("then rst")
    assert rows.first.is_visible()
    assert shown.get_by_text("1 of 1 shown").is_visible(), "a row and what was seen in it are one"
    find.fill("then eof")
    assert not rows.first.is_visible()


def test_without_scripts_everything_is_there(visitor: Visitor, written: Path) -> None:
    shown = visitor.open(written, scripts=False)
    assert not shown.get_by_label("Find a test").is_visible(), "no tool that does nothing"
    assert shown.get_by_role("cell", name="breaks").is_visible()
    shown.locator("details.told", has_text="test_broken").locator("> summary").click()
    assert shown.get_by_text("Traceback", exact=True).is_visible()


def test_by_keyboard_one_gets_everywhere(visitor: Visitor, written: Path) -> None:
    shown = visitor.open(written)
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.textContent") == "Skip to the content"
    shown.locator("details.told > summary").first.focus()
    shown.keyboard.press("Enter")
    assert shown.locator("details.told").first.get_attribute("open") is not None


def test_printed_it_is_unfolded(visitor: Visitor, written: Path) -> None:
    shown = visitor.open(written)
    shown.emulate_media(media="print")
    shown.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert shown.get_by_text("Traceback", exact=True).is_visible()
    assert not shown.locator("header.top").is_visible()
    # On paper nothing is out of sight.
    late = "fold => getComputedStyle(fold).contentVisibility"
    folds = shown.locator(".told, .exchange, .wire-seen").all()
    assert {fold.evaluate(late) for fold in folds} == {"visible"}
    visitor.screenshot(shown, whole=True)


def test_what_upstream_printed_does_nothing(visitor: Visitor, tmp_path: Path) -> None:
    texts = ("test", "reason", "detail", "log_end", "note", "group")
    one = {**FIXED, **dict.fromkeys(texts, EVIL), "kind": ChangeKind.BROKEN}
    found = report(judged(X, Verdict.BREAKS, one, notes=(EVIL,), problems=(EVIL,)))
    shown = visitor.open(write(tmp_path, msgspec.structs.replace(found, notes=(EVIL,))))
    assert shown.locator("main img, main script").count() == 0
    assert "alert(1)" in (shown.locator("main").text_content() or "")
    assert shown.evaluate("document.documentElement.scrollWidth") <= DESK


def test_a_report_of_twenty_thousand_tests_opens(visitor: Visitor, tmp_path: Path) -> None:
    """How fast, is for a quiet machine to say; that there is not too much in it, is for this."""
    names = [f"django/c{number}" for number in range(30)]
    many = [
        msgspec.structs.replace(
            judged(
                X,
                Verdict.BREAKS,
                *(
                    {"test": f"a.Test.test_{n}", "reason": f"{n % 7} lost"}
                    for n in range(MANY // len(names))
                ),
            ),
            name=name,
        )
        for name in names
    ]
    path = write(tmp_path, report(*many))
    shown = visitor.open(path)
    assert shown.locator(f"text=test_{MANY // len(names) - 1}").count() == len(names)
    assert path.stat().st_size < 20_000_000
    shown.mouse.wheel(0, 50_000)
    shown.wait_for_function("scrollY > 10000")
    timing = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    print(f"opened in {shown.evaluate(timing):.0f} ms, {path.stat().st_size:,} bytes")
