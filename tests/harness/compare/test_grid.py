"""A grid's parts: a plan for another Python, the axes, and one report of many."""

from __future__ import annotations

import msgspec
import pytest
from support.reports import MADE
from support.tiny import PATCHES, UPSTREAM

from harness.catalog.catalog import Catalog
from harness.compare.grid.assembly import assembled
from harness.compare.grid.axes import Closed, axes_of
from harness.compare.plan import Plan, Planner, on_python
from harness.judge.gridorder import Spot
from harness.model import GridCell, GridState, Interpreter, Note, NoteKind, Stack
from harness.report.schema import BaseLine, Report
from harness.request import Request
from harness.sources.provider import Provider
from harness.system.home import Home


def interpreter(version: str) -> Interpreter:
    """One that nobody starts: planning asks only what it is."""
    return Interpreter(f"/nowhere/{version}", version, f"{version} built", "/nowhere", False)


OLD, NEW, NEWEST = map(interpreter, ("3.10.1", "3.12.1", "3.13.0"))
NAMES = ("fixes", "breaks", "misfits")


@pytest.fixture
def catalog() -> Catalog:
    return Catalog(PATCHES)


@pytest.fixture
def provider(home: Home, catalog: Catalog) -> Provider:
    made = Provider.of(home, catalog, {})
    made.found = [OLD, NEW, NEWEST]
    return made


def request(*pythons: str, python: str = "") -> Request:
    return Request(
        bases={"django": (str(UPSTREAM),), "cpython": ()},
        candidates=tuple(Stack.read(f"django/{name}") for name in NAMES),
        suites=("django:servers",),
        python=python,
        pythons=pythons,
    )


def plan(provider: Provider, catalog: Catalog, python: Interpreter) -> Plan:
    asked = request(python.minor, python=python.path)
    return Planner(asked, provider, catalog).plan()


def test_a_plan_for_another_python_is_the_one_that_would_be_made(
    provider: Provider, catalog: Catalog
) -> None:
    newest = plan(provider, catalog, NEWEST)
    assert len(newest.comparisons) == 2 and len(newest.unfit) == 1
    for python in (NEW, OLD):
        assert on_python(newest, python) == plan(provider, catalog, python)
    assert newest.unfit[0].base == "django 0.1, Python 3.13.0"


def test_a_plan_is_made_anew_where_more_could_be_had_or_watched(
    provider: Provider, catalog: Catalog
) -> None:
    old = plan(provider, catalog, OLD)
    assert on_python(old, NEW) is None
    missing = (Note(NoteKind.LEFT_OUT, "something"),)
    assert on_python(old._replace(notes=missing), OLD) is None


def test_the_axes_name_what_can_not_be(provider: Provider) -> None:
    axes = axes_of(request("3.10", "3.11", "3.12.1"), provider, "django")
    assert [each.name for each in axes.releases] == ["0.1"]
    assert axes.pythons == ("3.12.1", "3.11", "3.10")
    assert axes.spots[Spot(0, 0)] == NEW
    missing = axes.spots[Spot(0, 1)]
    assert isinstance(missing, Closed)
    assert missing.state is GridState.NO_PYTHON
    assert missing.why == "there is no Python 3.11 here (here: 3.10, 3.12, 3.13)"


def test_without_a_word_every_python_here_makes_a_column(provider: Provider) -> None:
    assert axes_of(request(), provider, "django").pythons == ("3.13", "3.12", "3.10")


def cell(name: str, python: str, state: GridState, why: str) -> GridCell:
    return GridCell(Stack.read(f"django/{name}"), "django", "6.1.3", python, state, why=why)


def test_a_grids_report_says_once_what_was_not_judged() -> None:
    line = BaseLine("django", "6.1.3", "sdist", "tree", "3.12.1")
    one = Report(MADE, (line,), (), notes=("a",), hints=("h",))
    other = msgspec.structs.replace(one, notes=("a", "b"))
    grid = [
        cell("x", "3.13", GridState.OUT_OF_BUDGET, "no time"),
        cell("y", "3.13", GridState.OUT_OF_BUDGET, "no time"),
        cell("x", "3.12", GridState.OUT_OF_BUDGET, "no time"),
        cell("y", "3.12", GridState.UNSUPPORTED, "needs another"),
        cell("x", "3.99", GridState.NO_PYTHON, "none"),
    ]
    found = assembled(MADE, [one, other], grid, ["h"])
    assert found.bases == (line,)
    assert found.hints == ("h",)
    assert found.notes == (
        "a",
        "b",
        "1 cell was not judged, none: django 6.1.3 on Python 3.99 (django/x)",
        "3 cells were not judged, no time: django 6.1.3 on Python 3.13 (django/x, django/y); "
        "django 6.1.3 on Python 3.12 (django/x)",
    )
    assert msgspec.json.decode(msgspec.json.encode(found), type=Report) == found
