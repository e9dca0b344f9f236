"""The claims of the notes: commands, and what is said that they print.

A program of its own: ``nox -s claims``. Owns: the marks in the notes (notes/README.md says
what they mean), and when what is printed is what is shown. Must not know what any command
is about.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent.parent
PROSE = ("notes/*.md", "README.md", "CONTRIBUTING.md")
CLAIM = "claim"
DATE = re.compile(r"\d{4}-\d\d-\d\d")
BLOCK = re.compile(r"^```console(?: (?P<mark>\S+))?\n(?P<body>\$ .*?)^```$", re.M | re.S)
PROMPT = "$ "
CUT = "[…]"
# What is never twice the same: a time, and how wide it is.
VARYING = re.compile(r"(\d[\d.,]* ?m?s\b)|( {2,})|(\[…\])")
DEADLINE = 60.0  # seconds; what takes longer has a date instead
KEPT, BROKEN = 0, 1


class Step(NamedTuple):
    """A command, and the lines that it is said to print."""

    command: str
    shown: tuple[str, ...]


class Block(NamedTuple):
    """A block of a note: its place, its mark, and its commands in order."""

    place: str
    mark: str
    steps: tuple[Step, ...]

    @property
    def shows(self) -> bool:
        """Whether it says what anything prints; if not, it only says what to type."""
        return any(step.shown for step in self.steps)

    @property
    def is_marked(self) -> bool:
        """Whether it can be told what becomes of it."""
        return self.mark == CLAIM or bool(DATE.fullmatch(self.mark))


def blocks(name: str, text: str) -> Iterator[Block]:
    """The blocks of a note that begin with a command."""
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Block(f"{name}:{line}", match["mark"] or "", tuple(_steps(match["body"])))


def prose(folder: Path = PROJECT) -> Iterator[Block]:
    """The blocks of everything that people read here."""
    for pattern in PROSE:
        for path in sorted(folder.glob(pattern)):
            yield from blocks(str(path.relative_to(folder)), path.read_text("utf-8"))


def is_as_shown(shown: Sequence[str], printed: str) -> bool:
    """Whether a command printed what is shown, but for times and for what is cut."""
    pattern = "".join(map(_pattern, shown))
    return bool(re.fullmatch(pattern, "".join(f"{line}\n" for line in _lines(printed))))


def difference(shown: Sequence[str], printed: str) -> str:
    """Both, line by line."""
    lines = difflib.unified_diff(shown, _lines(printed), "shown", "printed", lineterm="")
    return "\n".join(lines)


def printed_by(command: str, folder: Path) -> str:
    """What a command prints in ``folder``; why there is no telling, if it does not end."""
    tools = Path(sys.executable).parent
    env = os.environ | {
        "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(PROJECT),
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }
    try:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"(not over after {DEADLINE:g} s: give it a date instead of `{CLAIM}`)"
    return done.stdout


def broken(claim: Block, folder: Path) -> list[str]:
    """How what a claim's commands print differs from what it shows."""
    found = []
    for step in claim.steps:
        printed = printed_by(step.command, folder)
        if not is_as_shown(step.shown, printed):
            found.append(f"{PROMPT}{step.command}\n{difference(step.shown, printed)}")
    return found


def main(words: Sequence[str]) -> int:
    """Run the claims below a folder (the project's), and list the dated ones, oldest first."""
    folder = Path(words[0]) if words else PROJECT
    found = list(prose(folder))
    status = KEPT
    for claim in (each for each in found if each.mark == CLAIM):
        differences = broken(claim, folder)
        print(f"{claim.place}: {'no longer so' if differences else 'as shown'}", flush=True)
        for text in differences:
            print(text, flush=True)
            status = BROKEN
    for block in unmarked(found):
        print(f"{block.place}: shows what is printed, and has neither `{CLAIM}` nor a date")
        status = BROKEN
    for block in sorted((b for b in found if DATE.fullmatch(b.mark)), key=lambda b: b.mark):
        print(f"{block.place}: seen on {block.mark}: {block.steps[0].command.splitlines()[0]}")
    return status


def unmarked(found: Iterable[Block]) -> list[Block]:
    """Those that show what is printed, so that nobody knows when, or whether it is still so."""
    return [block for block in found if block.shows and not block.is_marked]


def _steps(body: str) -> Iterator[Step]:
    command: list[str] = []
    shown: list[str] = []
    goes_on = False
    for line in body.splitlines():
        if goes_on:
            command.append(line)
        elif line.startswith(PROMPT):
            if command:
                yield Step("\n".join(command), tuple(shown))
            command, shown = [line.removeprefix(PROMPT)], []
        else:
            shown.append(line)
            continue
        goes_on = line.endswith("\\")
    yield Step("\n".join(command), tuple(shown))


def _pattern(line: str) -> str:
    """A line as a regular expression; what is cut out may be any number of lines."""
    if line.strip() == CUT:
        return r"(?:.*\n)*?"
    found, last = "", 0
    for match in VARYING.finditer(line.rstrip()):
        found += re.escape(line[last : match.start()])
        found += r"\d[\d.,]* ?m?s\b" if match[1] else " +" if match[2] else ".*"
        last = match.end()
    return found + re.escape(line[last:].rstrip()) + r"\n"


def _lines(printed: str) -> list[str]:
    return [line.rstrip() for line in printed.strip("\n").splitlines()] if printed.strip() else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
