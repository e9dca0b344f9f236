"""The traces that a job's processes kept: which lines they ran, and in which test.

Owns: that format, and reading it up to where it breaks off. Must not know what lines
mean. ``programs/workbench_tracing.py`` writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from ..model import Trace, TracedFile


class Entry(msgspec.Struct, frozen=True):
    """One line of a process's file.

    ``early`` are traced files that it had imported before it could be watched: what stands
    at their top level has been run. It is what every process begins with.
    """

    file: str = ""
    test: str = ""
    lines: tuple[int, ...] = ()
    early: tuple[str, ...] | None = None


# Made here, once: msgspec crashes when two threads first decode a type at the same time.
ENTRIES = msgspec.json.Decoder(Entry)


def real_path(file: TracedFile, checkouts: Mapping[str, Path]) -> Path:
    """Where a traced file is on this machine, without symbolic links."""
    return (checkouts[file.upstream] / file.path).resolve()


def read(
    folder: Path, traced: Iterable[TracedFile], checkouts: Mapping[str, Path]
) -> tuple[Trace, ...] | None:
    """What all processes of a run kept in ``folder``; None if none could be watched."""
    files = {str(real_path(file, checkouts)): file for file in traced}
    wanted = {name: frozenset(file.lines) for name, file in files.items()}
    entries = [entry for path in sorted(folder.glob("*.jsonl")) for entry in _entries(path)]
    if not any(entry.early is not None for entry in entries):
        return None
    found: dict[tuple[str, str], set[int]] = {}
    for entry in entries:
        for name in entry.early or ():
            if name in files:
                found.setdefault((name, ""), set()).update(files[name].at_import)
        if entry.file in files:
            of_interest = wanted[entry.file].intersection(entry.lines)
            found.setdefault((entry.file, entry.test), set()).update(of_interest)
    return tuple(
        Trace(files[name].upstream, files[name].path, test, tuple(sorted(lines)))
        for (name, test), lines in sorted(found.items())
        if lines
    )


def _entries(path: Path) -> Iterator[Entry]:
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            yield ENTRIES.decode(line)
        except msgspec.MsgspecError:
            return
