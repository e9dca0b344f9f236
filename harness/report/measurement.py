"""What `bench` found out, as values: kept as ``reports/bench-<measure>.json``, schema 1.

Owns: their shape. Must not know how anything is measured, nor how it is shown. A measurement
has what its measure is about; the rest of it is empty. Fields are only ever added.
"""

from __future__ import annotations

from enum import StrEnum

from ..model import Value


class Decision(StrEnum):
    """Whether a candidate costs no more than it may."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not sure"


class Interval(Value, frozen=True):
    """A median and its 95 % interval; of a count, which hardly varies, all three are the same."""

    low: float
    median: float
    high: float


class Figure(Value, frozen=True):
    """One number. ``most`` is the aim, if there is one, and ``than`` what it is compared with.

    ``is_met`` is None where there is no aim.
    """

    what: str
    value: float
    unit: str = ""
    most: float | None = None
    than: float | None = None
    is_met: bool | None = None


class CandidateCost(Value, frozen=True):
    """What a candidate costs in one scenario, beside the base.

    ``base`` is the base's own, in seconds of CPU time or in instructions for a request, and
    ``ratios`` are by what is compared: the first decides.
    """

    ground: str
    server: str
    candidate: str
    scenario: str
    base: float
    unit: str
    ratios: dict[str, Interval]
    decision: Decision
    most: float


class Loss(Value, frozen=True):
    """How many bytes each exchange over one link lost."""

    name: str
    lost: tuple[int, ...]


class Waiting(Value, frozen=True):
    """Seconds that each client of one kind waited for the end."""

    name: str
    seconds: tuple[float, ...]


class BoundPoint(Value, frozen=True):
    """What was lost and waited for with one bound, in milliseconds."""

    bound: int
    losses: tuple[Loss, ...]
    waits: tuple[Waiting, ...]


class BoundCurve(Value, frozen=True):
    """The points of one curve, from the smallest bound to the largest."""

    title: str
    points: tuple[BoundPoint, ...]


class ScalingLine(Value, frozen=True):
    """The simulated seconds of so many patches on so many cores each; ``worth`` says up to
    how many it pays to have twice as many."""

    patches: int
    cores: tuple[int, ...]
    seconds: tuple[float, ...]
    worth: str


class FlakeRate(Value, frozen=True):
    """Of the simulated regressions that fail at that rate: called broken, and noticed."""

    rate: float
    regressions: int
    found: int
    seen: int


class SimulatedReports(Value, frozen=True):
    """Reports of one effort on flaky tests: how many say something false, at what price.

    ``runs`` is for one report, ``most`` how many may be false.
    """

    effort: str
    reports: int
    wrong: int
    most: float
    runs: float
    rates: tuple[FlakeRate, ...]


class SearchCost(Value, frozen=True):
    """What a search for a known cause came to: a word, what it named, and what it took; None
    for CPU time that could not be counted."""

    word: str
    named: tuple[str, ...]
    confidence: float
    probes: int
    seconds: float
    cpu: float | None
    why: str = ""


class KnownCulprit(Value, frozen=True):
    """A regression whose cause is known, searched by the workbench and by plain git."""

    fix: str
    culprit: str
    subject: str
    commits: int
    ours: SearchCost
    theirs: SearchCost


class Measurement(Value, frozen=True):
    """One measure of `bench`, whole. ``about`` says what was measured, and ``said`` what
    follows, a line each."""

    measure: str
    about: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    costs: tuple[CandidateCost, ...] = ()
    curves: tuple[BoundCurve, ...] = ()
    scaling: tuple[ScalingLine, ...] = ()
    reports: tuple[SimulatedReports, ...] = ()
    culprits: tuple[KnownCulprit, ...] = ()
    said: tuple[str, ...] = ()
    at: str = ""
    workbench: str = ""
    machine: str = ""
    command: str = ""
    seconds: float = 0.0
    schema: int = 1
