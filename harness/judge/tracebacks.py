"""What a failed test says of where it was: the frames and the words of its last exception.

Owns: the shapes in which Python, pytest and faulthandler write that down. Must not know
what makes two failures the same, nor which code is whose. The text is whatever a process
printed, or the end of it: nothing here raises, and what is not there stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model import Value

HEADER = "Traceback (most recent call last):"
GROUP_HEADER = "Exception Group Traceback (most recent call last):"
FRAME = re.compile(r'^[ |]*File "(?P<path>[^"]+)", line (?P<line>\d+), in (?P<name>.+)$')
# The members of an exception group follow this line; the group itself is what was raised.
MEMBERS = re.compile(r"^\s*\+-\+-+ 1 -+")
MARKS = re.compile(r"^[\s|]*[~^\s]*[~^][~^\s]*$|^\s*\[Previous line repeated |^\s*\.\.\.<")
EXCEPTION = re.compile(r"^(?P<type>[^\W\d][\w.<>]*)(?:: ?(?P<text>.*))?$")
CHAIN = re.compile(
    r"^(?:During handling of the above exception, another exception occurred"
    r"|The above exception was the direct cause of the following exception):$"
)
PLACE = re.compile(
    r"^(?P<path>\S[^:]*\.\w+):(?P<line>\d+):(?: in (?P<name>\S+)| (?P<type>[\w.]+))?\s*$"
)
DEFINITION = re.compile(r"^[> ]\s*(?:async )?def (?P<name>\w+)")
LOADER = re.compile(
    r"\w+: Failed to (?:import test module|access attribute|call load_tests)"
    r"|ImportError while (?:importing|loading)"
)
THREAD = re.compile(r"^(?:Current thread|Thread) 0x[0-9a-fA-F]+.*most recent call first")
STACK_FRAME = re.compile(r'^\s*File "(?P<path>[^"]+)", line .+? in (?P<name>.+)$')


class Frame(Value, frozen=True):
    """One call: the file as it was printed, the function, and the lines of its statement.

    ``number`` is that of the first of these lines, 0 where nobody says it.
    """

    path: str
    function: str
    lines: tuple[str, ...] = ()
    number: int = 0

    def with_line(self, line: str) -> Frame:
        """The same with one more line of its statement."""
        return Frame(self.path, self.function, (*self.lines, line.strip()), self.number)


class Raised(Value, frozen=True):
    """The last exception of a chain: its type without the module, and its first line.

    ``frames`` go from the outermost to the innermost. ``is_whole``: the outermost one is
    known; long details are kept only from their end.
    """

    type: str = ""
    message: str = ""
    frames: tuple[Frame, ...] = ()
    is_whole: bool = False


def last_raised(reason: str, detail: str) -> Raised:
    """What a detail says of the exception that ``reason`` (``Type: first line``) tells.

    A message may hold tracebacks of other processes; only a reason that is in none of them
    leaves the choice to the last one. A loader's message holds what it met.
    """
    lines = detail.splitlines()
    told = split(reason)
    starts = [n for n, line in enumerate(lines) if line.strip(" +") in (HEADER, GROUP_HEADER)]
    found = [_of_python(lines[start + 1 :]) for start in starts]
    if found and is_of_loader(reason, detail):
        return found[-1]
    if found:
        agreeing = [each for each in found if (each.type, each.message[:400]) == _start(told)]
        return (agreeing or found)[-1]
    cut = _of_python(lines)
    if cut.frames:
        named = _start(told) if told[0] else (cut.type, cut.message)
        return Raised(named[0], named[1], cut.frames)
    if any(PLACE.match(line) for line in lines):
        return _of_pytest(_after_chain(lines), told)
    return Raised(*told)


def is_of_loader(reason: str, detail: str) -> bool:
    """Whether a runner put its own exception around what it met while it loaded a test."""
    return any(LOADER.match(text.lstrip()) for text in (reason, detail))


def main_thread(stacks: str) -> tuple[Frame, ...]:
    """The main thread's frames in faulthandler's stacks of all, the innermost first.

    faulthandler goes from the newest thread to the oldest, so the last one is the main one.
    """
    found: list[Frame] = []
    for line in stacks.splitlines():
        if THREAD.match(line):
            found = []
        elif frame := STACK_FRAME.match(line):
            found.append(Frame(frame["path"], frame["name"]))
    return tuple(found)


def split(line: str) -> tuple[str, str]:
    """``module.Type: message`` as the type's own name and the message."""
    found = EXCEPTION.match(line.strip())
    if not found or (found["text"] is None and " " in line.strip()):
        return "", line.strip()
    return found["type"].rpartition(".")[2], (found["text"] or "").strip()


def _number(digits: str) -> int:
    """A line's number; text can hold more digits than Python makes a number of."""
    return int(digits[:9])


def _start(told: tuple[str, str]) -> tuple[str, str]:
    return told[0], told[1][:400]


def _of_python(lines: Sequence[str]) -> Raised:
    """The frames after a header, up to the exception, which is the first line at the margin."""
    frames: list[Frame] = []
    for line in lines:
        if MEMBERS.match(line):
            break
        if found := FRAME.match(line):
            frames.append(
                Frame(found["path"], found["name"].strip(), number=_number(found["line"]))
            )
            continue
        text = line.removeprefix("  |") if line.startswith("  | ") else line
        is_group = text is not line
        if text.strip() and not text[is_group:].startswith(" "):
            if not frames:
                # The end of a cut line, or a prefix: a subtest's name, or a syntax error's.
                named = split(text)
                if named[0]:
                    return Raised(*named, is_whole=True)
                continue
            return Raised(*split(text), tuple(frames), is_whole=True)
        if frames and text.strip() and not MARKS.match(line):
            frames[-1] = frames[-1].with_line(text)
    return Raised("", "", tuple(frames))


def _after_chain(lines: Sequence[str]) -> Sequence[str]:
    ends = [number + 1 for number, line in enumerate(lines) if CHAIN.match(line)]
    return lines[ends[-1] :] if ends else lines


def _of_pytest(lines: Sequence[str], told: tuple[str, str]) -> Raised:
    """Entries end with their place (a long one) or begin with it (a short one)."""
    frames: list[Frame] = []
    name, marked, errors, kind = "", "", [], ""
    is_short = False
    for line in lines:
        if place := PLACE.match(line):
            is_short = place["name"] is not None
            number, own = _number(place["line"]), place["name"] or name
            frames.append(Frame(place["path"], own, (marked,) if marked else (), number))
            kind = place["type"] or kind
            name, marked = "", ""
        elif line.startswith("E  "):
            errors.append(line[1:].strip())
        elif is_short and line.startswith("    ") and not MARKS.match(line):
            frames[-1] = frames[-1].with_line(line)
        else:
            is_short = is_short and not line.startswith("_ _")
            defined = DEFINITION.match(line)
            name = name or (defined["name"] if defined else "")
            marked = line[1:].strip() if line.startswith(">") else marked
    said = [each for each in map(split, errors) if each[0] and each[0] != "File"]
    own, message = said[0] if said else told
    if errors and errors[0].startswith("assert "):
        own, message = "AssertionError", errors[0]
    return Raised(kind.rpartition(".")[2] or own, message, tuple(frames), is_whole=True)
