"""What was seen on the wire, of the tests of one ground that somebody will want to look at.

Owns: which run of a test is shown, of which tests, and how much of it. An observation is
the word of a process in which the patch runs: one that is not of the lab's shape is left
out, and no text or timeline of one is longer than a reader's patience. Must not know jobs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from ..judge import wire
from ..lab.observation import Event, Observation
from ..model import BaseName, Outcome, Result, Scene, Stack, Status, ground_name
from ..report.schema import Exchange, Moment, Sighting
from ..suites import WIRE

WORST_FIRST = (
    Status.HUNG,
    Status.CRASHED,
    Status.ERROR,
    Status.FAILED,
    Status.UNEXPECTED_SUCCESS,
    Status.NOT_RUN,
    Status.ABSENT,
    Status.SKIPPED,
    Status.EXPECTED_FAILURE,
    Status.PASSED,
    Status.SPURIOUS,  # the machine's fault tells nothing of the wire
)
MOST_EVENTS = 32
LONGEST = 400  # characters of a text
DIGITS = 6  # of seconds: nothing on a socket is known more exactly
GAP = "{:,} events left out"

# Made here, once: msgspec crashes when two threads first decode a type at the same time.
OBSERVATIONS = msgspec.json.Decoder(Observation)


class Seen(NamedTuple):
    """The run of a test that is shown."""

    outcome: Outcome
    observation: Observation
    headline: str


def on_ground(
    bases: tuple[BaseName, ...],
    columns: Mapping[Stack, Sequence[Result]],
    changed: Mapping[Stack, Collection[str]],
) -> Iterator[Sighting]:
    """The sightings of one ground, by column and test.

    ``columns`` are those of its matrix (``judge.wire.build``). Of a stack it is what differs
    from the base's, and the tests in ``changed``.
    """
    ground = ground_name(bases)
    base = _seen(columns.get(Stack(), ()))
    for stack, results in columns.items():
        seen = _seen(results) if stack.names else base
        if stack.names:
            mine = changed.get(stack, ())
            seen = {t: s for t, s in seen.items() if t in mine or _differs(s, base.get(t))}
        yield from _told(ground, str(stack) or wire.BASE, seen)


def of_control(control: Mapping[str, Sequence[Result]]) -> Iterator[Sighting]:
    """The sightings of the control group's servers, which are the same beside every ground."""
    for server, results in control.items():
        yield from _told("", server, _seen(results))


def _differs(seen: Seen, base: Seen | None) -> bool:
    if base is None:
        return True
    return (seen.outcome.status, seen.headline) != (base.outcome.status, base.headline)


def _seen(results: Sequence[Result]) -> dict[str, Seen]:
    """Of each test that has an observation the run that ended worst, the first of several."""
    outcomes: dict[str, list[Outcome]] = {}
    for result in results:
        for test, outcome in result.outcomes.items():
            if outcome.observation:
                outcomes.setdefault(test, []).append(outcome)
    found = {}
    for test, every in sorted(outcomes.items()):
        worst_first = sorted(every, key=lambda each: WORST_FIRST.index(each.status))
        seen = next(filter(None, map(_decoded, worst_first)), None)
        if seen is not None:
            found[test] = seen
    return found


def _decoded(outcome: Outcome) -> Seen | None:
    try:
        observation = OBSERVATIONS.decode(outcome.observation)
    except (msgspec.MsgspecError, RecursionError):
        return None
    return Seen(outcome, observation, _told_as(observation.headline()))


def _told(ground: str, column: str, seen: Mapping[str, Seen]) -> Iterator[Sighting]:
    for test, (outcome, observation, headline) in seen.items():
        scene = outcome.scene or Scene(*wire.row_key(test, None))
        status, shown = outcome.status, shortened(observation)
        yield Sighting(ground, column, WIRE, test, scene, status, headline, shown)


def shortened(seen: Observation) -> Exchange:
    """An observation with texts, and a timeline, that can be shown as they are.

    Where events are left out of the middle, one that is nobody's stands for them.
    """
    events = seen.events
    if len(events) > MOST_EVENTS:
        first, last = MOST_EVENTS // 2, MOST_EVENTS - MOST_EVENTS // 2 - 1
        gap = Event(events[first].at, "", GAP.format(len(events) - first - last))
        events = (*events[:first], gap, *events[-last:])
    fields = {name: _told_as(getattr(seen, name)) for name in seen.__struct_fields__}
    return Exchange(**fields | {"events": tuple(map(_moment, events))})


def _moment(event: Event) -> Moment:
    return Moment(round(event.at, DIGITS), _told_as(event.who), _told_as(event.what), event.size)


def _told_as(value: Any) -> Any:
    """A text without its end if it is long, a time in microseconds, anything else as it is."""
    if isinstance(value, float):
        return round(value, DIGITS)
    is_long = isinstance(value, str) and len(value) > LONGEST
    return f"{value[: LONGEST - 1]}…" if is_long else value
