"""The reports that the workbench wrote, as they are, and a list of them on their page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from contents import REPORTS
from docutils import nodes
from mentions import PAGE
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

HEAD = 65536  # characters in which a page's title is looked for
KILO = 1000  # bytes
UNDER = "reports"  # the folder of the site in which they are
NONE = "There was none when this site was built."


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("env-get-outdated", outdated)
    app.connect("doctree-read", add_list)
    app.connect("build-finished", copy)
    return {"version": "1", "parallel_read_safe": True}


def found(app: Sphinx) -> list[Path]:
    """The pages in the workbench's folder of reports, the newest first."""
    home = Path(os.environ.get("WORKBENCH_HOME") or Path(app.srcdir, ".workbench"))
    pages = [path for path in home.glob("reports/*.html") if path.is_file()]
    return sorted(pages, key=lambda path: (-path.stat().st_mtime, path.name))


def outdated(app: Sphinx, *_: object) -> Sequence[str]:
    """Have the list made anew each time: Sphinx does not see when a report is written."""
    return [REPORTS] if REPORTS in app.env.found_docs else []


def add_list(app: Sphinx, doctree: nodes.document) -> None:
    """Put the list at the end of the page."""
    if app.env.docname != REPORTS:
        return
    pages = found(app)
    rows = [row(path) for path in pages]
    # The page's heading may have been made the document's own, or be a section's.
    end = doctree[-1] if isinstance(doctree[-1], nodes.section) else doctree
    end += table(["Report", "Written", "Size"], rows) if rows else nodes.paragraph("", NONE)


def row(path: Path) -> list[nodes.Element]:
    """A link under the report's own title, when it was written, and its size."""
    state = path.stat()
    name = nodes.inline("", title(path))
    link = addnodes.pending_xref(
        "", name, reftype=PAGE, refdoc=REPORTS, reftarget=f"{UNDER}/{path.stem}"
    )
    written = datetime.fromtimestamp(state.st_mtime, UTC)
    cells = [f"{written:%Y-%m-%d %H:%M} UTC", f"{max(1, round(state.st_size / KILO)):,} kB"]
    return [nodes.paragraph("", "", link), *(nodes.paragraph("", cell) for cell in cells)]


def table(head: list[str], rows: list[list[nodes.Element]]) -> nodes.table:
    """A table as docutils has it."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in head), cols=len(head))
    heads = [nodes.paragraph("", name) for name in head]
    group += nodes.thead("", nodes.row("", *(nodes.entry("", cell) for cell in heads)))
    body = [nodes.row("", *(nodes.entry("", cell) for cell in cells)) for cells in rows]
    group += nodes.tbody("", *body)
    return nodes.table("", group)


class TitleParser(HTMLParser):
    """Reads what stands in the first ``<title>``."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = False
        self.title = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside = tag == "title" and not self.title

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        self.inside = False


def title(path: Path) -> str:
    """The title of a page; its file name if it has none."""
    parser = TitleParser()
    with path.open(encoding="utf-8", errors="replace") as stream:
        parser.feed(stream.read(HEAD))
    return " ".join(parser.title.split()) or path.name


def copy(app: Sphinx, error: Exception | None) -> None:
    """Put the reports into the site, and take out those that are gone."""
    if error or not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    folder = Path(app.outdir, UNDER)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in found(app):
        shutil.copy2(path, folder)
