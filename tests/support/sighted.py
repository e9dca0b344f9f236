"""Reports of exchanges on the wire: a base and two candidates, one of which helps."""

from __future__ import annotations

import msgspec

from harness.judge import causes
from harness.lab.observation import Ending
from harness.model import (
    ApplyResult,
    BaseName,
    Cell,
    ChangeKind,
    Judgement,
    Matrix,
    Row,
    Scene,
    Stack,
    Status,
    Verdict,
)
from harness.report.schema import Exchange, Moment, Report, Sighting
from support.reports import DJANGO, MADE
from support.values import X, change

GROUND = "django 6.1.3"
Y = Stack.read("django/y")
TEST = "test_full_body.py::test_whole[runserver-direct-raw]"


def observation(ending: Ending = Ending.COMPLETE, received: int = 5000) -> Exchange:
    """A request for 5,000 bytes that ended so."""
    last = "reset by peer" if ending is Ending.RESET else "end of stream"
    return Exchange(
        server="runserver",
        link="direct",
        client="raw",
        request="get",
        expected=5000,
        received=received,
        ending=ending,
        status=200,
        events=(
            Moment(0.0, "client", "connected"),
            Moment(0.001, "client", "sent", 60),
            Moment(0.004, "client", "received", received),
            Moment(0.005, "client", last),
        ),
    )


GOOD = observation()
TORN = observation(Ending.RESET, 1200)


def sighting(
    column: str, seen: Exchange, test: str = TEST, link: str = "direct", ground: str = GROUND
) -> Sighting:
    """What a test of the whole body saw on one tree; it passes if all of it came."""
    status = Status.PASSED if seen.good else Status.FAILED
    scene = Scene("full body", "runserver", link, "raw")
    return Sighting(ground, column, "regression", test, scene, status, seen.headline(), seen)


def matrix(*cells: Cell, behaviour: str = "full body", link: str = "direct") -> Matrix:
    """A row of cells for the base, django/x, django/y and gunicorn."""
    return Matrix(
        ground=GROUND,
        columns=("base", "django/x", "django/y", "gunicorn"),
        control=("gunicorn",),
        rows=(Row(behaviour, link, cells),),
        stacks=(Stack(), X, Y),
        bases=(BaseName("django", "6.1.3"),),
    )


def judged(stack: Stack, verdict: Verdict, *changes: object, **fields: object) -> Judgement:
    """What came of a stack; each of ``changes`` is the fields of a change."""
    grouped = causes.grouped(change(**each) for each in changes)  # type: ignore[arg-type]
    plain = Judgement(
        str(stack), GROUND, ApplyResult.CLEAN, verdict, changes=tuple(grouped), stack=stack
    )
    return msgspec.structs.replace(plain, tests=430, **fields)


FIXED = {
    "kind": ChangeKind.FIXED,
    "base": Status.FAILED,
    "patched": Status.PASSED,
    "suite": "regression",
    "test": TEST,
    "reason": "truncated, then RST",
}


def report(*candidates: Judgement, **fields: object) -> Report:
    """A run on Django 6.1.3, if nothing else is said with x that fixes what y leaves alone."""
    plain = Report(
        made=MADE,
        bases=(DJANGO,),
        candidates=candidates or (judged(X, Verdict.FIXES, FIXED), judged(Y, Verdict.NEUTRAL)),
        matrices=(matrix(Cell(3, 4), Cell(4, 4), Cell(3, 4), Cell(4, 4)),),
        sightings=(
            sighting("base", TORN),
            sighting("django/x", GOOD),
            sighting("gunicorn", GOOD, ground=""),
        ),
    )
    return msgspec.structs.replace(plain, **fields)
