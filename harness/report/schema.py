"""``report.json``, schema 1: documented in notes/0003-report-json.md, stable from now on.

Owns: the file's shape, and reading and writing it. Must not know how a report
looks to people.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from ..lab.observation import Event, Observation
from ..model import (
    GridCell,
    Impact,
    Judgement,
    Matrix,
    Pair,
    Scene,
    SpuriousError,
    Status,
    Swap,
    Value,
    WorkbenchError,
)
from ..system.files import replace_text
from .layout import laid_out

SCHEMA = 1


class RunInfo(Value, frozen=True):
    """When and with what a report was made; ``seconds`` is wall time.

    ``peak_memory`` is the workbench's own, in bytes, without the suites it ran. ``hint``
    says what a better ``isolation`` needs. ``effort`` is empty in reports of before 0.3.0.
    ``partial``: the run was stopped, and the report has what was known by then.
    ``planned`` and ``first_verdict`` are the seconds until it was known what to run, and
    until the first candidate's verdict was told.
    """

    at: str
    workbench: str
    python: str
    machine: str
    isolation: str
    seconds: float
    command: str
    repeat: int
    peak_memory: int = 0
    hint: str = ""
    effort: str = ""
    partial: bool = False
    first_verdict: float = 0.0
    planned: float = 0.0


class BaseLine(Value, frozen=True):
    """A base that was judged on: ``tree`` is its git tree id.

    ``commit`` is that of the upstream's own history, empty for what is not from git, and
    ``url`` is where that is kept.
    """

    upstream: str
    version: str
    source: str
    tree: str
    python: str
    url: str = ""
    commit: str = ""


class Moment(Event, frozen=True, array_like=True):
    """An event of a timeline; in JSON ``[at, who, what, size]``.

    A report has ten thousands of them, and the four words on each would be half of it.
    """


class Exchange(Observation, frozen=True, omit_defaults=True):
    """One exchange as the lab saw it; JSON leaves out what is not known of it."""

    events: tuple[Moment, ...] = ()


class Sighting(Value, frozen=True):
    """What was seen on the wire in one run of one test.

    ``column`` is that of the matrix of the same ``ground``: ``base``, or a stack. The
    control group stands on no ground, and beside every one: its servers' is empty.
    ``headline`` says in a few words what happened in ``observation``; the test may want
    something else of it, and ``status`` is what it said.
    """

    ground: str
    column: str
    suite: str
    test: str
    scene: Scene
    status: Status
    headline: str
    observation: Exchange


class Report(Value, frozen=True):
    """Everything that was found out, in the order in which it is told.

    ``layers`` are matrices of four columns: neither half of a stack on both
    upstreams, each half alone, and both; ``pairs`` say of the same stacks what they do worse
    than their halves. ``swaps`` are there where two candidates or more of one ticket bring
    tests. ``grid`` is there where candidates were asked for on several releases and Pythons.
    ``notes`` say what was not done, ``hints`` what is good to know of what was done.
    ``impacts`` say what stacks do to the projects that stand on an interpreter, whose
    judgements then are the ``candidates``.
    ``sightings`` are of the base and the control group all that were seen, the worst run of
    each test; of a stack what differs from the base's, and what is among its changes.
    """

    made: RunInfo
    bases: tuple[BaseLine, ...]
    candidates: tuple[Judgement, ...]
    controls: tuple[Judgement, ...] = ()
    notes: tuple[str, ...] = ()
    matrices: tuple[Matrix, ...] = ()
    layers: tuple[Matrix, ...] = ()
    swaps: tuple[Swap, ...] = ()
    hints: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    schema: int = SCHEMA
    impacts: tuple[Impact, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    grid: tuple[GridCell, ...] = ()


def render(report: Report) -> str:
    """The whole report as JSON."""
    return laid_out(report, rows=("sightings",)) + "\n"


def write(report: Report, path: Path) -> None:
    """Write the file in one step; raises ``WorkbenchError`` if it can not be written."""
    write_text(path, render(report))


def write_text(path: Path, text: str) -> None:
    """Replace a report in one step; raises ``WorkbenchError`` if it can not be written."""
    try:
        replace_text(path, text)
    except SpuriousError as error:
        raise WorkbenchError(f"{error}; give another file") from error


def write_json(path: Path, value: object) -> None:
    """Replace a report by a value's JSON, as ``write_text`` does."""
    write_text(path, json_of(value))


def json_of(value: object) -> str:
    """A value as JSON that people can read."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n"


def read(path: Path) -> Report:
    """Read the file; raises ``WorkbenchError`` if it is no report of this schema."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Report)
    except OSError:
        raise WorkbenchError(f"there is no report in {path}; run `nox -s test` first") from None
    except msgspec.MsgspecError as error:
        raise WorkbenchError(f"{path} is no report of schema {SCHEMA}: {error}") from None
