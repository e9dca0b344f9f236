"""What a candidate costs: ratios within turns, and a load that counts whole answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.bench import serving
from harness.bench.serving import BASE
from harness.lab import load
from harness.lab.kinds import SERVERS
from harness.lab.load import ScenarioRate
from harness.lab.request import get
from harness.lab.servers import serve
from harness.lab.target import Target

NAME = "django/slow"


def turns(ratios: list[float]) -> list[dict[str, list[ScenarioRate]]]:
    """Turns in which the machine is ever slower, and the candidate costs so much more."""
    found = []
    for turn, ratio in enumerate(ratios, 1):
        base = ScenarioRate("close, 1 kB", 1000 / turn, 0.001 * turn, 0.0005 * turn)
        slow = ScenarioRate(
            "close, 1 kB", base.rate / ratio, base.latency * ratio, base.cpu * ratio
        )
        found.append({BASE: [base], NAME: [slow]})
    return found


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [
        ([1.0] * 15, "yes"),
        ([1.02] * 15, "yes"),
        ([1.1] * 15, "no"),
        ([1.1, 0.98] * 7 + [1.0], "not sure"),
    ],
)
def test_what_the_machine_does_falls_on_both_sides(ratios: list[float], verdict: str) -> None:
    (cost,) = serving.costs(turns(ratios), [NAME])
    assert cost.verdict == verdict
    assert cost.cpu[0] <= cost.cpu[1] <= cost.cpu[2]
    assert cost.latency[1] == pytest.approx(1 / cost.rate[1], rel=0.05)


def test_every_scenario_of_a_real_server_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "target.json"
    target.write_text(json.dumps({"scratch": str(tmp_path)}))
    assert load.main(["--target", str(target), "--server", "httpserver", "--seconds", "0.1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["scenario"] for each in found] == list(load.scenarios())
    assert all(min(each["rate"], each["latency"], each["cpu"]) > 0 for each in found)


@pytest.mark.parametrize("server", ["waitress", "wsgiref"])
def test_the_end_of_a_stream_is_found_with_chunks_and_without(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = {name: each for name, each in load.scenarios().items() if "stream" in name}
    with serve(SERVERS[server], Target(tmp_path)) as running:
        for name, request in streams.items():
            assert load.measure(running, name, request, 0.1).rate > 0


def test_an_answer_that_breaks_off_is_no_measurement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    longer = {"close, more than there is": get(1000).but(expected=2000)}
    monkeypatch.setattr(load, "scenarios", lambda: longer)
    target = tmp_path / "target.json"
    target.write_text(json.dumps({"scratch": str(tmp_path)}))
    assert load.main(["--target", str(target), "--server", "httpserver", "--seconds", "0.1"]) == 2
    assert "the load could not be measured" in capsys.readouterr().err
