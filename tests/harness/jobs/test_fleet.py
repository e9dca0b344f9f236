"""A fleet whose parts are killed, filled and lied to says what one says that is left alone.

What is done to it, and how that is looked at, is ``support.fleet``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from support.fleet.campaign import Seen, compare
from support.fleet.crew import Crew
from support.fleet.trouble import Controls, StoreState
from support.fleet.world import World
from support.tiny import PROJECT, TESTS

from harness.system.home import Home

SMALL = ("--patches", "1", "--cells", "1", "--workers", "2", "--machines", "1", "--moments", "4")
LARGE = (
    *("--patches", "100", "--cells", "10", "--workers", "8", "--machines", "4"),
    *("--moments", "50", "--runs", "2", "--seconds", "14400"),
)
JOBS = ("a on b, run 1", "a on b, run 2")


def campaign(*words: str) -> str:
    """What a campaign prints; it fails if anything is not as it should be."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (TESTS, PROJECT)))}
    done = subprocess.run(
        [sys.executable, "-m", "support.fleet", *words],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.long
@pytest.mark.timeout(0)
def test_a_few_faults_cost_nothing_but_time() -> None:
    said = campaign(*SMALL)
    assert "lost 0, twice 0, left 0, other verdicts 0" in said
    began = re.search(r"^(\d+) moments", said, re.M)
    assert began and int(began[1])


@pytest.mark.long
@pytest.mark.timeout(0)
def test_many_faults_cost_nothing_but_time() -> None:
    said = campaign(*LARGE)
    print(said)
    assert "lost 0, twice 0, left 0, other verdicts 0" in said


# What is looked at: each of these would be seen. ------------------------------------------


def client(folder: Path, *done: str, verdict: str = "breaks") -> Path:
    """The home of a client whose report says so, and which was given these jobs."""
    reports = folder / "reports"
    reports.mkdir(parents=True)
    (reports / "jobs.txt").write_text("".join(f"{name}: completed\n" for name in done), "utf-8")
    candidate = {"name": "django/x", "base": "django 0.1", "verdict": verdict, "changes": []}
    (reports / "report.json").write_bytes(msgspec.json.encode({"candidates": [candidate]}))
    return folder


@pytest.fixture
def crew(tmp_path: Path) -> Crew:
    """Nobody, who has ended."""
    return Crew(tmp_path / "run", World(tmp_path, tmp_path, ()), 0, 1)


def seen(crew: Crew, *homes: Path, verdict: str = "breaks") -> Seen:
    reference = client(crew.folder / "reference", *JOBS, verdict=verdict)
    return compare(reference, crew, homes, 1, 0.0)


def test_what_is_as_it_should_be_is_seen_to_be_so(tmp_path: Path, crew: Crew) -> None:
    found = seen(crew, client(tmp_path / "one", *JOBS))
    assert (found.lost, found.twice, found.left, found.others) == (0, 0, (), ())


def test_a_job_that_was_lost_or_counted_twice_is_seen(tmp_path: Path, crew: Crew) -> None:
    found = seen(crew, client(tmp_path / "one", JOBS[0], JOBS[0]))
    assert (found.lost, found.twice) == (1, 1)


def test_another_verdict_is_seen_of_each_client(tmp_path: Path, crew: Crew) -> None:
    homes = [client(tmp_path / name, *JOBS) for name in ("one", "two")]
    assert len(seen(crew, *homes, verdict="fixes").others) == 2


def test_what_is_left_is_seen(tmp_path: Path, crew: Crew) -> None:
    one = client(tmp_path / "one", *JOBS)
    machine = Home(crew.homes[0])
    (machine.folder("results") / ".x.part").touch()
    (crew.store / "parts").mkdir(parents=True)
    (crew.store / "parts" / "x").touch()
    machine.folder("scratch", "abandoned")
    waiting = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    env = {**os.environ, "FLEET": str(crew.folder)}
    with (
        machine.lock("builds"),
        machine.scratch("held") as held,
        subprocess.Popen(waiting, env=env, stdin=subprocess.PIPE) as process,
    ):
        found = seen(crew, one).left
        process.kill()
    assert {each.rpartition("/")[2] for each in found} == {
        f"process {process.pid}",
        ".x.part",
        "x",
        "builds.lock",
        held.name,
    }


def test_a_clock_and_a_store_do_as_they_are_told(tmp_path: Path) -> None:
    controls = Controls(tmp_path / "controls")
    controls.set_store(StoreState.GONE)
    controls.set_clock(-86400.0)
    code = (
        "import time, fsspec; from datetime import datetime; "
        "print(datetime.now().timestamp() - time.time() > 80000)\n"
        "try: fsspec.filesystem('troubled').cat_file('/x')\n"
        "except ConnectionError as error: print(error)"
    )
    paths = (TESTS / "support" / "fleet" / "site", TESTS, PROJECT)
    env = {**os.environ, "FLEET_CONTROLS": str(tmp_path / "controls")}
    env["PYTHONPATH"] = os.pathsep.join(map(str, paths))
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["True", "[Errno 111] nobody is there"]
    assert controls.met(StoreState.GONE) == 1
