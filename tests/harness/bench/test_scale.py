"""How much of its processors a fleet uses: measured on real workers, and as a model."""

from __future__ import annotations

import io
import platform
import subprocess

import pytest
from rich.console import Console
from support.tiny import PATCHES, UPSTREAM

from harness.bench import scale
from harness.bench.scale import MODELLED, Point, efficiency
from harness.model import WorkbenchError
from harness.report.pages import measured
from harness.system import apart
from harness.system.home import Home
from harness.system.room import cores

WORDS = (
    *("test", "--django", str(UPSTREAM), "--cpython", "none", "--patches", str(PATCHES)),
    *("--suite", "django:servers", "--python", platform.python_version()),
    *("--candidate", "django/neutral", "--repeat", "1", "--budget", "0"),
)


def test_one_worker_waits_for_nobody_and_more_wait_longer() -> None:
    assert efficiency(0.01, 1) == 1
    shares = [efficiency(0.01, number) for number in MODELLED]
    assert shares == sorted(shares, reverse=True)
    assert efficiency(0.01, 101) == pytest.approx(0.5)


def test_a_worker_without_a_processor_of_its_own_has_a_part_of_one() -> None:
    point = Point(10_000, 4, wall=2.0, worked=1.0, scheduler=0.1, client=0.1)
    assert point.there == 2.0 * cores()
    assert point.share == pytest.approx(0.2 / 1.2)


@pytest.mark.allow_hosts(["127.0.0.1", apart.HERE])
def test_it_measures_each_number_of_workers_and_leaves_nothing(home: Home) -> None:
    said = io.StringIO()
    made = scale.run(WORDS, home, Console(file=said, width=200), numbers=(2,))
    assert len(made.figures) == 1 + len(MODELLED)
    for figure in made.figures:
        assert figure.than is not None
        assert 0 < figure.value <= figure.than
    assert "beyond" in made.said[0]
    assert "the model, 100 machines of one processor" in said.getvalue()
    assert "More workers" in measured.page_of(made)
    assert not list((home.root / "scratch").iterdir())


def test_places_reach_one_port_and_not_each_other() -> None:
    """Which routes there are: without one, no packet leaves."""
    try:
        with apart.places(2) as made:
            here, other = made.address, made.places[1].address
            words = made.places[0].words

            def ask(address: str, port: int) -> int:
                route = ("ip", "route", "get", address, "ipproto", "tcp", "dport", str(port))
                return subprocess.run([*words, *route], capture_output=True, check=False).returncode

            assert ask(here, made.port) == 0
            assert ask(here, made.port - 1) != 0
            assert ask(other, apart.PORT) != 0
    except WorkbenchError as error:
        pytest.skip(f"no network namespaces: {error}")
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    assert made.places[0].words[-1] not in listed.stdout
