"""Simulated reports: what is false in them, and what of the true regressions is found."""

from __future__ import annotations

import io
from random import Random

import pytest
from rich.console import Console

from harness.bench import noise
from harness.compare.comparison import EFFORTS, RunSettings
from harness.model import Change, ChangeKind, Status

REPORTS = {"quick": 200, "normal": 200, "thorough": 40}


@pytest.fixture(scope="module")
def tallies() -> dict[str, noise.Tally]:
    return {name: noise.simulate(RunSettings(effort=name), n) for name, n in REPORTS.items()}


@pytest.mark.parametrize("effort", EFFORTS)
def test_hardly_a_report_says_something_false(tallies: dict[str, noise.Tally], effort: str) -> None:
    assert tallies[effort].wrong <= noise.AIM * REPORTS[effort]


@pytest.mark.parametrize("effort", EFFORTS)
def test_what_fails_every_time_is_found_every_time(
    tallies: dict[str, noise.Tally], effort: str
) -> None:
    tally = tallies[effort]
    assert tally.found[noise.ALWAYS] == tally.regressions[noise.ALWAYS] > 0


def test_effort_buys_the_regressions_that_are_seldom_seen(
    tallies: dict[str, noise.Tally],
) -> None:
    shares = [tallies[effort].found[0.5] / tallies[effort].regressions[0.5] for effort in REPORTS]
    assert shares == sorted(shares)
    thorough = tallies["thorough"]
    assert thorough.found[0.2] > 0.6 * thorough.regressions[0.2]
    assert tallies["quick"].runs < tallies["normal"].runs


def test_a_report_is_the_same_every_time() -> None:
    how = RunSettings(effort="quick")
    assert noise.simulate(how, 20) == noise.simulate(how, 20)
    assert noise.simulate(how, 20) != noise.simulate(how, 20, seed=1)


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.8])
def test_one_noisy_test_that_was_noticed_is_hardly_ever_called_broken(rate: float) -> None:
    """The worst case: the only flaky test of its report, at every rate."""
    random = Random(rate)
    world = {"a": noise.Flake(rate, rate)}
    false = 0
    for _ in range(400):
        judged, _ = noise.judged_reports(RunSettings(), noise.answers(world, random))
        false += any(change.confirmed for each in judged for change in each.changes)
    assert false <= 0.01 * 400 + 3  # three standard deviations above


@pytest.mark.parametrize(
    ("flake", "kind", "is_false"),
    [
        (noise.Flake(0.5, 0.5), ChangeKind.BROKEN, True),
        (noise.Flake(0.5, 0), ChangeKind.BROKEN, True),
        (noise.Flake(0, 0.5), ChangeKind.BROKEN, False),
        (noise.Flake(0.5, 0), ChangeKind.FIXED, True),
        (noise.Flake(1, 0), ChangeKind.FIXED, False),
        (noise.Flake(0.5, 0.5), ChangeKind.FLAKY, False),
    ],
)
def test_what_is_false_of_a_test(flake: noise.Flake, kind: ChangeKind, is_false: bool) -> None:
    confirmed = kind is not ChangeKind.FLAKY
    said = Change("django", "a", Status.PASSED, Status.FAILED, kind, confirmed, {}, {})
    assert noise.is_false(said, {"a": flake}, noise.CANDIDATE) is is_false


def test_the_table_has_a_line_for_each_effort() -> None:
    stream = io.StringIO()
    noise.run(Console(file=stream, width=120), reports=20)
    lines = stream.getvalue().splitlines()
    assert lines[0].startswith("20 simulated reports of each effort: 13 tests")
    for effort in EFFORTS:
        (line,) = [line for line in lines if line.strip().startswith(effort)]
        assert "0 of 20" in line
        assert "aim met" in line
