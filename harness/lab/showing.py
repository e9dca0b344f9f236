"""Exchanges on standard output: timelines, a drawing where there is a terminal, a count.

Owns what is printed and in which order. It must not know how an exchange is made, nor
files.
"""

from __future__ import annotations

import os
import shutil
from typing import Final, TextIO

from .drawing.terminal import WIDTH, text
from .drawing.words import clean
from .observation import Observation
from .rates import interval
from .saving import worst

NARROWEST: Final = 60
"""Characters: a terminal of less has lines that wrap, rather than lanes without labels."""

WIDEST: Final = 100


def drawable(out: TextIO) -> bool:
    """Whether it is a terminal that knows lines and arrows; a pipe gets the timeline alone."""
    encoding = (out.encoding or "").lower().replace("-", "")
    return out.isatty() and os.environ.get("TERM") != "dumb" and encoding == "utf8"


def width() -> int:
    """How many characters a drawing takes up: those of the terminal, within reason."""
    columns = shutil.get_terminal_size((WIDTH, 24)).columns
    return min(max(columns, NARROWEST), WIDEST)


def show(seen: list[Observation], out: TextIO, drawn: bool) -> None:
    """Print each timeline and what it amounts to; with ``drawn``, the worst as a drawing."""
    for observation in seen:
        print(_fit(observation.timeline()), file=out)
        print(_fit(f"=> {observation.verdict or observation.headline()}") + "\n", file=out)
    if drawn:
        if len(seen) > 1:
            print("the worst of them:", file=out)
        print("\n".join(text(worst(seen), width())) + "\n", file=out)
    if len(seen) > 1:
        bad = sum(not observation.good for observation in seen)
        low, high = interval(bad, len(seen))
        print(
            f"{bad} of {len(seen)} exchanges went wrong"
            f" (95 % interval of the rate: {low:.0%} to {high:.0%})",
            file=out,
        )


def _fit(lines: str) -> str:
    """What a terminal does not obey: a file may say anything."""
    return "\n".join(clean(line, 1000) for line in lines.split("\n"))
