"""A report as the text of a mail.

Owns: what a mail must not have: wide lines, colours, spaces at the end of a line (which would
join it to the next one), a line that looks like the first of another mail or like somebody
else's words. The text is the terminal's, at a mail's width.
"""

from __future__ import annotations

import io
import re

from rich.console import Console

from . import terminal
from .schema import Report

WIDTH = 72
# `From ` begins a mail in an mbox, `>` is a quotation, `--` alone a signature.
MISTAKEN = re.compile(r"^(?=From |>|--\s*$|\.$)", re.MULTILINE)


def render(report: Report) -> str:
    """The report in lines of at most 72 columns."""
    stream = io.StringIO()
    # A column is kept for what ``MISTAKEN`` lines are moved by.
    terminal.show(report, Console(file=stream, width=WIDTH - 1, color_system=None, _environ={}))
    text = "\n".join(line.rstrip() for line in stream.getvalue().splitlines())
    return MISTAKEN.sub(" ", text) + "\n"
