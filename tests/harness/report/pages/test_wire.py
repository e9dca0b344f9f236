"""Which exchanges stand behind a cell of the matrix, and which of them are drawn."""

from __future__ import annotations

import msgspec
import pytest
from support.sighted import GOOD, GROUND, TEST, TORN, matrix, sighting

from harness.model import Cell
from harness.report.pages import wire

CELLS = (Cell(3, 4), Cell(4, 4), Cell(2, 4), Cell(4, 4))
OTHER = TEST.replace("whole", "other")


def test_a_cell_says_whether_it_is_better_or_worse_than_the_base() -> None:
    (table,) = wire.tables([matrix(*CELLS)], [])
    (row,) = table.rows
    assert [cell.step for cell in row.cells] == ["", "better", "worse", ""]
    assert [cell.tone for cell in row.cells] == ["bad", "good", "bad", "good"]
    assert row.differs


def test_a_cell_leads_to_what_its_own_tree_did() -> None:
    seen = [
        sighting("base", TORN),
        sighting("django/x", GOOD),
        sighting("gunicorn", GOOD, ground=""),
    ]
    (table,) = wire.tables([matrix(*CELLS)], seen)
    (row,) = table.rows
    by_column = {
        column: ident
        for each in row.seen
        for column, ident in zip(each.columns, each.idents, strict=True)
    }
    base, x, y, gunicorn = (cell.target for cell in row.cells)
    assert (base, x, gunicorn) == tuple(by_column[n] for n in ("base", "django/x", "gunicorn"))
    assert y == row.ident, "nothing of it is kept: it did as the base"
    assert wire.places([table])[GROUND, "django/x", TEST] == (x, True)


def test_trees_on_which_a_test_saw_the_same_share_a_drawing() -> None:
    seen = [sighting("base", TORN), sighting("django/x", GOOD), sighting("django/y", GOOD)]
    (table,) = wire.tables([matrix(*CELLS)], seen)
    together = next(each for each in table.rows[0].seen if each.patched)
    assert together.columns == ("django/x", "django/y")
    assert len(set(together.idents)) == 2
    assert together.base and together.base.observation == TORN


def test_what_a_page_can_not_bear_is_drawn_once_for_each_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "MOST_DRAWN", 1)
    seen = [
        *(sighting("base", TORN, test) for test in (TEST, OTHER)),
        *(sighting("django/x", GOOD, test) for test in (TEST, OTHER)),
    ]
    (table,) = wire.tables([matrix(*CELLS)], seen)
    first, other = (each for each in table.rows[0].seen if each.patched)
    assert first.drawing and not first.like
    assert not other.drawing and other.like == first.idents[0]


def test_of_the_base_alone_the_worst_is_shown() -> None:
    seen = [sighting("base", GOOD, OTHER), sighting("base", TORN)]
    (table,) = wire.tables([matrix(*CELLS)], seen)
    (alone,) = table.rows[0].seen
    assert alone.test == TEST and alone.patched is None


def test_the_control_group_is_shown_once_and_led_to_from_every_ground() -> None:
    """It stands on no ground, and beside all of them."""
    other = msgspec.structs.replace(matrix(*CELLS), ground="django 5.2.1")
    first, second = wire.tables([matrix(*CELLS), other], [sighting("gunicorn", GOOD, ground="")])
    (shown,) = first.rows[0].seen
    assert second.rows[0].seen == ()
    assert first.rows[0].cells[3].target == second.rows[0].cells[3].target == shown.idents[0]
