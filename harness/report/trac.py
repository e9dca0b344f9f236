"""A report in Trac's WikiFormatting, for Django's tickets.

Owns: that language. What comes from outside stands in backticks, where Trac sees no markup and
no link. Must not know what stands on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ..model import Judgement
from . import page, summary
from .schema import Report

COMMENT = 262_144  # Trac's own limit of a comment, in characters; bytes are never fewer

# Words that Trac leaves as they are; it has many languages of links, and sites add more.
TAME = re.compile(r"(?!r\d|.*(?:__|--|//|,,|==|[A-Z][a-z]+[A-Z]|\w:\w))[\w.,;:()/+=…→·%✓✗?-]+")


def render(report: Report, limit: int = COMMENT) -> str:
    """The report in at most so many bytes: a screen, then the details."""
    return page.render(report, TRAC, limit)


def text(words: str) -> str:
    """Words in which nothing is markup or a link: those that might be are code."""
    runs = groupby(summary.one_line(words).split(), lambda word: bool(TAME.fullmatch(word)))
    return " ".join(" ".join(run) if tame else code(" ".join(run)) for tame, run in runs)


def code(words: str) -> str:
    """Words as code, in which Trac sees nothing but a backtick; a cell ends at two bars."""
    line = summary.one_line(words).replace("`", "'").replace("||", "| |").strip()
    return f"`{line}`" if line else ""


def _strong(words: str) -> str:
    return f"'''{words}'''"


def _item(line: str, level: int) -> str:
    return f"{'  ' * level} * {line}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], _: int) -> Iterator[str]:
    yield f"||{'||'.join(f'={head or chr(32)}=' for head in heads)}||"
    yield from (f"|| {' || '.join(cell or ' ' for cell in row)} ||" for row in rows)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", f"== {title} ==")
    yield from lines


def _title(judged: Judgement) -> str:
    name, base = code(judged.name), text(judged.base)
    return f"{page.sign(judged)} {name} on {base}: {judged.verdict}"


TRAC = page.Language(text, code, _strong, _item, _table, _section, _title)
