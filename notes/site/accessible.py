"""What axe finds to be wrong in the theme's pages for people without a mouse or without sight."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

EARLY = 150  # before the theme takes what is mended here, and after ``sources`` has it shared


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("html-page-context", mend, priority=EARLY)
    return {"version": "1", "parallel_read_safe": True}


def mend(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Let the keyboard scroll what is wider than the page, and say how deep a heading is."""
    if "body" in context:
        context["body"] = context["body"].replace("<pre>", '<pre tabindex="0">')
    make = context["toctree"]

    def toctree(**how: Any) -> str:
        made: str = make(**how)
        return made.replace('role="heading"', 'role="heading" aria-level="2"')

    context["toctree"] = toctree
