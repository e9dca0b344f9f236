"""What was seen on the wire: of which tests, of which run, and how much of it."""

from __future__ import annotations

import msgspec
import pytest
from support.values import X

from harness.compare import sightings
from harness.lab.observation import Ending, Event, Observation
from harness.model import BaseName, JobEnd, Outcome, Result, Scene, Stack, Status
from harness.report.schema import Sighting

BASES = (BaseName("django", "6.1.3"),)
PASSED, FAILED, HUNG = Status.PASSED, Status.FAILED, Status.HUNG
SCENE = Scene("full body", "runserver", "direct", "raw")
WHOLE = Observation("runserver", "direct", "raw", "get", 9, 9, Ending.COMPLETE, 200)
PART = Observation(
    *("runserver", "direct", "raw", "get", 9, 4, Ending.RESET, 200),
    events=(Event(0.5, "client", "got", 4),),
)


def run(seen: Observation | str = WHOLE, status: Status = PASSED, test: str = "a") -> Result:
    text = seen if isinstance(seen, str) else seen.to_json()
    return Result(JobEnd.COMPLETED, {test: Outcome(status, observation=text, scene=SCENE)})


def found(base: list[Result], patched: list[Result], *changed: str) -> list[Sighting]:
    return list(sightings.on_ground(BASES, {Stack(): base, X: patched}, {X: changed}))


def columns(
    base: list[Result], patched: list[Result], *changed: str
) -> list[tuple[str, Status, str]]:
    every = found(base, patched, *changed)
    return [(each.column, each.status, each.headline) for each in every]


def test_a_sighting_says_where_what_and_how_it_ended() -> None:
    (one,) = found([run(PART, FAILED)], [])
    assert (one.ground, one.column, one.suite, one.test, one.scene, one.status, one.headline) == (
        *("django 6.1.3", "base", "regression", "a"),
        *(SCENE, FAILED, "truncated, then RST"),
    )
    assert one.observation.timeline() == PART.timeline()


def test_and_is_read_from_json_as_it_was_written() -> None:
    (one,) = found([run(PART, FAILED)], [])
    text = msgspec.json.encode(one)
    assert msgspec.json.decode(text, type=Sighting) == one
    assert b'"events":[[0.5,"client","got",4]]' in text and b"differs_at" not in text


def test_a_candidate_has_what_differs_from_the_base() -> None:
    base = ("base", PASSED, "complete")
    assert columns([run()], [run()]) == [base]
    assert columns([run()], [run(PART)]) == [base, ("django/x", PASSED, "truncated, then RST")]
    assert columns([run()], [run(WHOLE, HUNG)]) == [base, ("django/x", HUNG, "complete")]
    assert columns([], [run()]) == [("django/x", PASSED, "complete")]


def test_and_what_is_among_its_changes_though_it_looks_the_same() -> None:
    """Such as a wait that is longer."""
    assert [column for column, *_ in columns([run()], [run()], "a")] == ["base", "django/x"]


def test_the_control_group_has_everything_that_was_seen() -> None:
    beside = {"gunicorn": [run(), run(test="b")], "cheroot": [run()]}
    every = [(each.ground, each.column, each.test) for each in sightings.of_control(beside)]
    assert every == [("", "gunicorn", "a"), ("", "gunicorn", "b"), ("", "cheroot", "a")]


def test_the_run_that_ended_worst_is_shown() -> None:
    runs = [run(), run(PART, FAILED), run(WHOLE, HUNG), run(PART, HUNG)]
    assert columns(runs, []) == [("base", HUNG, "complete")]


def test_every_status_has_its_place() -> None:
    assert sorted(sightings.WORST_FIRST) == sorted(Status)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        WHOLE.to_json().replace('"complete"', '"splendid"'),
        WHOLE.to_json().replace('"raw"', '"\\ud800"'),
        WHOLE.to_json().replace('"known":null', '"known":1e999'),
        '{"unknown":' + "[" * 100_000,
    ],
    ids=["none", "another shape", "cut off", "unknown", "surrogate", "no number", "deep"],
)
def test_what_is_no_observation_is_left_out(text: str) -> None:
    assert columns([run(text, FAILED)], []) == []
    assert columns([run(text, FAILED), run()], []) == [("base", PASSED, "complete")]


def test_a_test_without_a_scene_stands_under_what_holds_it() -> None:
    bare = Result(JobEnd.COMPLETED, {"a.py::t": Outcome(PASSED, observation=WHOLE.to_json())})
    (one,) = found([bare], [])
    assert one.scene == Scene("a")


def test_a_long_timeline_loses_its_middle_and_says_so() -> None:
    events = tuple(Event(number / 3, "client", f"event {number}") for number in range(1000))
    long = Observation("s", "l" * 9999, "c", "r", 1, 1, Ending.COMPLETE, known=1 / 3, events=events)
    (one,) = found([run(long)], [])
    kept = one.observation.events
    assert len(kept) == sightings.MOST_EVENTS
    gaps = [event for event in kept if not event.who]
    assert [(gap.what, gap.at) for gap in gaps] == [("969 events left out", 5.333333)]
    assert (kept[15].what, kept[16], kept[17].what) == ("event 15", gaps[0], "event 985")
    assert kept[-1].what == "event 999"
    assert len(one.observation.link) == sightings.LONGEST
    assert one.observation.known == 0.333333
