"""The curve: one number is varied, and what is lost and waited for is counted."""

from __future__ import annotations

import io
import json
from pathlib import Path

import psutil
import pytest
from rich.console import Console
from support.tiny import WRONG, Workbench

from harness.bench import curve
from harness.bench.curve import BoundReport
from harness.lab import losses
from harness.lab.losses import ClientWait, ExchangeLoss, LossReport
from harness.lab.request import get
from harness.model import RequestError

SLOW = "tearing 50 ms"


def measured(tmp_path: Path, capsys: pytest.CaptureFixture[str], *words: str) -> LossReport:
    """What the lab measures on the standard library's server."""
    target = tmp_path / "target.json"
    target.write_text(json.dumps({"scratch": str(tmp_path)}))
    argv = ["--target", str(target), "--server", "httpserver", "--repeat", "2", *words]
    assert losses.main(argv) == 0
    found = json.loads(capsys.readouterr().out)
    return LossReport(
        tuple(ExchangeLoss(each["name"], tuple(each["lost"])) for each in found["losses"]),
        tuple(ClientWait(each["name"], tuple(each["seconds"])) for each in found["waits"]),
    )


def test_a_server_that_closes_first_loses_what_a_slow_link_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = measured(tmp_path, capsys, "--only", SLOW)
    (loss,) = report.losses
    assert loss.name == SLOW
    assert [0 < lost < 50_000 for lost in loss.lost] == [True, True]
    assert [each.name for each in report.waits] == list(losses.WAITS)
    assert all(each >= 0 for wait in report.waits for each in wait.seconds)


def test_a_faithful_link_loses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    faithful = {"faithful": (losses._named("faithful"), get(50_000))}
    monkeypatch.setattr(losses, "LOSSES", faithful)
    assert measured(tmp_path, capsys).losses == (ExchangeLoss("faithful", (0, 0)),)


def test_a_server_that_does_not_come_up_is_no_measurement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "target.json"
    target.write_text(json.dumps({"scratch": str(tmp_path), "python": ["/no/python"]}))
    argv = ["--target", str(target), "--server", "httpserver", "--repeat", "1"]
    assert losses.main(argv) == 2
    assert "the losses could not be measured" in capsys.readouterr().err


def test_nothing_but_the_bound_is_changed_and_only_in_the_copy(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    (checkout / "core").mkdir(parents=True)
    before = 'run(other_timeout=2, close_timeout=options["close_timeout"])\n'
    (checkout / "core" / "server.py").write_text(before)
    (checkout / "core" / "latin.py").write_bytes(b"# \xe4\n")
    tree = curve.copied(checkout, tmp_path / "tree")
    curve.set_bound(tree, 250)
    curve.set_bound(tree, 1500)
    after = "run(other_timeout=2, close_timeout=1.5)\n"
    assert (tree / "core" / "server.py").read_text() == after
    assert (tree / "core" / "latin.py").read_bytes() == b"# \xe4\n"
    assert (checkout / "core" / "server.py").read_text() == before


def test_a_tree_without_a_bound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text("timeout = 2\n")
    with pytest.raises(RequestError, match="no `close_timeout=SECONDS`"):
        curve.set_bound(tmp_path, 100)


def test_a_column_for_each_bound() -> None:
    reports = [
        BoundReport(bound, LossReport((ExchangeLoss("race", lost),), (ClientWait("close", waits),)))
        for bound, lost, waits in ((0, (5000, 0, 3000), (0.0, 0.002, 0.001)), (100, (0,), (0.1,)))
    ]
    console = Console(width=100, file=io.StringIO(), record=True)
    curve.show("it", reports, console)
    lines = [" ".join(line.split()) for line in console.export_text().splitlines()]
    assert "exchange 0 ms 100 ms" in lines
    assert "race 2/3 4.0 kB 0/1" in lines
    assert "wait, ms: close 1 (max 2) 100 (max 100)" in lines


def test_processes_that_keep_the_machine_busy_end_with_the_measurement() -> None:
    before = set(psutil.Process().children())
    with losses.computing(2):
        busy = set(psutil.Process().children()) - before
        assert len(busy) == 2
    assert not any(process.is_running() for process in busy)


@pytest.mark.parametrize(
    "words", [(), ("--candidate", "django/fixes", "--candidate", "django/flips")]
)
def test_it_wants_one_candidate_with_a_bound(workbench: Workbench, words: tuple[str, ...]) -> None:
    done = workbench.run("bench", "--measure", "curve", *words)
    assert done.status == WRONG
    assert "name it, such as --candidate django/bounded-drain" in done.error
