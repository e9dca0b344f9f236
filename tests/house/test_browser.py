"""The tools that other tests look at pages with see what a page does wrong."""

from __future__ import annotations

import asyncio
import contextlib
import re
from pathlib import Path

import pytest
from support.browser import (
    DESK,
    PHONE,
    SCREENSHOTS,
    Visitor,
    axe_violations,
    browser_of,
    is_outside,
    pytest_runtest_teardown,
    scrolls_sideways,
    visiting,
)
from support.local_index import serve

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>A page</title>
<style>
  body {{ background: white; color: black }}
  @media (prefers-color-scheme: dark) {{ body {{ background: black; color: white }} }}
  @media print {{ nav {{ display: none }} }}
</style>
</head>
<body>
<main><h1>A page</h1><nav>Menu</nav><p id="script">without scripts</p>{body}</main>
<script>document.getElementById("script").textContent = "with scripts"</script>
</body>
</html>
"""


@pytest.fixture
def page_file(tmp_path: Path) -> Path:
    """A page that does nothing wrong."""
    return write(tmp_path, "")


def write(folder: Path, body: str) -> Path:
    path = folder / "page.html"
    path.write_text(PAGE.format(body=body), "utf-8")
    return path


def test_a_good_page_has_no_fault(visitor: Visitor, page_file: Path) -> None:
    page = visitor.open(page_file)
    assert page.locator("#script").inner_text() == "with scripts"
    assert axe_violations(page) == []


def test_axe_finds_text_that_is_too_faint(visitor: Visitor, tmp_path: Path) -> None:
    faint = '<p id="faint" style="color: #bbb">hard to read</p>'
    page = visitor.open(write(tmp_path, faint))
    (found,) = axe_violations(page)
    assert found.startswith("color-contrast: ") and "#faint" in found
    assert axe_violations(page, within="nav") == []


def test_axe_asks_for_nothing_itself(visitor: Visitor, page_file: Path) -> None:
    page_file.with_name("style.css").write_text("body { margin: 0 }", "utf-8")
    linked = page_file.read_text("utf-8").replace(
        "<style>", "<link rel=stylesheet href=style.css><style>"
    )
    page_file.write_text(linked, "utf-8")
    assert axe_violations(visitor.open(page_file)) == []


def test_axe_looks_at_the_colours_that_are_shown(visitor: Visitor, tmp_path: Path) -> None:
    path = write(tmp_path, '<p style="color: #555">hard to read in the dark</p>')
    assert axe_violations(visitor.open(path)) == []
    assert len(axe_violations(visitor.open(path, dark=True))) == 1


def test_scripts_can_be_off(visitor: Visitor, page_file: Path) -> None:
    page = visitor.open(page_file, scripts=False)
    assert page.locator("#script").inner_text() == "without scripts"
    with pytest.raises(ValueError, match="axe needs a page that was opened with scripts"):
        axe_violations(page)


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("<img alt='' src='https://example.org/a.png'>", "https://example.org/a.png"),
        ("<script>fetch('http://example.org/b')</script>", "http://example.org/b"),
        ("<link rel=stylesheet href='//example.org/c.css'>", "file://example.org/c.css"),
        ("<script>new WebSocket('wss://example.org/d')</script>", "wss://example.org/d"),
        ("<iframe title=e src='http://example.org/e'></iframe>", "http://example.org/e"),
    ],
)
def test_what_asks_the_network_is_refused_and_told(
    request: pytest.FixtureRequest, tmp_path: Path, body: str, asked: str
) -> None:
    """What the page says of it on the console comes whenever it does: all of it is one fault."""
    fails = pytest.raises(AssertionError, match=f"asked for {re.escape(asked)}")
    with fails, visiting(request.config, tmp_path, "visit") as visitor:
        visitor.open(write(tmp_path, body))


def test_a_server_on_this_machine_may_be_asked(visitor: Visitor) -> None:
    with serve() as index:
        page = visitor.open(f"{index.url}/nothing-here/")
    assert page.url.startswith("http://127.0.0.1:")
    (fault,) = visitor.take_faults()
    assert fault.startswith("console: Failed to load resource") and "404" in fault


@pytest.mark.parametrize("url", ["http://localhost/", "https://127.0.0.1.example.org/", "ftp://a/"])
def test_only_the_address_of_this_machine_is_inside(url: str) -> None:
    assert is_outside(url)


def test_a_fault_fails_the_test(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    path = write(tmp_path, "<script>throw new Error('planted')</script>")
    fails = pytest.raises(AssertionError, match="error: planted")
    with fails, visiting(request.config, tmp_path, "visit") as visitor:
        visitor.open(path)


def test_an_error_that_a_script_raises_is_a_fault(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open(write(tmp_path, "<script>throw new Error('planted')</script>"))
    assert visitor.take_faults() == ["error: planted"]


def test_an_error_on_the_console_is_a_fault(visitor: Visitor, tmp_path: Path) -> None:
    path = write(tmp_path, "<script>console.error('planted'); console.log('fine')</script>")
    visitor.open(path)
    assert visitor.take_faults() == [f"console: planted ({path.as_uri()})"]


def test_a_page_can_be_printed(visitor: Visitor, page_file: Path) -> None:
    page = visitor.open(page_file)
    assert page.locator("nav").is_visible()
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden()


@pytest.mark.parametrize(("width", "sideways"), [(PHONE, True), (DESK, False)])
def test_what_a_phone_has_no_room_for(
    visitor: Visitor, tmp_path: Path, width: int, sideways: bool
) -> None:
    page = visitor.open(write(tmp_path, "<div style='width: 600px'>wide</div>"), width=width)
    assert scrolls_sideways(page) is sideways


def test_a_page_opens_at_its_fragment(visitor: Visitor, tmp_path: Path) -> None:
    body = "<div style='height: 5000px'></div><p id='far'>far down</p>"
    page = visitor.open(write(tmp_path, body), fragment="far")
    assert page.locator("#far").evaluate("it => it.getBoundingClientRect().top < innerHeight")


def test_screenshots_go_where_they_are_kept(
    page_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv(SCREENSHOTS, str(tmp_path / "kept"))
    visitor: Visitor = request.getfixturevalue("visitor")
    path = visitor.screenshot(visitor.open(page_file, width=PHONE), "on a phone")
    assert (
        path
        == tmp_path / "kept" / "test-browser-test-screenshots-go-where-they-are-kept-on-a-phone.png"
    )
    assert path.read_bytes().startswith(b"\x89PNG")


def test_the_browser_ends_before_a_test_that_does_not_use_it(
    request: pytest.FixtureRequest,
) -> None:
    browser = browser_of(request.config)
    work = asyncio.sleep(0, "done")
    with contextlib.closing(work), pytest.raises(RuntimeError, match="running event loop"):
        asyncio.run(work)
    pytest_runtest_teardown(request.node, None)
    assert not browser.is_connected()
    assert asyncio.run(asyncio.sleep(0, "done")) == "done"
