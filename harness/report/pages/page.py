"""The shell of every page: one file of HTML with its style and its script inside.

Owns: how templates are found and filled, and what is done to text from outside. Must not
know what a page is about. A page needs no network and no script: what the script adds is
filtering, a switch for light and dark, and opening what a link leads to.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from ... import __version__
from ...system.digests import digest
from .. import summary

FOLDER = Path(__file__).with_name("templates")
MOST_TEXT = 100_000  # characters of one value: a page has to open
DIGITS = 10
KEPT = "\n\t"
STAND_IN = "\ufffd"
# What turns the direction of text around can make it read as something else.
TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def render(template: str, title: str, styles: Iterable[str] = (), **values: object) -> str:
    """A whole page from a template of ``templates/`` that extends ``page.html``.

    ``title`` is text. ``styles`` is further CSS, of this program's own making. Values are
    escaped; what is HTML already is of type ``markupsafe.Markup``.
    """
    shown = _environment().get_template(template)
    return shown.render(
        title=title,
        style=Markup("\n".join([_own("style.css"), *styles])),
        script=Markup(_own("script.js")),
        workbench=__version__,
        **values,
    )


def anchor(*words: str) -> str:
    """An id for a place in a page, and the same for the same words in every page.

    It begins with the first word, which is the page's own; the rest may be of any text.
    """
    name = chr(0).join(words[1:]).encode("utf-8", "surrogatepass")
    return f"{words[0]}-{digest(name)[:DIGITS]}"


def readable(value: object) -> object:
    """A value as a page shows it: no control characters, no half characters, no end of it.

    HTML that this program made itself stays as it is.
    """
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    if len(value) > MOST_TEXT:
        value = f"{value[:MOST_TEXT]}… and {len(value) - MOST_TEXT:,} more characters"
    if value.isprintable() and not TURNING.intersection(value):
        return value
    return "".join(map(_letter, value))


def _minutes(seconds: float) -> str:
    """``12.5 min``, or ``3.2 h``."""
    minutes = seconds / 60
    return f"{minutes:.1f} min" if minutes < 100 else f"{minutes / 60:,.1f} h"


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "")


def _shown(value: object) -> object:
    """What stands in a page for a value: what one makes of text from outside is from outside."""
    return readable(value if isinstance(value, Markup | int | float) else str(value))


def _letter(letter: str) -> str:
    if letter in KEPT or (letter.isprintable() and letter not in TURNING):
        return letter
    return " " if letter.isspace() else STAND_IN


def style_of(name: str) -> str:
    """A style sheet of ``templates/``, for a page that needs more than every page does."""
    return _own(name)


@cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "test_name": summary.test_name,
        "seconds": summary.seconds,
        "percent": summary.percent,
        "minutes": _minutes,
        "first_line": _first_line,
        "is_longer": lambda text: len(text.splitlines()) > 1,
    }
    made.globals |= {"anchor": anchor}
    return made


@cache
def _own(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")
