"""The forms in which a report can be printed or written, by name and by a file's name.

Owns: that table. Must not know how a form looks; a renderer is loaded when it is asked for,
so that the command line can name them all and stay quick. A new form is a module with
``render``, a line in ``FORMATS``, and one in ``SUFFIXES`` if it makes a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from .schema import Report

Renderer = Callable[["Report"], str]


def _renderer(module: str) -> Renderer:
    """``render`` of a module of this package, which is imported when it is first called."""

    def render(report: Report) -> str:
        return cast(Renderer, import_module(f".{module}", __package__).render)(report)

    return render


FORMATS: Mapping[str, Renderer] = {
    "markdown": _renderer("markdown"),
    "html": _renderer("pages.judged"),
    "github": _renderer("github"),
    "trac": _renderer("trac"),
    "mail": _renderer("mail"),
    "json": _renderer("schema"),
    "junit": _renderer("junit"),
    "sarif": _renderer("sarif"),
    "tap": _renderer("tap"),
}
SUFFIXES: Mapping[str, str] = {
    ".md": "markdown",
    ".html": "html",
    ".json": "json",
    ".xml": "junit",
    ".sarif": "sarif",
    ".tap": "tap",
}


def format_of(file: str) -> str:
    """The format that a file's name asks for; empty if it asks for none."""
    return SUFFIXES.get(Path(file).suffix.lower(), "")


def write(report: Report, files: Iterable[str]) -> None:
    """Write the report into each of the files, in the form that its name asks for.

    Raises ``WorkbenchError`` if one of them can not be written.
    """
    from .schema import write_text

    for file in files:
        write_text(Path(file), FORMATS[format_of(file)](report))
