"""The words of a message without what changes from run to run. Pure.

Owns: that pattern. Names of attributes, arguments and modules stay: they are what tells
one failure from another.
"""

from __future__ import annotations

import re

MOST = 300
HINT = re.compile(r"[.;]? (?:Did you (?:mean|forget)|Perhaps you forgot|Maybe you meant)\b.*$")
STEPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (HINT, ""),
    # Some Pythons say to which class a method belongs, others do not.
    (re.compile(r"\b(?:\w+\.)+(?:<locals>\.)?(\w+\(\))"), r"\1"),
    (re.compile(r"<(\w[\w.]*)[^<>]*>"), r"<\1>"),
    (re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"), "UUID"),
    (re.compile(r"\b0x[0-9a-fA-F]+\b"), "N"),
    (re.compile(r"(?<![\w/])(?:[\w.@+-]*/)[\w.@+-]+(?:/[\w.@+-]+)*/?"), "PATH"),
    (re.compile(r"\btmp\w{6,}"), "TMP"),
    # Anything quoted that is no name: data.
    (re.compile(r"""(?<!\w)(['"])(?![A-Za-z_][A-Za-z_.]*\1)(?:(?!\1).)*\1(?!\w)"""), "'…'"),
    # A table's alias in SQL is a letter and a number; both are counted up.
    (re.compile(r"\b[A-Z]\d+\b"), "ALIAS"),
    (re.compile(r"\d+(?:[.,:]\d+)*"), "N"),
    (re.compile(r"\s+"), " "),
)


def pattern(message: str) -> str:
    """The first line of a message in which numbers, addresses, paths, identifiers made up on
    the way and quoted data are one word each."""
    lines = message.strip().splitlines()
    text = lines[0][: 4 * MOST] if lines else ""
    for what, by in STEPS:
        text = what.sub(by, text)
    return text.strip()[:MOST]
