"""The exact test for numbers: what noise would order so, and what counts of many answers."""

from __future__ import annotations

from itertools import permutations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.judge import ranks

LEVEL = 0.005
sides = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("lower", "upper", "chance"),
    [
        ([1], [2], 1 / 2),
        ([1, 2, 3], [4, 5, 6], 1 / 20),
        ([1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 1 / 252),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [11, 12, 13, 14, 15], 1 / 3003),
        # One run of a busy moment costs what it should: two orders of 252 look so or better.
        ([1, 2, 3, 4, 6], [5, 7, 8, 9, 10], 2 / 252),
        ([4, 5, 6], [1, 2, 3], 1.0),
        ([1, 1, 1], [1, 1, 1], 1.0),
        ([], [1], 1.0),
        ([1], [], 1.0),
    ],
)
def test_known_chances(lower: list[float], upper: list[float], chance: float) -> None:
    assert ranks.chance(lower, upper) == pytest.approx(chance)


@given(sides, sides)
def test_no_order_of_the_same_numbers_is_counted_wrong(
    lower: list[float], upper: list[float]
) -> None:
    """Against every way to deal ranks to the two sides, counted one by one."""
    overlaps = sum(low >= high for low, high in product(lower, upper))
    number = len(lower) + len(upper)
    if number > 7:  # 5040 orders are enough to count
        return
    orders = [
        sum(low > high for low, high in product(order[: len(lower)], order[len(lower) :]))
        for order in permutations(range(number))
    ]
    expected = sum(each <= overlaps for each in orders) / len(orders)
    assert ranks.chance(lower, upper) == pytest.approx(expected)


@given(sides, sides, st.floats(0, 10))
def test_the_further_above_the_less_it_looks_like_noise(
    lower: list[float], upper: list[float], more: float
) -> None:
    raised = [each + more for each in upper]
    assert ranks.chance(lower, raised) <= ranks.chance(lower, upper)


@pytest.mark.parametrize(
    ("chances", "bar"),
    [
        ([], 0.0),
        ([0.2], 0.0),
        ([0.005], 0.005),
        # Where none is in doubt all of them count, however many they are.
        ([0.004] * 30, 0.004),
        # One in doubt: the others have half the level each.
        ([0.002, 0.2], 0.002),
        ([0.004, 0.2], 0.0),
        ([0.001, 0.004, 0.2], 0.001),
        ([0.0003, *([0.5] * 14)], 0.0003),
        ([0.0003, *([0.5] * 20)], 0.0),
    ],
)
def test_what_counts_of_many(chances: list[float], bar: float) -> None:
    assert ranks.bar(chances, LEVEL) == bar


@given(st.lists(st.floats(1e-6, 1), max_size=8))
def test_it_is_between_bonferroni_and_no_correction(chances: list[float]) -> None:
    kept = [each for each in chances if each <= ranks.bar(chances, LEVEL)]
    assert all(each <= LEVEL for each in kept)
    assert {each for each in chances if each <= LEVEL / max(1, len(chances))} <= set(kept)


@pytest.mark.parametrize(
    ("doubtful", "sides", "runs"), [(0, 2, 5), (0, 3, 4), (14, 3, 5), (15, 3, 6), (9, 2, 7)]
)
def test_how_many_runs_show_a_difference(doubtful: int, sides: int, runs: int) -> None:
    """Runs that are all above the others then count, beside so many that are not."""
    assert ranks.runs(LEVEL, doubtful, sides) == runs
    found = ranks.chance(range(runs * (sides - 1)), [1000.0] * runs)
    assert ranks.bar([found, *([1.0] * doubtful)], LEVEL) == found


@pytest.mark.parametrize("mood", [0.0, 1.0, 10.0])
def test_noise_is_called_a_difference_no_more_often_than_stated(mood: float) -> None:
    """Eight series of both sides alike, which share the ``mood`` of their runs."""
    random, level, reports, wrong = Random(1), 0.05, 2000, 0
    for _ in range(reports):
        moods = [mood * random.expovariate(1) for _ in range(8)]
        chances = []
        for _ in range(8):
            runs = [each + random.expovariate(1) for each in moods]
            chances.append(ranks.chance(runs[:4], runs[4:]))
        wrong += ranks.bar(chances, level) > 0
    # Three standard deviations of the count itself are allowed on top.
    assert wrong <= reports * level + 3 * (reports * level) ** 0.5
