"""What a candidate costs in instructions: medians of windows, and a count that repeats itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from harness.bench import counting
from harness.bench.serving import BASE
from harness.lab import instructions
from harness.lab.instructions import PROGRAMS, ScenarioCount

NAME = "django/dear"


@pytest.mark.parametrize(
    ("counts", "ratio", "verdict"),
    [
        pytest.param((102.0, 102.0, 102.0), 1.02, "yes", id="a little more"),
        pytest.param((104.0, 104.0, 104.0), 1.04, "no", id="more"),
        pytest.param((90.0, 90.0, 90.0), 0.9, "yes", id="less"),
        pytest.param((101.0, 150.0, 101.0), 1.01, "yes", id="garbage was collected in one window"),
    ],
)
def test_whether_it_is_at_most_3_percent_more(
    counts: tuple[float, ...], ratio: float, verdict: str
) -> None:
    base = ScenarioCount("close, 1 kB", (100.0, 100.0, 120.0))
    found = {BASE: [base], NAME: [ScenarioCount("close, 1 kB", counts)]}
    (cost,) = counting.costs(found)
    assert cost.ratio == pytest.approx(ratio)
    assert (cost.candidate, cost.verdict) == (NAME, verdict)


@pytest.mark.skipif(
    not all(map(shutil.which, PROGRAMS)), reason="needs valgrind: `apt-get install valgrind`"
)
def test_a_real_server_executes_as_many_every_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "target.json"
    env = {"PYTHONHASHSEED": "0"}
    target.write_text(json.dumps({"scratch": str(tmp_path), "env": env}))
    words = ["--target", str(target), "--server", "wsgiref", "--windows", "3"]
    assert instructions.main(words) == 0
    found = {each["scenario"]: each["instructions"] for each in json.loads(capsys.readouterr().out)}
    assert list(found) == ["close, 1 kB", "close, 1 MB"]
    for windows in found.values():
        # In one of them all garbage may be collected.
        least, middle, _ = sorted(windows)
        assert middle < 1.03 * least
    assert min(found["close, 1 MB"]) > min(found["close, 1 kB"]) > 10_000
