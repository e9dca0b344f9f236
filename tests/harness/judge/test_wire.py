"""The wire as one table: how the scenes of tests become rows and outcomes cells."""

from __future__ import annotations

import pytest

from harness.judge import wire
from harness.model import Cell, JobEnd, Outcome, Result, Row, Scene, Status

SCENES = {
    "get": Scene("full body", "runserver", "tearing", "raw"),
    "post": Scene("full body", "runserver", "tearing", "node"),
    "direct": Scene("full body", "runserver", "direct", "raw"),
    "brigade": Scene("full body", "runserver", "faithful+tearing", "raw"),
}


def result(**statuses: Status) -> Result:
    outcomes = {name: Outcome(status, scene=SCENES[name]) for name, status in statuses.items()}
    return Result(JobEnd.COMPLETED, outcomes=outcomes)


def test_a_row_is_a_behaviour_over_a_link_and_counts_its_tests() -> None:
    runs = [result(get=Status.FAILED, post=Status.PASSED, direct=Status.PASSED)]
    found = wire.build("django 6.1.3", {"base": runs}, {})
    assert found is not None
    assert found.rows == (
        Row("full body", "direct", (Cell(passed=1, tests=1),)),
        Row("full body", "tearing", (Cell(passed=1, tests=2),)),
    )


def test_a_brigade_of_links_is_a_link_of_its_own() -> None:
    found = wire.build("x", {"base": [result(brigade=Status.PASSED)]}, {})
    assert found is not None
    assert [row.link for row in found.rows] == ["faithful+tearing"]


@pytest.mark.parametrize(
    "name",
    [
        "test_no_body.py::test_goes_on[runserver-slow-raw-head-stream]",
        "test_no_body.py::test_goes_on[head-run-server-direct-raw]",
        "test_no_body.py::test_goes_on",
        "test_of_another_file.py::TestClass::test_goes_on[a.b-c]",
    ],
)
def test_a_row_is_told_from_the_scene_whatever_the_id_looks_like(name: str) -> None:
    scene = Scene("no body", "run-server", "slow", "raw")
    run = Result(JobEnd.COMPLETED, outcomes={name: Outcome(Status.PASSED, scene=scene)})
    found = wire.build("x", {"base": [run]}, {})
    assert found is not None
    assert found.rows == (Row("no body", "slow", (Cell(1, 1),)),)


def test_a_test_without_a_link_of_its_own_stands_under_direct() -> None:
    alone = Outcome(Status.PASSED, scene=Scene("no body"))
    found = wire.build("x", {"base": [Result(JobEnd.COMPLETED, outcomes={"a": alone})]}, {})
    assert found is not None
    assert found.rows == (Row("no body", "direct", (Cell(1, 1),)),)


def test_a_test_that_fails_in_one_of_its_runs_has_not_passed() -> None:
    runs = [result(get=Status.PASSED), result(get=Status.FAILED)]
    found = wire.build("x", {"base": runs}, {})
    assert found is not None
    assert found.rows[0].cells == (Cell(passed=0, tests=1),)


def test_hangs_are_counted_whether_the_lab_or_the_deadline_saw_them() -> None:
    seen = Outcome(
        Status.FAILED,
        reason="hung: still waiting for the end of the response",
        scene=SCENES["get"],
    )
    deadline = Outcome(Status.HUNG, scene=SCENES["post"])
    runs = [Result(JobEnd.COMPLETED, outcomes={"get": seen, "post": deadline})]
    found = wire.build("x", {"base": runs}, {})
    assert found is not None
    assert found.rows[0].cells == (Cell(passed=0, tests=2, hung=2),)


def test_a_skipped_test_is_in_no_cell() -> None:
    assert wire.build("x", {"base": [result(get=Status.SKIPPED)]}, {}) is None


def test_the_control_group_stands_behind_and_adds_no_rows() -> None:
    base = [result(get=Status.PASSED)]
    group = {"gunicorn": [result(get=Status.FAILED, direct=Status.PASSED)]}
    found = wire.build("x", {"base": base}, group)
    assert found is not None
    assert found.columns == ("base", "gunicorn")
    assert found.control == ("gunicorn",)
    assert found.rows == (Row("full body", "tearing", (Cell(1, 1), Cell(0, 1))),)


def test_tests_of_other_suites_stand_by_their_class() -> None:
    other = Result(JobEnd.COMPLETED, outcomes={"servers.tests.T.test_x": Outcome(Status.PASSED)})
    built = wire.build("x", {"base": [other]}, {})
    assert built is not None
    assert [(row.behaviour, row.link) for row in built.rows] == [("servers.tests.T", "")]


# Which layer suffices ----------------------------------------------------------------------

BOTH = "django/a+cpython/b"


@pytest.mark.parametrize(
    ("stack", "halves"),
    [
        (BOTH, ("django/a", "cpython/b")),
        ("cpython/b+django/a", ("django/a", "cpython/b")),
        ("django/a+cpython/b+django/c", ("django/a+django/c", "cpython/b")),
        ("django/a+django/c", ("django/a+django/c",)),
    ],
)
def test_a_stack_has_a_half_for_each_upstream(stack: str, halves: tuple[str, ...]) -> None:
    assert wire.halves(stack) == halves


def test_only_a_stack_on_both_upstreams_makes_others_its_halves() -> None:
    assert wire.is_half("django/a", ["django/a", BOTH])
    assert not wire.is_half("django/c", ["django/c", BOTH])
    assert not wire.is_half("django/a", ["django/a", "django/a+django/c"])
    assert not wire.is_half(BOTH, [BOTH])


def columns(*names: str) -> dict[str, list[Result]]:
    """Runs on the base and on the named trees; only the stack's pass."""
    passes = {BOTH: Status.PASSED}
    return {name: [result(get=passes.get(name, Status.FAILED))] for name in ("base", *names)}


def test_a_stack_and_its_halves_make_a_table_of_layers() -> None:
    tried = columns("cpython/b", "django/c", BOTH, "django/a")
    found = wire.build("x", tried, {"gunicorn": [result(get=Status.PASSED)]})
    assert found is not None
    (table,) = wire.layers(found)
    assert table.ground == "x"
    assert table.columns == ("base", "django/a", "cpython/b", BOTH)
    failed, passed = Cell(passed=0, tests=1), Cell(passed=1, tests=1)
    assert table.rows == (Row("full body", "tearing", (failed, failed, failed, passed)),)


@pytest.mark.parametrize("names", [(BOTH,), ("django/a", BOTH), ("django/a", "cpython/b")])
def test_without_all_four_there_is_no_table_of_layers(names: tuple[str, ...]) -> None:
    found = wire.build("x", columns(*names), {})
    assert found is not None
    assert wire.layers(found) == []
