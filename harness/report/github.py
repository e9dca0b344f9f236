"""A report as Markdown for GitHub: a comment on a pull request, or a job's summary.

Owns: that language. What comes from outside stands in code spans, so that it is no markup and
calls nobody: GitHub makes links of ``@name`` and ``#1``, and notes in the threads that they
name. Must not know what stands on the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ..model import Judgement
from . import page, summary
from .schema import Report

COMMENT = 65_536  # what GitHub takes as a comment, in characters; bytes are never fewer
STEP_SUMMARY = 1024**2  # and as the summary of a step, in bytes

# Words of which GitHub makes neither markup nor a reference, wherever they stand in a line.
TAME = re.compile(
    r"(?!.*(?://|www\.|:\w|[gG][hH]-\d|\b[0-9a-f]{7,}\b)|\d+[.)]$)"
    r"(?:[-+(]?[^\W_](?:[^\W_]|[.,;:()/+=…→·%✓✗?'-])*|[…→·✓✗?%])"
)


def render(report: Report, limit: int = COMMENT) -> str:
    """The report in at most so many bytes: a screen, and details that are folded."""
    return page.render(report, GITHUB, limit)


def text(words: str) -> str:
    """Words without markup, HTML and references: those that might be such are code."""
    runs = groupby(summary.one_line(words).split(), lambda word: bool(TAME.fullmatch(word)))
    return " ".join(" ".join(run) if tame else code(" ".join(run)) for tame, run in runs)


def code(words: str) -> str:
    """Words as code, in which GitHub sees neither markup nor references."""
    line = summary.one_line(words).replace("`", "'").strip()
    return f"`{line}`" if line else ""


def _strong(words: str) -> str:
    return f"**{words}**"


def _item(line: str, level: int) -> str:
    return f"{'  ' * level}- {line}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], short: int) -> Iterator[str]:
    yield _row(heads)
    yield f"|{' --- |' * short}{' ---: |' * (len(heads) - short)}"
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    """A bar ends a cell, even inside of code; a table takes the backslash before it away."""
    whole = (cell.replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(whole)} |"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", f"<details><summary>{title}</summary>", "")
    yield from lines
    yield from ("", "</details>")


def _title(judged: Judgement) -> str:
    """Inside of HTML, where Markdown's own signs mean nothing."""
    name, base = (html.escape(summary.one_line(each)) for each in (judged.name, judged.base))
    return f"{page.sign(judged)} <code>{name}</code> on {base}: <b>{judged.verdict}</b>"


GITHUB = page.Language(text, code, _strong, _item, _table, _section, _title)
