"""A patch as a page shows it: line by line, each with what it does.

Owns: telling the lines of a diff apart. Must not know where the diff is from.
"""

from __future__ import annotations

from collections.abc import Iterator

MOST_LINES = 3000
HEADS = ("diff ", "index ", "--- ", "+++ ", "new file", "deleted file", "rename ", "similarity ")


def lines_of(patch: str) -> list[tuple[str, str]]:
    """The kind of each line and its text: ``add``, ``remove``, ``hunk``, ``head``, ``same``."""
    lines = patch.rstrip("\n").split("\n") if patch.strip() else []
    told = list(_kinds(lines[:MOST_LINES]))
    if len(lines) > MOST_LINES:
        told.append(("head", f"… and {len(lines) - MOST_LINES:,} more lines"))
    return told


def _kinds(lines: list[str]) -> Iterator[tuple[str, str]]:
    in_hunk = False
    for line in lines:
        if line.startswith("diff "):
            in_hunk = False
        in_hunk = in_hunk or line.startswith("@@")
        if line.startswith("@@"):
            yield "hunk", line
        elif not in_hunk:
            yield ("head" if line.startswith(HEADS) else "same"), line
        else:
            yield {"+": "add", "-": "remove"}.get(line[:1], "same"), line
