"""The exact test: what noise would look like, and how many runs show that it is none."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.judge import exact

counts = st.integers(1, 12)
costs = st.floats(0.1, 1000)


@pytest.mark.parametrize(
    ("base", "odd", "patched", "chance"),
    [
        (1, 1, 1, 1 / 4),
        (3, 3, 3, 1 / 64),
        (4, 4, 4, 1 / 256),
        (2, 10, 10, (10 / 12) ** 10 * (2 / 12) ** 2),
        (0, 3, 3, 1.0),
        (3, 0, 3, 1.0),
        (3, 0, 0, 1.0),
    ],
)
def test_known_chances(base: int, odd: int, patched: int, chance: float) -> None:
    assert exact.chance(base, odd, patched) == pytest.approx(chance)


@given(counts, counts, counts, st.floats(0.001, 0.999))
def test_no_rate_of_noise_is_more_likely_to_look_so(
    base: int, odd: int, patched: int, rate: float
) -> None:
    """Against all outcomes of so many runs, counted one by one."""
    odd = min(odd, patched)
    if patched > 8:  # 2 to the eighth outcomes are enough to count
        return
    likely = sum(
        rate ** sum(runs) * (1 - rate) ** (patched - sum(runs))
        for runs in product((0, 1), repeat=patched)
        if sum(runs) >= odd
    )
    assert likely * (1 - rate) ** base <= exact.chance(base, odd, patched) + 1e-9


@given(counts, counts, counts)
def test_more_runs_that_agree_are_less_likely_noise(base: int, odd: int, patched: int) -> None:
    odd = min(odd, patched)
    chance = exact.chance(base, odd, patched)
    assert 0 < chance <= 1
    assert exact.chance(base + 1, odd, patched) <= chance + 1e-9
    assert exact.chance(base, odd + 1, patched + 1) <= chance + 1e-9


@given(costs, costs, st.integers(0, exact.MOST_FLAKY))
def test_the_repeats_that_are_asked_for_prove_a_change(
    base: float, patched: float, flaky: int
) -> None:
    on_base, with_patch = exact.repeats(base, patched, flaky)
    assert exact.is_proof(exact.chance(on_base, with_patch, with_patch), flaky)
    even, again = exact.repeats(1, 1, flaky)
    assert on_base * base + with_patch * patched <= even * base + again * patched


def test_a_side_that_hangs_is_run_seldom_and_the_other_one_often() -> None:
    assert exact.repeats(1, 1) == (4, 4)
    assert exact.repeats(900, 30) == (2, 10)
    assert exact.repeats(30, 900) == (10, 2)


def test_the_more_tests_are_flaky_the_more_a_proof_takes() -> None:
    four = exact.chance(4, 4, 4)
    assert exact.is_proof(four, 0)
    assert not exact.is_proof(four, 1)
    assert exact.is_proof(exact.chance(5, 5, 5), 4)
    assert not exact.is_proof(0.0, exact.MOST_FLAKY + 1)


@pytest.mark.parametrize(("runs", "share"), [(0, 0.0), (1, 0.2), (2, 0.36), (10, 0.893)])
def test_what_runs_would_have_noticed(runs: int, share: float) -> None:
    assert exact.noticed(runs) == pytest.approx(share, abs=0.001)


def _noise_has_one_rate(rates: tuple[float, ...], runs: int) -> float:
    """The share of reports with something false, where four runs against four decide.

    Each of the tests was noticed; it comes out as a change, or as flaky.
    """
    wrong = 0.0
    for outcome in product((False, True), repeat=len(rates)):
        likely = 1.0
        for rate, is_change in zip(rates, outcome, strict=True):
            looks_so = rate**runs * (1 - rate) ** runs
            likely *= looks_so if is_change else 1 - looks_so
        flaky = outcome.count(False)
        if any(outcome) and exact.is_proof(exact.chance(runs, runs, runs), flaky):
            wrong += likely
    return wrong


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=8), st.integers(2, 7))
def test_a_whole_report_keeps_to_its_error(rates: list[float], runs: int) -> None:
    """However many of its tests are noise: each that is found out makes the rest harder."""
    assert _noise_has_one_rate(tuple(rates), runs) <= exact.LEVEL + 1e-9
