"""What two reports were made under that was not the same. Pure.

Owns: which circumstances limit what may be concluded from a comparison. Must not know
candidates, but how much was run of each is told with them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Value
from .schema import Report, RunInfo

SHORT_ID = 10
NONE = "none"


class Condition(Value, frozen=True):
    """One circumstance, as the earlier and the later report have it."""

    what: str
    before: str
    after: str


def conditions(before: Report, after: Report) -> Iterator[Condition]:
    """The circumstances that differ; those that matter most first."""
    upstreams = dict.fromkeys(base.upstream for report in (before, after) for base in report.bases)
    for upstream in upstreams:
        yield from _bases(upstream, before, after)
    for what, one, other in _of_the_run(before.made, after.made):
        if one != other:
            yield Condition(what, one, other)


def _bases(upstream: str, before: Report, after: Report) -> Iterator[Condition]:
    """Other versions; of the same versions other trees, or another interpreter."""
    sides = [[b for b in report.bases if b.upstream == upstream] for report in (before, after)]
    versions = [", ".join(dict.fromkeys(b.version for b in side)) or NONE for side in sides]
    if versions[0] != versions[1]:
        yield Condition(upstream, *versions)
    trees = [{b.version: b.tree[:SHORT_ID] for b in side} for side in sides]
    for version in trees[0]:
        one, other = trees[0][version], trees[1].get(version)
        if other is not None and other != one:
            yield Condition(f"the tree of {upstream} {version}", one, other)
    pythons = [", ".join(sorted({b.python for b in side})) or NONE for side in sides]
    if NONE not in pythons and pythons[0] != pythons[1]:
        yield Condition(f"the Python that runs {upstream}", *pythons)


def _of_the_run(before: RunInfo, after: RunInfo) -> Iterator[tuple[str, str, str]]:
    yield "the run", _end(before), _end(after)
    yield "the workbench", before.workbench, after.workbench
    yield "its Python", before.python, after.python
    yield "the machine", before.machine, after.machine
    yield "isolation", before.isolation, after.isolation
    # Reports of before 0.3.0 have no effort.
    yield "effort", before.effort or "normal", after.effort or "normal"
    yield "the fewest repeats", str(before.repeat), str(after.repeat)


def _end(made: RunInfo) -> str:
    return "stopped" if made.partial else "whole"
