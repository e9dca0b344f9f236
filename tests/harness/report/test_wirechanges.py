"""What differs on the wire, in as few rows and columns as tell it."""

from __future__ import annotations

import pytest

from harness.model import Cell, Matrix, Row, Stack
from harness.report.wirechanges import is_better, step, wire_changes

GOOD, HALF, NONE, HANGS = Cell(4, 4), Cell(2, 4), Cell(0, 4), Cell(0, 4, 3)
NAMES = ("django/fix", "django/twin", "django/idle")


def matrix(*rows: Row, names: tuple[str, ...] = NAMES) -> Matrix:
    """A matrix with a base, these candidates, and one server of the control group."""
    return Matrix(
        "django 6.1.3",
        ("base", *names, "gunicorn"),
        ("gunicorn",),
        rows,
        (Stack(), *map(Stack.read, names)),
    )


def row(behaviour: str, link: str, base: Cell, *cells: Cell) -> Row:
    return Row(behaviour, link, (base, *cells, GOOD))


def test_candidates_that_do_the_same_share_a_column_and_idle_ones_have_none() -> None:
    told = wire_changes(matrix(row("full body", "bridge", NONE, GOOD, GOOD, NONE)))
    assert told.columns == (("fix", "twin"),)
    assert told.idle == ("idle",)
    assert [each.cells for each in told.rows] == [(GOOD,)]


def test_links_that_tell_the_same_share_a_row() -> None:
    told = wire_changes(
        matrix(
            row("full body", "bridge", NONE, HALF, NONE, NONE),
            row("full body", "direct", GOOD, GOOD, GOOD, GOOD),
            row("full body", "late", GOOD, HALF, GOOD, GOOD),
            row("full body", "tearing", NONE, GOOD, NONE, NONE),
        )
    )
    assert [(each.links, each.base, each.cells) for each in told.rows] == [
        (("bridge", "tearing"), Cell(0, 8), (Cell(6, 8),)),
        (("late",), GOOD, (HALF,)),
    ]
    assert told.rows[0].control == Cell(8, 8)


def test_behaviours_in_which_nobody_differs_are_named() -> None:
    told = wire_changes(
        matrix(
            row("keep alive", "direct", GOOD, HALF, GOOD, GOOD),
            row("no body", "direct", GOOD, GOOD, GOOD, GOOD),
            row("tls", "direct", HALF, HALF, HALF, HALF),
            row("tls", "late", GOOD, GOOD, GOOD, GOOD),
        )
    )
    assert [each.behaviour for each in told.rows] == ["keep alive"]
    assert (told.passing, told.failing) == (("no body",), ("tls",))


def test_nobody_differs() -> None:
    told = wire_changes(matrix(row("no body", "direct", GOOD, GOOD, GOOD, GOOD)))
    assert (told.columns, told.rows, told.idle) == ((), (), ("fix", "twin", "idle"))


@pytest.mark.parametrize(
    ("base", "cell", "text", "better"),
    [
        (HALF, HALF, "·", None),
        (HALF, GOOD, "all", True),
        (NONE, HALF, "+2", True),
        (GOOD, HALF, "-2", False),
        (GOOD, HANGS, "-4h", False),
        (NONE, HANGS, "h", False),
        (HANGS, NONE, "0", True),
        (HALF, Cell(), "", None),
        (HALF, Cell(3, 5), "3/5", True),
        (GOOD, Cell(3, 5), "3/5", False),
        (Cell(2, 2), Cell(3, 3), "all", None),
        (Cell(), Cell(3, 3), "all", None),
    ],
)
def test_a_cell_says_how_it_differs(base: Cell, cell: Cell, text: str, better: bool | None) -> None:
    assert step(base, cell) == text
    assert is_better(base, cell) is better
