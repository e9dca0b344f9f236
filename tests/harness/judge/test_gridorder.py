"""Which cell of a grid is judged next, pinned by a table."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from harness.judge.gridorder import GridSight, Spot, spots_in_order
from harness.model import Telling, Verdict

# A grid is drawn: a row for each release and a letter for each Python, the newest first.
VERDICTS: Mapping[str, Verdict] = {
    "B": Verdict.BREAKS,
    "F": Verdict.FIXES,
    "N": Verdict.NEUTRAL,
}
OPEN, MERGED, CLOSED = "o", "m", " "
WAYS = {MERGED: "merged"}


def sights(drawn: str, candidate: str = "x") -> list[GridSight]:
    """``o`` is open and ``m`` too, where the patch goes on in another way; a letter is a
    verdict, and a space is where nothing can be judged."""
    return [
        GridSight(candidate, Spot(release, python), WAYS.get(letter, "clean"), VERDICTS.get(letter))
        for release, row in enumerate(drawn.split("|"))
        for python, letter in enumerate(row)
        if letter != CLOSED
    ]


def following(*grids: list[GridSight]) -> tuple[Spot, Telling]:
    first = spots_in_order(sight for grid in grids for sight in grid)[0]
    return first.spot, first.telling


@pytest.mark.parametrize(
    ("drawn", "spot", "telling"),
    [
        ("ooo|ooo|ooo", (0, 0), Telling.NEWEST),
        (" oo|ooo|ooo", (0, 1), Telling.NEWEST),
        ("Foo|ooo|ooo", (2, 0), Telling.END),
        ("Foo|ooo|Foo", (2, 2), Telling.END),
        ("Foo|ooo|FoF", (0, 2), Telling.END),
        # A release that runs on fewer Pythons has its ends where it ends.
        ("Fo |ooo| oo", (2, 1), Telling.END),
        ("Fo |ooo| FF", (0, 1), Telling.END),
        # A way in which the patch was seen nowhere comes before a boundary.
        ("FoF|mmm|BoB", (1, 0), Telling.OTHER_TEXT),
        # All ends are alike: what is furthest from them.
        ("FoF|ooo|FoF", (1, 1), Telling.REST),
        # A difference: half of the way to it, in a column and in a row.
        ("FoF|ooo|ooo|ooo|BoB", (2, 0), Telling.BOUNDARY),
        ("FooooooB|F      F", (0, 3), Telling.BOUNDARY),
        # The wider gap is halved first.
        ("FoB|ooo|ooo|ooo|BBB", (2, 0), Telling.BOUNDARY),
        # Neighbours with different verdicts have nothing between them.
        ("FBo|FBo|FBB", (0, 2), Telling.END),
        ("FFB|FFo|FBB", (1, 2), Telling.REST),
        # Of what is left another way of going on comes first, though its like was judged.
        ("Foo|oom|FoF", (0, 2), Telling.END),
    ],
)
def test_the_most_telling_cell_comes_first(
    drawn: str, spot: tuple[int, int], telling: Telling
) -> None:
    assert following(sights(drawn)) == (Spot(*spot), telling)


def test_the_rest_begins_with_what_goes_on_in_another_way() -> None:
    grid = [
        *sights("FoF|   |FoF"),
        GridSight("x", Spot(1, 0), "merged", Verdict.FIXES),
        GridSight("x", Spot(1, 1), "merged"),
    ]
    assert following(grid) == (Spot(1, 1), Telling.REST)


def test_a_boundary_is_found_in_as_many_steps_as_halving_takes() -> None:
    """Sixteen releases, of which the newest five fix: after the ends, four steps."""
    known: dict[int, Verdict] = {}
    steps = []
    while True:
        grid = [GridSight("x", Spot(n, 0), "clean", known.get(n)) for n in range(16)]
        chosen = spots_in_order(grid)[0]
        if chosen.telling is Telling.REST:
            break
        steps.append(chosen.spot.release)
        known[steps[-1]] = Verdict.FIXES if steps[-1] < 5 else Verdict.BREAKS
    assert steps == [0, 15, 7, 3, 5, 4]
    assert (known[4], known[5]) == (Verdict.FIXES, Verdict.BREAKS)


def test_a_spot_is_as_telling_as_for_the_candidate_for_which_it_tells_most() -> None:
    steady, turning = sights("FoF|ooo|FoF", "steady"), sights("FoF|ooo|BoB", "turning")
    assert following(steady) == (Spot(1, 1), Telling.REST)
    assert following(steady, turning) == (Spot(1, 0), Telling.BOUNDARY)


def test_of_two_alike_that_comes_first_which_more_candidates_want() -> None:
    one, two = sights("FoF|   |   |ooo", "one"), sights("FoF|   |   |Foo", "two")
    assert following(one) == (Spot(3, 0), Telling.END)
    assert following(one, two) == (Spot(3, 2), Telling.END)


def test_a_new_candidate_is_judged_on_the_newest_before_others_go_on() -> None:
    assert following(sights("Foo|BoB", "one"), sights("   |ooo", "two")) == (
        Spot(1, 0),
        Telling.NEWEST,
    )


@pytest.mark.parametrize("drawn", ["FF|BB", "", "  |F "])
def test_where_all_is_judged_nothing_follows(drawn: str) -> None:
    assert spots_in_order(sights(drawn)) == []


def test_every_open_cell_comes_once() -> None:
    order = spots_in_order(sights("Foo|omo|ooB"))
    assert len(order) == len({each.spot for each in order}) == 7
