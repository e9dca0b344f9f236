"""Pages in a real browser: Debian's Chromium, driven by Playwright.

For tests only. It owns the browser process, what a page may ask for, and what counts
as a fault of a page; it knows nothing of reports. A ``conftest.py`` takes the fixture
and the hook from here:

    from support.browser import pytest_runtest_teardown, visitor

    __all__ = ["pytest_runtest_teardown", "visitor"]

A test asks for ``visitor`` and opens pages with it. It fails at its end if a page asked
for anything that is neither a file nor on 127.0.0.1, printed an error on the console, or
raised one; ``visitor.take_faults()`` is for the test that expects that.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")  # Debian, Alpine, Google
PHONE, DESK = 360, 1280  # pixels across
HEIGHTS = {PHONE: 740, DESK: 900}
LOCAL = {"file", "data", "blob", "about"}  # schemes for which nothing leaves the process
# Preconnecting and the like pass by the routes.
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
WEIGHTY = {"serious", "critical"}  # what axe calls an impact that shuts somebody out
LONGEST = 150  # characters of a test's name that a file's name takes
SCREENSHOTS = "WORKBENCH_SCREENSHOTS"  # the folder that CI keeps

running = pytest.StashKey[tuple[Playwright, Browser]]()


def is_outside(url: str) -> bool:
    """Whether a request would leave this machine. A name counts as outside, ``localhost``
    among them: a report says 127.0.0.1."""
    parts = urlsplit(url)
    if parts.scheme in LOCAL:
        return bool(parts.hostname)  # file://elsewhere/: what // means in a page that is a file
    return parts.hostname != "127.0.0.1"


class Visitor:
    """A person with a browser, for one test: opens pages and notes what went wrong.

    ``faults`` are lines such as ``asked for https://…``, ``console: …``, ``error: …``.
    """

    def __init__(self, browser: Browser, screenshots: Path, name: str) -> None:
        self.browser = browser
        self.screenshots = screenshots
        self.name = name
        self.faults: list[str] = []

    def open(
        self,
        place: Path | str,
        *,
        width: int = DESK,
        dark: bool = False,
        scripts: bool = True,
        fragment: str = "",
    ) -> Page:
        """Open a file or a URL in a profile of its own, at ``#fragment`` if there is one.

        A width of ``PHONE`` is a phone, with touch and the page's own viewport. Without
        ``scripts`` the page's JavaScript does not run, but ``page.evaluate`` does.
        """
        is_phone = width <= PHONE
        context = self.browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, HEIGHTS[DESK])},
            is_mobile=is_phone,
            has_touch=is_phone,
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            service_workers="block",  # they would ask for things behind the routes' back
            locale="en-GB",
            timezone_id="UTC",
        )
        context.route(is_outside, lambda route: self._refuse(route.request.url, route.abort))
        context.route_web_socket(is_outside, lambda end: self._refuse(end.url, end.close))
        context.on("console", self._note_message)
        context.on("weberror", lambda error: self.faults.append(f"error: {error.error}"))
        page = context.new_page()
        url = place.resolve().as_uri() if isinstance(place, Path) else place
        page.goto(f"{url}#{fragment}" if fragment else url)
        return page

    def screenshot(self, page: Page, what: str = "", *, whole: bool = False) -> Path:
        """A picture of what the window shows, or of the ``whole`` page, as a file named
        after the test and ``what`` it shows."""
        words = f"{self.name} {what}" if what else self.name
        path = self.screenshots / f"{re.sub(r'[^A-Za-z0-9]+', '-', words).strip('-')}.png"
        page.screenshot(path=path, full_page=whole)
        return path

    def take_faults(self) -> list[str]:
        """What went wrong until now; it no longer fails the test."""
        for context in self.browser.contexts:
            for page in context.pages:
                page.evaluate("0")  # what the page did before it answers has been told by then
        taken, self.faults = self.faults, []
        return taken

    def leave(self) -> None:
        """Close every page."""
        for context in self.browser.contexts:
            context.close()

    def _refuse(self, url: str, close: Any) -> None:
        self.faults.append(f"asked for {url}")
        close()

    def _note_message(self, message: Any) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            self.faults.append(f"console: {message.text} ({where})")


def axe_violations(page: Page, within: str | None = None) -> list[str]:
    """What axe-core calls serious or critical on a page, or ``within`` a CSS selector: a line
    for each element that begins with the rule's name. Takes half a second, and more where
    thousands of elements are unfolded. Raises ValueError for a page without scripts: axe is
    one, and would never answer."""
    if not page.evaluate("matchMedia('(scripting: enabled)').matches"):
        raise ValueError("axe needs a page that was opened with scripts")
    # It would fetch style sheets to read them again, which a page that is a file may not do.
    options = {"resultTypes": ["violations"], "preload": False}
    found = Axe().run(page, within, options).response["violations"]
    return [
        f"{rule['id']}: {rule['help']}: {' '.join(map(str, node['target']))}: "
        + " ".join(node["failureSummary"].split())
        for rule in found
        if rule["impact"] in WEIGHTY
        for node in rule["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Whether a page is wider than its window, so that lines can not be read at once."""
    script = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return bool(page.evaluate(script))


def browser_of(config: pytest.Config) -> Browser:
    """This process's browser, started when the first test needs it; skips where there is none."""
    if running not in config.stash:
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if program is None:
            pytest.skip("needs Chromium: apt-get install chromium")
        driver = sync_playwright().start()
        config.stash[running] = (
            driver,
            driver.chromium.launch(executable_path=program, args=[NOWHERE]),
        )
        config.add_cleanup(lambda: stop(config))  # for a run that is cut short
    return config.stash[running][1]


def stop(config: pytest.Config) -> None:
    """End this process's browser, if one is running."""
    if running in config.stash:
        driver, browser = config.stash[running]
        del config.stash[running]
        browser.close()
        driver.stop()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End the browser before a test that does not use it. Playwright keeps an event loop
    running in this thread, and no other test could run one of its own beside it."""
    if visitor.__name__ not in getattr(nextitem, "fixturenames", ()):
        stop(item.config)


@contextlib.contextmanager
def visiting(config: pytest.Config, screenshots: Path, name: str) -> Iterator[Visitor]:
    """A visitor for as long as the block. Raises AssertionError at its end if a page did what
    a page must not do, unless the block raises something itself."""
    someone = Visitor(browser_of(config), screenshots, name)
    try:
        yield someone
        faults = someone.take_faults()
    finally:
        someone.leave()
    assert not faults, "\n".join(faults)


@pytest.fixture
def visitor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Visitor]:
    """Opens pages for one test, which fails if a page did what a page must not do."""
    folder = os.environ.get(SCREENSHOTS)
    screenshots = Path(folder) if folder else tmp_path / "screenshots"
    name = f"{request.path.stem} {request.node.name}"[:LONGEST]
    with visiting(request.config, screenshots, name) as someone:
        yield someone
