"""The wire as one table: how the scenes of tests become rows and outcomes cells."""

from __future__ import annotations

import pytest

from harness.judge import wire
from harness.model import BaseName, Cell, JobEnd, Outcome, Result, Row, Scene, Stack, Status

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
    found = wire.table("django 6.1.3", {"base": runs}, {})
    assert found is not None
    assert found.rows == (
        Row("full body", "direct", (Cell(passed=1, tests=1),)),
        Row("full body", "tearing", (Cell(passed=1, tests=2),)),
    )


def test_a_brigade_of_links_is_a_link_of_its_own() -> None:
    found = wire.table("x", {"base": [result(brigade=Status.PASSED)]}, {})
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
    found = wire.table("x", {"base": [run]}, {})
    assert found is not None
    assert found.rows == (Row("no body", "slow", (Cell(1, 1),)),)


def test_a_test_without_a_link_of_its_own_stands_under_direct() -> None:
    alone = Outcome(Status.PASSED, scene=Scene("no body"))
    found = wire.table("x", {"base": [Result(JobEnd.COMPLETED, outcomes={"a": alone})]}, {})
    assert found is not None
    assert found.rows == (Row("no body", "direct", (Cell(1, 1),)),)


def test_a_test_that_fails_in_one_of_its_runs_has_not_passed() -> None:
    runs = [result(get=Status.PASSED), result(get=Status.FAILED)]
    found = wire.table("x", {"base": runs}, {})
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
    found = wire.table("x", {"base": runs}, {})
    assert found is not None
    assert found.rows[0].cells == (Cell(passed=0, tests=2, hung=2),)


def test_a_skipped_test_is_in_no_cell() -> None:
    assert wire.table("x", {"base": [result(get=Status.SKIPPED)]}, {}) is None


def test_the_control_group_stands_behind_and_adds_no_rows() -> None:
    base = [result(get=Status.PASSED)]
    group = {"gunicorn": [result(get=Status.FAILED, direct=Status.PASSED)]}
    found = wire.table("x", {"base": base}, group)
    assert found is not None
    assert found.columns == ("base", "gunicorn")
    assert found.control == ("gunicorn",)
    assert found.rows == (Row("full body", "tearing", (Cell(1, 1), Cell(0, 1))),)


def test_tests_of_other_suites_stand_by_their_class() -> None:
    other = Result(JobEnd.COMPLETED, outcomes={"servers.tests.T.test_x": Outcome(Status.PASSED)})
    built = wire.table("x", {"base": [other]}, {})
    assert built is not None
    assert [(row.behaviour, row.link) for row in built.rows] == [("servers.tests.T", "")]


# Which layer suffices ----------------------------------------------------------------------

BASES = (BaseName("django", "6.1.3"), BaseName("cpython", "3.13.0"))
A, B, C = (Stack.read(name) for name in ("django/a", "cpython/b", "django/c"))
BOTH = Stack.read("cpython/b+django/a")


def columns(*stacks: Stack) -> dict[Stack, list[Result]]:
    """Runs on the base and on the trees of these stacks; only those of both pass."""
    passes = {BOTH: Status.PASSED}
    return {each: [result(get=passes.get(each, Status.FAILED))] for each in (Stack(), *stacks)}


def test_a_stack_and_its_halves_make_a_table_of_layers() -> None:
    group = {"gunicorn": [result(get=Status.PASSED)]}
    found = wire.build(BASES, columns(B, C, BOTH, A), group)
    assert found is not None
    (table,) = wire.layers(found)
    assert table.ground == "django 6.1.3 on cpython 3.13.0"
    assert table.columns == ("base", "django/a", "cpython/b", "cpython/b+django/a")
    assert wire.layer_names(table) == ("neither", "django", "cpython", "both")
    failed, passed = Cell(passed=0, tests=1), Cell(passed=1, tests=1)
    assert table.rows == (Row("full body", "tearing", (failed, failed, failed, passed)),)


@pytest.mark.parametrize("stacks", [(BOTH,), (A, BOTH), (A, B)])
def test_without_all_four_there_is_no_table_of_layers(stacks: tuple[Stack, ...]) -> None:
    found = wire.build(BASES, columns(*stacks), {})
    assert found is not None
    assert wire.layers(found) == []
