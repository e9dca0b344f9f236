"""The summary of a step of GitHub Actions, where this is one.

Owns: the file that ``$GITHUB_STEP_SUMMARY`` names. Must not know what is written into it. That
it can not be written is no reason for a run to fail.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from ..report.github import STEP_SUMMARY

VARIABLE = "GITHUB_STEP_SUMMARY"
CUT = "\n\n… the rest does not fit here.\n"


def append(render: Callable[[int], str], errors: Console) -> None:
    """Append Markdown to the summary; ``render`` makes it in at most so many bytes of UTF-8.

    Nothing happens outside of GitHub Actions; a failure is one line on ``errors``.
    """
    name = os.environ.get(VARIABLE)
    if not name:
        return
    path = Path(name)
    try:
        taken = path.stat().st_size if path.exists() else 0
        text = cut(render(max(STEP_SUMMARY - taken, 0)), STEP_SUMMARY - taken)
        with path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError as error:
        told = f"warning: ${VARIABLE} was not written: {error}"
        errors.print(told, markup=False, highlight=False, soft_wrap=True)


def cut(text: str, limit: int) -> str:
    """The text in at most so many bytes: whole lines, and that there were more."""
    if len(text.encode(errors="replace")) <= limit:
        return text
    room, kept = limit - len(CUT.encode()), []
    for line in text.splitlines(keepends=True):
        room -= len(line.encode(errors="replace"))
        if room < 0:
            break
        kept.append(line)
    return "".join(kept).rstrip() + CUT if limit >= len(CUT.encode()) else ""
