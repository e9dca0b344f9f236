"""What the events of a run add up to, and the place up to which somebody has seen them. Pure.

Owns: that sum, and the text of a place (``Last-Event-ID``). Must not know files or HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from ...model import RunEnd, Value
from ...system.runlog import Begun, Event, Expected, JobDone, Over, Started, Told

NO_REPORT = Over(RunEnd.KILLED)
"""How a run ended that does not say so itself, and is no more."""


class RunState(Value, frozen=True):
    """A run as it stands: ``running`` are the names of jobs, ``over`` is None while it lives."""

    ident: str
    begun: Begun = Begun("", "", "")
    done: int = 0
    jobs: int = 0
    left: float = -1.0
    running: tuple[str, ...] = ()
    verdicts: tuple[Told, ...] = ()
    over: Over | None = None


def after(state: RunState, event: Event) -> RunState:
    """The run when that has happened."""
    replace = msgspec.structs.replace
    match event:
        case Begun():
            return replace(state, begun=event)
        case Expected(jobs):
            return replace(state, jobs=jobs)
        case Started(job):
            return replace(state, running=(*state.running, job))
        case JobDone(job, done, left):
            return replace(state, done=done, left=left, running=_without(state.running, job))
        case Told():
            return replace(state, verdicts=_with(state.verdicts, event))
        case Over():
            return replace(state, over=event, running=(), left=-1.0)


def _without(running: tuple[str, ...], job: str) -> tuple[str, ...]:
    """One of them less: two jobs can have one name."""
    place = running.index(job) if job in running else len(running)
    return running[:place] + running[place + 1 :]


def _with(verdicts: tuple[Told, ...], event: Told) -> tuple[Told, ...]:
    """The verdicts, each candidate's last word in the place of its first."""
    known = {(each.name, each.base): each for each in verdicts}
    known[event.name, event.base] = event
    return tuple(known.values())


class Cursor(Value, frozen=True):
    """Up to where the files of some runs were read: the offset of each by its id.

    Runs that are not in it and began before the newest in it are of no interest; those that
    began after it are new.
    """

    offsets: Mapping[str, int] = {}

    def __str__(self) -> str:
        return ",".join(f"{ident}:{offset}" for ident, offset in self.offsets.items())

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """What a client sent back; None for what it made up itself."""
        offsets = {}
        for word in text.split(",") if text else ():
            ident, _, number = word.partition(":")
            if not (ident and number.isascii() and number.isdecimal() and len(number) < 16):
                return None
            offsets[ident] = int(number)
        return cls(offsets)

    def place_in(self, ident: str) -> int | None:
        """From where on a run is to be read; None if it is of no interest."""
        if ident in self.offsets:
            return self.offsets[ident]
        return 0 if ident > max(self.offsets, default="") else None

    def at(self, ident: str, offset: int, forget: Iterable[str] = ()) -> Cursor:
        """The cursor when a run was read up to there; runs to ``forget`` are over."""
        moved = {**self.offsets, ident: offset}
        newest = max(moved)
        gone = {each for each in forget if each != newest}
        return Cursor({each: place for each, place in moved.items() if each not in gone})
