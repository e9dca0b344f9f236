"""What a search tried and what that adds up to, as values. Pure.

Owns: the record of one search, and telling it again from that record. May know
only ``model`` and the rules of ``bisection``.
"""

from __future__ import annotations

from ..model import Answer, Value
from . import bisection
from .bisection import Finding, Rules


class Probe(Value, frozen=True):
    """One try of one test on one state, as the log keeps it.

    ``way`` is how the test was laid over the state, if it was taken along. ``log`` is the
    output of the run that told, relative to the workbench's folder; it goes with `clean`.
    """

    round: int
    state: int
    label: str
    attempt: int
    answer: Answer
    seconds: float = 0.0
    reason: str = ""
    way: str = ""
    log: str = ""


class Search(Value, frozen=True):
    """A search from its beginning to its end; what its log holds."""

    test: str
    labels: tuple[str, ...]
    rules: Rules
    probes: tuple[Probe, ...]
    finding: Finding


def replay(search: Search) -> Finding | None:
    """What the probes of a log add up to by themselves; None if they break off early."""
    record: dict[int, list[Answer]] = {}
    for probe in search.probes:
        record.setdefault(probe.state, []).append(probe.answer)
    return bisection.finding(record, search.rules)


def bands(search: Search) -> list[tuple[int, int]]:
    """After each probe, the two states between which the change is, as far as is known then.

    Until both ends are known that is the first and the last.
    """
    record: dict[int, list[Answer]] = {}
    left = []
    for probe in search.probes:
        record.setdefault(probe.state, []).append(probe.answer)
        left.append(bisection.boundary(record, search.rules) or (0, search.rules.size - 1))
    return left
