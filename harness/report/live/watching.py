"""Reads what runs tell, as a page shows it and as a stream sends it.

Owns: which runs are shown, and what a message of the stream is. Must not know HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import NamedTuple

import msgspec

from ...system import runlog
from ...system.home import Home
from ...system.runlog import Event, Over, Told
from ..pages.page import readable
from ..pages.tones import OF_VERDICT
from .state import NO_REPORT, Cursor, RunState, after


class Seen(NamedTuple):
    """What a page shows, and the place from which the stream goes on."""

    runs: tuple[RunState, ...]
    cursor: Cursor


class Message(NamedTuple):
    """One message of the stream: its id is the ``cursor`` after it."""

    cursor: Cursor
    kind: str
    data: str


def now(home: Home) -> Seen:
    """The runs that go on, or if there are none the last one; the newest first."""
    files = runlog.runs(home)
    alive = [file for file in files if file.lives]
    states, cursor = [], Cursor()
    # The newest is in the cursor in any case: it tells the stream which runs are new.
    for file in dict.fromkeys([*alive, *files[-1:]]):
        events = list(runlog.read(file.path))
        state = reduce(after, (event for _, event in events), RunState(file.ident))
        if not file.lives and state.over is None:
            state = after(state, NO_REPORT)
        states.append(state)
        cursor = cursor.at(file.ident, events[-1][0] if events else 0)
    shown = [state for state in states if state.over is None] or states[-1:]
    return Seen(tuple(reversed(shown)), cursor)


def beginning(home: Home) -> Cursor:
    """The place of somebody who has seen nothing: the beginning of the runs that go on."""
    cursor = Cursor()
    for file in runlog.runs(home):
        ends = [] if file.lives else [offset for offset, _ in runlog.read(file.path)]
        cursor = cursor.at(file.ident, ends[-1] if ends else 0, () if file.lives else [file.ident])
    return cursor


def since(home: Home, cursor: Cursor, finished: set[str]) -> Iterator[Message]:
    """What happened since then, in all runs that are of interest.

    ``finished`` are runs of which the end was told already; the caller keeps the set.
    """
    for file in runlog.runs(home):
        place = cursor.place_in(file.ident)
        if place is None or file.ident in finished:
            continue
        for offset, event in runlog.read(file.path, place):
            is_over = isinstance(event, Over)
            if is_over:
                finished.add(file.ident)
            cursor = cursor.at(file.ident, offset, finished)
            yield _message(cursor, file.ident, event)
        if file.lives or file.ident in finished:
            continue
        finished.add(file.ident)
        if not any(isinstance(event, Over) for _, event in runlog.read(file.path)):
            place = cursor.place_in(file.ident) or 0
            cursor = cursor.at(file.ident, place, finished)
            yield _message(cursor, file.ident, NO_REPORT)


def _message(cursor: Cursor, ident: str, event: Event) -> Message:
    """An event with what the page needs to show it; text from outside is made readable."""
    fields = msgspec.to_builtins(event)
    kind = fields.pop("type")
    if isinstance(event, Told):
        fields["tone"] = OF_VERDICT[event.verdict]
    shown = {name: readable(value) for name, value in fields.items()}
    return Message(cursor, kind, msgspec.json.encode({"run": ident, **shown}).decode())
