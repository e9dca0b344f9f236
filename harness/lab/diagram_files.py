"""A diagram as a file of its own: an SVG, or a page with the timelines below it.

Owns what such a file holds beside the diagram. Both need no network and run no script.
Pure: it must not know files.
"""

from __future__ import annotations

from html import escape

from .diagram import KEY, STYLE, sequence
from .drawing.words import clean
from .observation import Observation

SAFE = "default-src 'none'; style-src 'unsafe-inline'"
PAGE_STYLE = (
    "body{margin:1rem;background:var(--sq-bg);color:var(--sq-ink);"
    "font:15px/1.4 system-ui,sans-serif}"
    "h1{font-size:1.1rem}h2{font-size:1rem}"
    "pre{font-size:12px;overflow-x:auto}"
)

Sides = tuple[tuple[str, Observation], ...]
"""What is drawn side by side: a label (which may be empty) and what was seen, each."""


def svg_file(sides: Sides) -> str:
    """The text of an SVG file."""
    drawn = sequence(*sides, ident="exchange")
    start = drawn.index(">") + 1
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{drawn[:start]}<style>{STYLE}</style>'
        f"{drawn[start:]}\n"
    )


def html_file(sides: Sides) -> str:
    """The text of an HTML file."""
    seen = sides[0][1]
    title = escape(clean(f"{seen.request} to {seen.server} over {seen.link} by {seen.client}", 200))
    parts = [
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{SAFE}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}{PAGE_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{title}</h1>\n"
        f'<div class="sq-box" tabindex="0" role="group" aria-label="sequence diagram">'
        f"{sequence(*sides, ident='exchange')}</div>\n"
        f"<details><summary>How to read it</summary>"
        f'<div class="sq-box" tabindex="0" role="group" aria-label="key">{KEY}</div></details>\n'
    ]
    for label, each in sides:
        heading = escape(clean(f"{label}: {each.headline()}".removeprefix(": "), 200))
        log = "\n".join(clean(line, 400) for line in each.timeline().split("\n"))
        parts.append(
            f'<h2>{heading}</h2>\n<pre tabindex="0" role="group" aria-label="timeline">'
            f"{escape(log)}</pre>\n"
        )
    return "".join([*parts, "</main>\n</body>\n</html>\n"])
