"""What a candidate costs: ratios within turns, and a load that counts whole answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.bench import serving
from harness.bench.serving import BASE
from harness.lab import load
from harness.lab.load import ScenarioRate
from harness.lab.request import get

NAME = "django/slow"


def turns(ratios: list[float]) -> list[dict[str, list[ScenarioRate]]]:
    """Turns in which the machine is ever slower, and the candidate so much slower than the base."""
    return [
        {
            BASE: [ScenarioRate("close, 1 kB", 1000 / (turn + 1), 0.001 * (turn + 1))],
            NAME: [
                ScenarioRate("close, 1 kB", 1000 / (turn + 1) * ratio, 0.001 * (turn + 1) / ratio)
            ],
        }
        for turn, ratio in enumerate(ratios)
    ]


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [
        ([1.0] * 15, "keeps"),
        ([0.98] * 15, "keeps"),
        ([0.9] * 15, "loses"),
        ([0.9, 1.02] * 7 + [1.0], "not sure"),
    ],
)
def test_what_the_machine_does_falls_on_both_sides(ratios: list[float], verdict: str) -> None:
    (cost,) = serving.costs(turns(ratios), [NAME])
    assert cost.verdict == verdict
    assert cost.rate[0] <= cost.rate[1] <= cost.rate[2]
    assert cost.latency[1] == pytest.approx(1 / cost.rate[1], rel=0.05)


def test_every_scenario_of_a_real_server_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "target.json"
    target.write_text(json.dumps({"scratch": str(tmp_path)}))
    assert load.main(["--target", str(target), "--server", "httpserver", "--seconds", "0.1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["scenario"] for each in found] == list(load.scenarios())
    assert all(each["rate"] > 0 and each["latency"] > 0 for each in found)


def test_an_answer_that_breaks_off_is_no_measurement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    longer = {"close, more than there is": get(1000).but(expected=2000)}
    monkeypatch.setattr(load, "scenarios", lambda: longer)
    target = tmp_path / "target.json"
    target.write_text(json.dumps({"scratch": str(tmp_path)}))
    assert load.main(["--target", str(target), "--server", "httpserver", "--seconds", "0.1"]) == 2
    assert "the load could not be measured" in capsys.readouterr().err
