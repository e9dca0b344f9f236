"""Rates of races: known values, and what must hold for all."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.lab.rates import interval, median_interval, same_rate


@pytest.mark.parametrize(
    ("hits", "runs", "low", "high"),
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (3, 8, 0.137, 0.694), (0, 0, 0.0, 1.0)],
)
def test_interval(hits: int, runs: int, low: float, high: float) -> None:
    assert interval(hits, runs) == pytest.approx((low, high), abs=0.001)


def test_no_count() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        interval(3, 2)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_rate(count: tuple[int, int]) -> None:
    hits, runs = count
    low, high = interval(hits, runs)
    assert low - 1e-9 <= hits / runs <= high + 1e-9


def test_same_rate() -> None:
    assert same_rate(3, 8, 0, 8) == pytest.approx(0.2)
    assert same_rate(8, 8, 0, 8) == pytest.approx(2 / 12870)
    assert same_rate(5, 10, 5, 10) == pytest.approx(1.0)


@pytest.mark.parametrize(("count", "low", "high"), [(6, 0, 5), (15, 3, 11), (20, 5, 14)])
def test_the_interval_of_a_median_is_the_known_one(count: int, low: int, high: int) -> None:
    """As in the tables for the sign test, alpha 0.05 two-sided."""
    assert median_interval(range(count)) == (low, (count - 1) / 2, high)


def test_the_interval_of_a_median_holds_the_true_one_as_often_as_it_says() -> None:
    chance = random.Random(1)
    held = 0
    for _ in range(1000):
        low, _, high = median_interval([chance.expovariate(1) for _ in range(15)])
        held += low <= math.log(2) <= high
    assert held >= 950


def test_there_is_no_median_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        median_interval([])
