"""The site of README, notes and reports: real Sphinx builds a small one as `nox -s docs` does.

The project's own notes are built by that session, which CI runs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from support.browser import PHONE, Visitor, axe_violations, scrolls_sideways
from support.tiny import DEADLINE, PROJECT

NOTE = """\
# 0002: reading it

## How far?

As far as [there](#how-far), or [the other one](0001-first.md#how-it-began); see
[the model](../harness/model.py), [all of it](../harness) and [where we start](../README.md).
"""
FILES = {
    "README.md": "# It\n\nSee `notes/README.md`, `harness/`, `django/fix` and `gone/x.py`.\n",
    "CONTRIBUTING.md": "# Contributing\n",
    "CHANGELOG.md": "# Changelog\n\n## 0.2\n\n### New\n\n## 0.1\n\n### New\n",
    "notes/README.md": "# By question\n\n| Read? | `notes/0002-reading.md` |\n| --- | --- |\n",
    "notes/0001-first.md": "# 0001: what is first\n\n## How it began\n\nPeculiarities.\n",
    "notes/0002-reading.md": NOTE,
    "notes/reports.md": "# Reports\n\n`nox -s test` makes one.\n",
    "harness/model.py": '"""The <nouns>."""\n\nanswer = "<b>"\n',
    "harness/judge/verdict.py": '"""Pure."""\n',
    "patches/django/fix/candidate.toml": 'title = "mends it"\n',
}
REPORT = "<!DOCTYPE html><title>&lt;i&gt; breaks 3 tests</title><p>The report itself.</p>"
# What a browser fetches by itself; a link that somebody may follow is none.
FETCHED = re.compile(r"<(?:link|script|img|iframe)\b[^>]*\b(?:src|href)=\"(?:https?:)?//", re.I)


class Site:
    """A small project, and the site that is made of it in ``out``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "home" / "site"

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def build(self) -> subprocess.CompletedProcess[str]:
        strict = ("-W", "--keep-going", "--quiet")
        return subprocess.run(
            [sys.executable, "-m", "sphinx", *strict, "-c", "notes/site", ".", str(self.out)],
            cwd=self.folder,
            env=os.environ | {"WORKBENCH_HOME": str(self.folder / "home")},
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )

    def page(self, name: str) -> str:
        return (self.out / name).read_text("utf-8")

    def pages(self) -> dict[Path, int]:
        """Every page that is there, and when it was written."""
        return {path: path.stat().st_mtime_ns for path in self.out.rglob("*.html")}


def write_site(folder: Path) -> Site:
    site = Site(folder)
    for name, text in FILES.items():
        site.write(name, text)
    shutil.copytree(PROJECT / "notes" / "site", folder / "notes" / "site")
    return site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A project of which no site was made."""
    return write_site(tmp_path)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Site:
    """A site with a report, made once for all processes; to be looked at, and left as it is."""
    root = tmp_path_factory.getbasetemp()
    folder = (root if worker_id == "master" else root.parent) / "site"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            site = write_site(folder)
            site.write("home/reports/report.html", REPORT)
            done = site.build()
            assert (done.returncode, done.stderr) == (0, "")
    return Site(folder)


def links(text: str) -> dict[str, str]:
    """Where the links of a page lead, by what they say."""
    found = re.findall(r'<a [^>]*\bhref="([^"]*)"[^>]*>(.*?)</a>', text)
    return {re.sub("<[^>]*>", "", words): uri for uri, words in found}


def test_links_lead_to_documents_anchors_files_and_folders(built: Site) -> None:
    found = links(built.page("notes/0002-reading.html"))
    assert found["there"] == "#how-far"
    assert found["the other one"] == "0001-first.html#how-it-began"
    assert found["the model"] == "../source/harness/model.py.html"
    assert found["all of it"] == "../source/harness.html"
    assert found["where we start"] == "../README.html"


def test_a_path_between_back_quotes_is_a_link_if_it_is_there(built: Site) -> None:
    found = links(built.page("README.html"))
    assert found["notes/README.md"] == "notes/README.html"
    assert found["harness/"] == "source/harness.html"
    assert found["django/fix"] == "source/patches/django/fix.html"
    assert "gone/x.py" not in found


def test_the_notes_come_in_the_order_of_their_index_without_their_numbers(built: Site) -> None:
    found = list(links(built.page("README.html")))
    notes = ["Reports", "By question", "Reading it", "What is first"]
    assert [words for words in found if words in notes] == notes


def test_a_file_is_shown_with_its_lines_and_a_folder_with_what_its_files_say(built: Site) -> None:
    file = built.page("source/harness/model.py.html")
    assert 'id="L3"' in file
    assert "<b>" not in file and "&lt;b&gt;" in file
    folder = built.page("source/harness.html")
    assert "<td>The &lt;nouns&gt;.</td>" in folder
    assert links(folder)["judge/"] == "harness/judge.html"
    assert "<td>mends it</td>" in built.page("source/patches/django.html")


def test_reports_are_copied_and_listed_under_their_own_titles(built: Site) -> None:
    text = built.page("notes/reports.html")
    assert links(text)["&lt;i&gt; breaks 3 tests"] == "../reports/report.html"
    assert re.search(r"<p>\d{4}-\d\d-\d\d \d\d:\d\d UTC</p>", text)
    assert "1 kB" in text
    assert built.page("reports/report.html") == REPORT


def test_nothing_is_fetched_from_elsewhere(built: Site) -> None:
    for page in built.pages():
        assert FETCHED.search(page.read_text("utf-8")) is None, page
    for style in built.out.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//|@import", style.read_text("utf-8")), style


def test_a_later_build_writes_what_has_changed_and_sees_what_has_gone(site: Site) -> None:
    assert site.build().returncode == 0
    assert "There was none when this site was built." in site.page("notes/reports.html")
    before = site.pages()
    site.write("harness/model.py", '"""Other words."""\n')
    site.write("notes/0001-first.md", FILES["notes/0001-first.md"] + "\nAnd more.\n")
    (site.folder / "harness" / "judge" / "verdict.py").unlink()
    site.write("home/reports/report.html", REPORT)
    done = site.build()
    assert (done.returncode, done.stderr) == (0, "")
    after = site.pages()
    gone = {path.relative_to(site.out).as_posix() for path in before.keys() - after.keys()}
    assert gone == {"source/harness/judge/verdict.py.html"}
    written = {
        path.relative_to(site.out).as_posix() for path in after if after[path] != before.get(path)
    }
    assert {"notes/0001-first.html", "source/harness/model.py.html"} <= written
    assert {"source/harness.html", "reports/report.html", "notes/reports.html"} <= written
    assert not {"CHANGELOG.html", "source/patches/django.html"} & written
    assert "Other words." in site.page("source/harness.html")
    (site.folder / "harness" / "model.py").unlink()
    done = site.build()
    assert done.returncode == 1
    assert "notes/0002-reading.md:5: WARNING: " in done.stderr
    assert "../harness/model.py" in done.stderr


def test_a_dead_link_fails_each_build_until_it_is_mended(site: Site) -> None:
    dead = """\
# Dead

[file](../harness/gone.py), [note](0009-gone.md), [folder](../harness/gone/),
[here](#gone), [there](0001-first.md#gone)
"""
    site.write("notes/0003-dead.md", dead)
    site.write("notes/0004-image.md", "# Image\n\n![image](gone.png)\n")
    for _ in range(2):
        done = site.build()
        assert done.returncode == 1
        told = [line for line in done.stderr.splitlines() if "0003-dead.md:" in line]
        for what in ("../harness/gone.py", "0009-gone.md", "../harness/gone/"):
            assert any(what in line for line in told), (what, done.stderr)
        assert sum("'gone'" in line or "'#gone'" in line for line in told) == 2, done.stderr
        assert "0004-image.md:3: WARNING: image file not readable" in done.stderr
    site.write("notes/0003-dead.md", "# Mended\n")
    site.write("notes/0004-image.md", "# Mended\n")
    assert site.build().returncode == 0


def test_a_page_works_as_a_file(built: Site, visitor: Visitor) -> None:
    page = visitor.open(built.out / "index.html")
    page.wait_for_url("**/README.html")
    assert axe_violations(page) == []
    page.get_by_role("link", name="Reading it", exact=True).click()
    page.wait_for_url("**/0002-reading.html")
    page.get_by_role("link", name="the model").click()
    page.wait_for_url("**/model.py.html")
    assert axe_violations(page) == []
    visitor.screenshot(page, "source")


def test_the_search_needs_no_server(built: Site, visitor: Visitor) -> None:
    page = visitor.open(built.out / "README.html")
    page.get_by_placeholder("Search").fill("peculiarities")
    page.keyboard.press("Enter")
    found = page.locator("#search-results a").first
    found.wait_for()
    assert found.inner_text().endswith("what is first")


def test_it_fits_a_phone_in_the_dark_and_without_scripts(built: Site, visitor: Visitor) -> None:
    place = built.out / "notes" / "README.html"
    page = visitor.open(place, width=PHONE, dark=True)
    assert not scrolls_sideways(page)
    assert axe_violations(page) == []
    visitor.screenshot(page)
    page = visitor.open(place, scripts=False)
    assert page.get_by_role("link", name="Reading it", exact=True).is_visible()
