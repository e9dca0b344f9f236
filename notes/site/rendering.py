"""What a page shows of a file or of a folder, as HTML. It knows nothing of Sphinx.

A ``Uri`` says where the page of a file or folder is, seen from the page that is made;
none if it has no page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pygments
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound

Uri = Callable[[Path], str | None]

DOCSTRING = re.compile(r'\A"""(.+?)(?:"""|\n)')
TITLE = re.compile(r'^(?:# |title = ")([^"\n]+)', re.MULTILINE)
LINE = re.compile(r'<span id="L-(\d+)">')
FORMATTER = HtmlFormatter(linenos="inline", linespans="L", wrapcode=True)


def heading(root: Path, relative: Path, uri: Uri) -> str:
    """The path, with a link on each folder above."""
    above = [root / folder for folder in reversed(relative.parents) if folder.parts]
    parts = [anchor(folder.name, uri(folder)) for folder in above]
    return f"<h1>{' / '.join([*parts, anchor(relative.name, None)])}</h1>"


def file_page(path: Path) -> str:
    """A file's lines, highlighted and numbered; line 7 is ``#L7``."""
    data = path.read_bytes()
    if b"\0" in data:
        return f"<p>{len(data)} bytes that are no text.</p>"
    try:
        lexer = get_lexer_for_filename(path.name, stripnl=False)
    except ClassNotFound:
        lexer = TextLexer(stripnl=False)
    shown = pygments.highlight(data.decode("utf-8", "replace"), lexer, FORMATTER)
    return LINE.sub(r'<span id="L\1" class="line">', shown)


def folder_page(paths: Iterable[Path], uri: Uri) -> str:
    """What is in a folder, each with the first line that it says of itself."""
    rows = [
        f"<tr><td>{anchor(f'{path.name}/' if path.is_dir() else path.name, uri(path))}</td>"
        f"<td>{html.escape(first_line(path))}</td></tr>"
        for path in paths
    ]
    table = f'<table class="docutils folder"><tbody>{"".join(rows)}</tbody></table>'
    return f'<div class="table-wrapper docutils container">{table}</div>'


def anchor(name: str, uri: str | None) -> str:
    """A name as code, and as a link if there is somewhere to go."""
    code = f"<code>{html.escape(name)}</code>"
    return f'<a href="{html.escape(uri)}">{code}</a>' if uri else code


def first_line(path: Path) -> str:
    """The first line of a module's docstring, a note's heading, a candidate's title."""
    ours = [path / name for name in ("__init__.py", "candidate.toml")] if path.is_dir() else [path]
    for file in ours:
        if file.is_file() and file.suffix in {".py", ".md", ".toml"}:
            pattern = DOCSTRING if file.suffix == ".py" else TITLE
            if match := pattern.search(file.read_text("utf-8", "replace")):
                return match[1]
    return ""
