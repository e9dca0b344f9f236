"""The record that a test process keeps: one JSON line for each event, as it happens.

Owns: that format, and reading it up to where it breaks off. Must not know what a record
that breaks off means. The programs that write it stand in ``suites/programs``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from ..model import Outcome, Scene, Status, Value


class Event(msgspec.Struct, frozen=True):
    """One line of a record. A plan may tell the scenes of its ``tests``, by their ids."""

    event: Literal["plan", "uncollected", "start", "outcome", "split", "end"]
    test: str = ""
    tests: tuple[str, ...] = ()
    scenes: dict[str, Scene] = {}
    status: Status = Status.PASSED
    reason: str = ""
    detail: str = ""
    seconds: float = 0.0
    observation: str = ""
    waits: dict[str, tuple[float, ...]] = {}
    ran: int = 0


# Made here, once: msgspec crashes when two threads first decode a type at the same time.
EVENTS = msgspec.json.Decoder(Event)


class Record(Value, frozen=True):
    """What one process recorded: the plan, the outcomes, and the test it was in.

    ``uncollected`` are files whose tests could not even be listed, with the reason. ``split``:
    it stopped between two tests, since the others had better wait side by side.
    """

    plan: tuple[str, ...] | None
    scenes: dict[str, Scene]
    uncollected: dict[str, str]
    outcomes: dict[str, Outcome]
    running: str
    ended: bool
    split: bool = False


def read(path: Path) -> Record:
    """Read a record, up to where it breaks off; one that is missing is empty."""
    plan: tuple[str, ...] | None = None
    scenes: dict[str, Scene] = {}
    uncollected: dict[str, str] = {}
    outcomes: dict[str, Outcome] = {}
    running, ended, split = "", False, False
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    for line in lines:
        try:
            event = EVENTS.decode(line)
        except msgspec.MsgspecError:
            return Record(plan, scenes, uncollected, outcomes, running, False)
        if event.event == "plan":
            plan, scenes = event.tests, event.scenes
        elif event.event == "uncollected":
            uncollected[event.test] = event.reason
        elif event.event == "start":
            running = event.test
        elif event.event == "outcome":
            running = ""
            outcomes[event.test] = Outcome(
                event.status,
                event.seconds,
                event.reason,
                event.detail,
                event.observation,
                waits=event.waits,
            )
        elif event.event == "split":
            split = True
        else:
            ended = True
    return Record(plan, scenes, uncollected, outcomes, running, ended, split and not ended)
