"""The table of contents, which stands beside every page of the site.

Nobody writes it: the notes come in the order of their index by question, under their
own titles. It is put at the end of the README while that is read.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

INDEX = "notes/README"
REPORTS = "notes/reports"
FIRST = ("CONTRIBUTING", "CHANGELOG", REPORTS)
NOTE = re.compile(r"(notes/[\w-]+)\.md")
HEADING = re.compile(r"^# (?:\d+: )?(.+)$", re.MULTILINE)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("source-read", append_contents)
    return {"version": "1", "parallel_read_safe": True}


def append_contents(app: Sphinx, docname: str, text: list[str]) -> None:
    """Put the contents at the end of the front page."""
    if docname != app.config.root_doc:
        return
    notes = in_order(app)
    for name in notes:
        app.env.note_dependency(app.env.doc2path(name))  # a note's title may become another
    first = [name for name in FIRST if name in app.env.found_docs]
    text[0] += toctree("The workbench", first)
    text[0] += toctree("Notes", [f"{title(app.env.doc2path(name))} <{name}>" for name in notes])


def in_order(app: Sphinx) -> list[str]:
    """The index of the notes, those that it names, and at the end those that it forgets."""
    named = NOTE.findall(Path(app.env.doc2path(INDEX)).read_text("utf-8"))
    here = sorted(name for name in app.env.found_docs if NOTE.fullmatch(f"{name}.md"))
    order = dict.fromkeys([INDEX, *named, *here])
    return [name for name in order if name in here and name != REPORTS]


def title(file: Path) -> str:
    """A note's heading without its number: what comes first is what it is about."""
    match = HEADING.search(Path(file).read_text("utf-8"))
    words = match[1] if match else file.stem
    first, *rest = words.split(" ")
    if first.isalpha():  # not `report.json`, which is a name
        first = first[0].upper() + first[1:]
    return " ".join([first, *rest])


def toctree(caption: str, entries: list[str]) -> str:
    """A directive that shows nothing where it stands."""
    lines = ["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *entries, "```", ""]
    return "\n".join(lines)
