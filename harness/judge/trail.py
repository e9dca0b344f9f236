"""The runs behind a change, one by one. Pure.

Owns: which runs of a test are told, and how few of many. Must not know what they add up to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median

import msgspec

from ..model import Change, Outcome, Run, Side, Status, Wait
from . import runs
from .runs import Sight, counted

# The base's runs are those of all candidates; how many there were is counted beside them.
MOST = 20
DIGITS = 6  # of seconds: a wait may take half a millisecond


def with_runs(
    change: Change, labels: tuple[str, ...], sides: Mapping[Side, Sequence[runs.Run]]
) -> Change:
    """A change with its trail: what the runs of each side show of its test.

    ``labels`` are those of the part that these are runs of; that of the test's own server
    is enough where there is one.
    """
    found = [each for side in Side for each in _trail(change, side, sides.get(side, ()))]
    outcomes = (run.result.outcomes.get(change.test) for each in sides.values() for run in each)
    servers = {each.scene.server for each in outcomes if each and each.scene}
    own = tuple(label for label in labels if label in servers)
    return msgspec.structs.replace(change, labels=own or labels, trail=tuple(found))


def _trail(change: Change, side: Side, every: Iterable[runs.Run]) -> Iterator[Run]:
    pairs = [(run, sight) for run in every if (sight := run.sight(change.test)) is not None]
    telling = {id(sight) for sight in counted([sight for _, sight in pairs])}
    for run, sight in _some([pair for pair in pairs if id(pair[1]) in telling]):
        outcome = sight.outcome
        yield Run(
            side,
            outcome.status,
            round(_seconds(outcome, change.wait), DIGITS),
            outcome.reason,
            run.result.log if outcome.status is not Status.PASSED else "",
            sight.alone,
        )


def _some(every: Sequence[tuple[runs.Run, Sight]]) -> list[tuple[runs.Run, Sight]]:
    """The first of many, with the first of each status whenever it came."""
    first = {pair[1].outcome.status: place for place, pair in reversed([*enumerate(every)])}
    others = (place for place in range(len(every)) if place not in first.values())
    kept = [*first.values(), *others][:MOST]
    return [every[place] for place in sorted(kept)]


def _seconds(outcome: Outcome, wait: Wait | None) -> float:
    samples = outcome.waits.get(wait.name) if wait else None
    return median(samples) if samples else outcome.seconds
