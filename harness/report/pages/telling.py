"""What a page tells of each candidate: its changes by their cause, with all that is behind one.

Owns: which of it the page has room for. Must not know HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from ...judge import causes
from ...model import Change, ChangeKind, Judgement, Run, Side, Status
from .. import summary
from ..commands import command_for
from ..schema import Report
from . import marked, tones, wire
from .page import anchor

MOST_TEXT = 350_000  # characters of tracebacks and logs in one page
NO_ROOM = "There is no room for it in this page; report.json has it."
MOST_TOLD = 150  # changes of one group that are told whole; of the others only the name


class Runs(NamedTuple):
    """Runs of one side that went alike: ``first 3 of base: passed (0.01 s to 0.02 s)``."""

    side: Side
    tone: str
    status: str
    number: int
    seconds: str
    reason: str


class Text(NamedTuple):
    """What a program printed, or where the page has the same ``text`` already."""

    text: str
    same: str = ""


class Texts:
    """The texts of a page, each once, and no more of them than it bears."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}
        self._left = MOST_TEXT

    def add(self, text: str, ident: str) -> Text | None:
        """The text for the place with this id; None if there is none."""
        if not text:
            return None
        if text in self._places:
            return Text("", self._places[text])
        if len(text) > self._left:
            return Text(NO_ROOM)
        self._left -= len(text)
        self._places[text] = ident
        return Text(text)


class Told(NamedTuple):
    """One test's step; ``exchange`` is the id of what it saw on the wire, if it did."""

    ident: str
    change: Change
    tone: str
    kind: str
    step: str
    runs: tuple[Runs, ...]
    command: str
    exchange: str
    detail: Text | None
    log: Text | None


class Group(NamedTuple):
    """Changes with one cause; ``shared`` is a reason that all give. Of the ``rest`` there are
    only the id in the page, the kind and the test."""

    name: str
    tone: str
    number: int
    shared: str
    told: tuple[Told, ...]
    rest: tuple[tuple[str, ChangeKind, str], ...]


class Candidate(NamedTuple):
    """One candidate on one base."""

    ident: str
    judged: Judgement
    tone: str
    meaning: str
    reach: tuple[str, ...]
    share: str
    proof: str
    groups: tuple[Group, ...]
    files: tuple[marked.MarkedFile, ...]
    counts: Mapping[str, int]


class Book:
    """What is told of each candidate, with what the page has told already."""

    def __init__(self, report: Report, places: Mapping[wire.Place, tuple[str, bool]]) -> None:
        """``places`` are the exchanges, by ground, column and test: the id of each, and
        whether it is drawn."""
        self._report = report
        self._places = places
        self._texts = Texts()
        self._ends: Mapping[str, str] = {}

    def candidate(self, judged: Judgement) -> Candidate:
        """A candidate with all its changes, by their cause."""
        self._ends = judged.log_ends()
        return Candidate(
            ident=anchor("c", judged.name, judged.base),
            judged=judged,
            tone=tones.OF_VERDICT[judged.verdict],
            meaning=summary.meaning(judged),
            reach=tuple(summary.reach_lines(judged)),
            share=_share(judged),
            proof=summary.proof_line(judged),
            groups=tuple(
                self._group(judged, name, changes)
                for name, changes in causes.by_group(judged.changes)
            ),
            files=tuple(marked.files_of(judged)),
            counts={
                ChangeKind.BROKEN: summary.count_worse(judged),
                ChangeKind.FIXED: summary.count_of(judged, ChangeKind.FIXED),
                ChangeKind.FLAKY: summary.count_of(judged, ChangeKind.FLAKY),
                ChangeKind.SLOWER: summary.count_slower(judged),
                "by design": summary.count_by_design(judged),
            },
        )

    def _group(self, judged: Judgement, name: str, changes: Sequence[Change]) -> Group:
        order = (tones.BAD, tones.WARN, tones.GOOD, tones.PLAIN)
        return Group(
            name=name,
            tone=min((tones.of_change(change) for change in changes), key=order.index),
            number=len(changes),
            shared=summary.shared_reason(name, changes),
            told=tuple(self._told(judged, change) for change in changes[:MOST_TOLD]),
            rest=tuple(
                (_ident(judged, each), each.kind, each.test) for each in changes[MOST_TOLD:]
            ),
        )

    def _told(self, judged: Judgement, change: Change) -> Told:
        ident = _ident(judged, change)
        place = (judged.base, str(judged.stack), change.test)
        exchange, is_drawn = self._places.get(place, ("", False))
        is_alarm = change.kind.is_worse and change.confirmed
        log = self._ends.get(change.log, "") if is_alarm else ""
        return Told(
            ident=ident,
            change=change,
            tone=tones.of_change(change),
            kind=summary.kind_of_change(change),
            step=summary.step(change),
            runs=tuple(_runs(change)),
            command=command_for(self._report, judged, change),
            exchange=exchange,
            # Of a test of the wire it is the timeline, as text.
            detail=None if is_drawn else self._texts.add(change.detail, ident),
            log=self._texts.add(log, ident),
        )


def _ident(judged: Judgement, change: Change) -> str:
    waited = change.wait.name if change.wait else ""
    return anchor("t", judged.name, judged.base, change.suite, change.test, waited)


def _share(judged: Judgement) -> str:
    """``all of 18``: whether the changed statements were run; empty where nobody asked."""
    if judged.reach is None:
        return ""
    if any(file.why for file in judged.reach.files):
        return "not known"
    total = sum(file.statements for file in judged.reach.files)
    if not total:
        return "no statement"
    return f"all of {total}" if judged.reach.is_full else f"not all of {total}"


def _runs(change: Change) -> Iterable[Runs]:
    """All runs behind a change; those beside each other that went alike are one."""

    def alike(run: Run) -> tuple[Side, Status, str]:
        return run.side, run.status, run.reason

    for (side, status, reason), found in groupby(change.trail, key=alike):
        times = [run.seconds for run in found]
        low, high = summary.seconds(min(times)), summary.seconds(max(times))
        yield Runs(
            side,
            tones.of_status(status),
            str(status),
            len(times),
            low if low == high else f"{low} to {high}",
            "" if reason == change.reason else reason,
        )
