"""Text from outside as text and nothing else: no control character, no command to a terminal.

Owns: that. Must not know any form, nor what it takes for markup.
"""

from __future__ import annotations

import re

from . import summary

# What a terminal takes for a command: colours, above all.
STEERING = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")


def printable(text: str) -> str:
    """Lines without what is no character to XML, or a command to a terminal."""
    lines = STEERING.sub("", text).splitlines()
    return "\n".join(summary.one_line(line.expandtabs()).rstrip() for line in lines)


def one_line(text: str) -> str:
    """The same, as one line."""
    return " ".join(printable(text).split("\n"))
