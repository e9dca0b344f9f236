"""Whose runs of the wire suite make which column, in tables and in what was seen."""

from __future__ import annotations

from support.trials import comparison, run
from support.values import JOB, PYTHON

from harness.compare.comparison import Part
from harness.compare.evaluate import Evaluation
from harness.compare.on_the_wire import OnTheWire
from harness.lab.observation import Ending, Observation
from harness.model import Job, JobEnd, Outcome, Result, Status
from harness.suites import WIRE

SERVER = Part(WIRE, ("runserver",))
CONTROL = Job(WIRE, (), PYTHON, ("gunicorn",))


def seen(job: Job) -> Result:
    """The base is cut off, the patch mends that."""
    is_whole = not job.trees or bool(job.trees[0].stack.names)
    ending = Ending.COMPLETE if is_whole else Ending.RESET
    observation = Observation("s", "direct", "raw", "get", 9, 9 if is_whole else 4, ending, 200)
    status = Status.PASSED if is_whole else Status.FAILED
    outcome = Outcome(status, observation=observation.to_json())
    return Result(JobEnd.COMPLETED, {"a.py::t": outcome})


def test_each_column_is_there_in_both() -> None:
    wired = comparison(parts=(SERVER,))
    trial, _ = run(seen, wired)
    schedule = trial.schedule
    schedule.follow(CONTROL, seen(CONTROL))
    judgement = Evaluation(schedule).judgement(wired)
    on_the_wire = OnTheWire(schedule, [CONTROL])
    (matrix,) = on_the_wire.matrices([wired])
    assert matrix.columns == ("base", "django/x", "gunicorn")
    found = list(on_the_wire.sightings([(wired, judgement)]))
    assert [(each.ground, each.column, each.headline) for each in found] == [
        (matrix.ground, "base", "truncated, then RST"),
        (matrix.ground, "django/x", "complete"),
        ("", "gunicorn", "complete"),
    ]


def test_where_nothing_is_on_the_wire_nothing_was_seen() -> None:
    plain = comparison(parts=(Part(JOB.suite, JOB.labels),))
    trial, _ = run(lambda job: Result(JobEnd.COMPLETED, {"a": Outcome(Status.PASSED)}), plain)
    trial.schedule.follow(CONTROL, seen(CONTROL))
    judgement = Evaluation(trial.schedule).judgement(plain)
    on_the_wire = OnTheWire(trial.schedule, [CONTROL])
    assert list(on_the_wire.matrices([plain])) == []
    assert list(on_the_wire.sightings([(plain, judgement)])) == []
