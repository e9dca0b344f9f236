"""What is no patch that can be applied, and why.

Owns: the look of what is refused, and the words for it. Must not know what is taken.
"""

from __future__ import annotations

import re

REMADE = "make it with `git diff --binary` or `diff -Nru`"

# A line that can stand nowhere but in such a diff, and what is said of it.
REFUSED: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"diff --(?:cc|combined) |@@@+ -"),
        "it is the combined diff of a merge, which applies to no single tree; "
        "make it with `git diff FIRST SECOND`",
    ),
    (
        re.compile(r"(?:Binary f|F)iles .+ differ$|Cannot display: file marked as a binary type"),
        f"a binary file differs, and its content is not in it; {REMADE}",
    ),
    (
        re.compile(r"Only in .+: "),
        f"a file is on one side only, and its content is not in it; {REMADE}",
    ),
    (
        re.compile(r"@@ -\d"),
        f"a hunk stands there that names no file; {REMADE}",
    ),
)
NORMAL = re.compile(r"\d+(?:,\d+)?[acd]\d+(?:,\d+)?$")
ED = re.compile(r"(?:\d+(?:,\d+)?[acd]|[acd]\d+ \d+)$")


def reason_of_line(line: str, following: str) -> str:
    """Why a line outside of any hunk makes the whole patch unfit; empty if it does not."""
    for look, reason in REFUSED:
        if look.match(line):
            return reason
    if NORMAL.match(line) and following[:2] in ("< ", "> ", "<", ">"):
        return f"it is a normal diff, which has no context to be found by; {REMADE}"
    return ""


def reason_of_nothing(text: str) -> str:
    """Why there is no change of any file in a text."""
    if not text.strip():
        return "it is empty, so there is nothing to judge; make one with `git diff`"
    if any(map(ED.match, text.splitlines())):
        return f"it is an ed script, which names no file and can not be checked; {REMADE}"
    return (
        "no patch in it, so there is nothing to judge; "
        "make one with `git diff` or `git format-patch`"
    )


def in_one_line(text: str) -> str:
    """What is said of a patch, without what its names would do to a terminal."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
