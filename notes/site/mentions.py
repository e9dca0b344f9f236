"""Links to what a page names: `harness/model.py` becomes one, and so does `[it](../harness)`.

Links between documents are Sphinx's and MyST's own business. These are the ones that
would lead out of the site: to source files and folders, and paths between back quotes,
which readers of the repository have before them.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sources import page_name
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment

# A path that is named without its first folder: `judge/exact.py`, `django/fix-32472`.
STARTS = ("", "harness", "patches")
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
PAGE = "workbench-page"  # the kind of reference that leads to a page beside the documents
EARLY = 100  # before Sphinx collects what is to be downloaded


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("doctree-read", find, priority=EARLY)
    app.connect("missing-reference", resolve)
    return {"version": "1", "parallel_read_safe": True}


def find(app: Sphinx, doctree: nodes.document) -> None:
    """Mark what is to become a link, once all documents are known."""
    for literal in list(doctree.findall(nodes.literal)):
        if (path := named(app, literal.astext())) and not within_link(literal):
            literal.replace_self(reference(app, path, literal.deepcopy()))
    kinds = (addnodes.download_reference, addnodes.pending_xref)
    for link in [node for kind in kinds for node in doctree.findall(kind)]:
        if link.get("reftype") == "myst" and link.get("refdomain") is None:
            folder = posixpath.dirname(app.env.docname)
            path = Path(posixpath.normpath(Path(app.srcdir, folder, link["reftarget"])))
            if page_name(app, path):
                link.replace_self(reference(app, path, *link.children))


def named(app: Sphinx, text: str) -> Path | None:
    """The file or folder that a text names, if it names one."""
    if not PATH.fullmatch(text) or not ("/" in text or "." in text):
        return None
    for start in STARTS:
        path = Path(posixpath.normpath(Path(app.srcdir, start, text)))
        if path.exists() and page_name(app, path):
            return path
    return None


def within_link(node: nodes.Node) -> bool:
    """Whether a node is part of a link or of a heading."""
    while node := node.parent:
        kinds = (nodes.reference, nodes.title, addnodes.pending_xref, addnodes.download_reference)
        if isinstance(node, kinds):
            return True
    return False


def reference(app: Sphinx, path: Path, *content: nodes.Node) -> addnodes.pending_xref:
    """A link that is made when the site is written. The page is read again when the file that
    it leads to has changed, so that a link to a file that has gone is told."""
    if path.is_file():
        app.env.note_dependency(path)
    inline = nodes.inline("", "", *content)
    return addnodes.pending_xref(
        "", inline, reftype=PAGE, refdoc=app.env.docname, reftarget=page_name(app, path)
    )


def resolve(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, content: nodes.Element
) -> nodes.Node | None:
    """Make a link to a page of the site, where a site is built."""
    if node["reftype"] != PAGE:
        return None
    if not isinstance(app.builder, StandaloneHTMLBuilder):
        return content
    uri = app.builder.get_relative_uri(node["refdoc"], node["reftarget"])
    return nodes.reference("", "", content, internal=True, refuri=uri)
