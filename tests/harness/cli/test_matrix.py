"""Candidates on several releases and Pythons: the table, the plan, the budget, being ended.

The releases are folders with the miniature in them, of which one is changed so that not every
candidate applies, and one is a release that no Python from 3.10 on runs.
"""

from __future__ import annotations

import platform
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from support.line import RELEASES
from support.tiny import (
    DEADLINE,
    DONE,
    MATCHED,
    QUICK,
    STOPPED,
    UNDONE,
    UPSTREAM,
    WRONG,
    Workbench,
    copied,
    until,
)

from .test_stopping import in_the_hanging_test

HERE, NOWHERE = platform.python_version(), "3.99"
INIT, SERVER = "django/__init__.py", "django/server.py"
NEUTRAL, HANGS = "django/neutral", "django/hangs"
FIXES, BREAKS = "django/fixes", "django/breaks"


def release(folder: Path, version: str, old: str = "", new: str = "") -> Path:
    """The miniature as another release, with some words of its server replaced."""
    tree = copied(UPSTREAM, folder / f"release-{version.replace(', ', '.')}")
    init, server = tree / INIT, tree / SERVER
    init.write_text(init.read_text("utf-8").replace("0, 1, 0", version), "utf-8")
    server.write_text(server.read_text("utf-8").replace(old, new), "utf-8")
    return tree


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Release 0.0.5, to which ``breaks`` does not apply."""
    return release(tmp_path, "0, 0, 5", "hello", "good day")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Release 0.2, the newest: ``hangs`` does not apply there either."""
    return release(tmp_path, "0, 2, 0", 'return "waited"', 'return "has waited"')


def asked(*candidates: str) -> list[str]:
    return [*(word for name in candidates for word in ("--candidate", name)), *QUICK]


def cells(workbench: Workbench, file: str = "report.json") -> dict[tuple[str, str, str], Any]:
    """The grid of a report, by candidate, release and Python."""
    grid = workbench.report(workbench.home / "reports" / file)["grid"]
    return {
        (each["stack"]["names"][0]["name"], each["release"], each["python"]): each for each in grid
    }


def test_every_cell_is_judged_or_named(
    workbench: Workbench, judged: Workbench, tmp_path: Path, old: Path
) -> None:
    ancient = release(tmp_path, "2, 2, 0")
    page = tmp_path / "own.md"
    found = workbench.run(
        "matrix",
        *("--candidate", FIXES, "--candidate", BREAKS),
        *("--django", str(UPSTREAM), str(old), str(ancient), "--python", HERE, NOWHERE),
        *("--write", page),
    )
    assert found.status == UNDONE, found.out + found.err
    grid = cells(workbench)
    assert {place: each["verdict"] or each["state"] for place, each in grid.items()} == {
        ("fixes", "2.2", NOWHERE): "no-such-python",
        ("fixes", "2.2", HERE): "not-supported",
        ("fixes", "0.1", NOWHERE): "no-such-python",
        ("fixes", "0.1", HERE): "fixes",
        ("fixes", "0.0.5", NOWHERE): "no-such-python",
        ("fixes", "0.0.5", HERE): "fixes",
        ("breaks", "2.2", NOWHERE): "no-such-python",
        ("breaks", "2.2", HERE): "not-supported",
        ("breaks", "0.1", NOWHERE): "no-such-python",
        ("breaks", "0.1", HERE): "breaks",
        ("breaks", "0.0.5", NOWHERE): "no-such-python",
        ("breaks", "0.0.5", HERE): "does-not-apply",
    }
    # The same tests changed as where `test` judges that release alone.
    base = grid["fixes", "0.1", HERE]["base"]
    assert base == f"django 0.1, Python {HERE}"
    report = workbench.report()
    mine = next(x for x in report["candidates"] if (x["name"], x["base"]) == (FIXES, base))
    alone = judged.candidates()[FIXES]
    assert [each["test"] for each in mine["changes"]] == [x["test"] for x in alone["changes"]]
    assert {each["version"]: each["python"] for each in report["bases"]} == {
        "0.1": HERE,
        "0.0.5": HERE,
    }
    # No run was spent on what is known without one, and what is missing is named.
    assert grid["breaks", "0.0.5", HERE]["place"] == 0
    assert [note for note in report["notes"] if NOWHERE in note and "6 cells" in note]
    assert "not supported: django 2.2 needs Python 3.5 to 3.9" in found.out
    assert re.search(r"0\.1 .*✓ fixes \+\d", found.out), found.out
    assert "| 0.1 | · no such Python here | ✓ **fixes** +" in page.read_text("utf-8")
    # A cell of the page leads to the section of its verdict.
    html = (workbench.home / "reports" / "matrix.html").read_text("utf-8")
    whole = (workbench.home / "reports" / "report.html").read_text("utf-8")
    links = re.findall(r'<a href="report.html#(c-\w+)">', html)
    assert len(links) == 4
    assert all(f'<h3 id="{ident}">' in whole for ident in links)
    # `report` shows it again, with the same answer for those who gate on it.
    again = workbench.run("report", "--fail-on", "broken")
    assert again.status == MATCHED
    assert "✓ fixes +" in again.out


def test_the_plan_says_what_there_is_to_do_and_does_nothing(
    workbench: Workbench, old: Path
) -> None:
    words = ("matrix", *asked(NEUTRAL), "--django", str(UPSTREAM), str(old))
    planned = workbench.run(*words, "--plan")
    assert planned.status == DONE, planned.err
    assert "2 cells: 2 to be judged in 2 places" in planned.out
    assert "none of them done yet" in planned.out
    assert "a guess: nothing was judged here yet" in planned.out
    assert "1. django 0.1, Python" in planned.out
    assert not workbench.kept("results")
    assert not (workbench.home / "reports" / "report.json").exists()


def test_without_time_nothing_is_judged_and_every_cell_says_so(
    workbench: Workbench, old: Path
) -> None:
    words = ("matrix", *asked(NEUTRAL, BREAKS), "--django", str(UPSTREAM), str(old))
    found = workbench.run(*words, "--budget", "0s")
    assert found.status == UNDONE, found.err
    assert not workbench.kept("results")
    states = {place[:2]: each["state"] for place, each in cells(workbench).items()}
    assert states.pop(("breaks", "0.0.5")) == "judged"  # it does not apply: that takes no run
    assert states == dict.fromkeys(states, "out-of-budget")
    assert len(states) == 3
    (note,) = workbench.report()["notes"]
    assert note.startswith("3 cells were not judged, the budget of 0:00:00 was used; the same")
    assert "budget used" in found.out


def test_the_newest_release_of_a_series_stands_for_it(indexed: Workbench) -> None:
    planned = indexed.run("matrix", *asked(NEUTRAL), "--django", "0.1", "--plan")
    assert planned.status == DONE, planned.err
    shown = re.findall(r"^(0\.1\.\d+) ", planned.out, re.MULTILINE)
    assert shown == [f"0.1.{RELEASES - 1}"]


def test_what_is_killed_loses_no_more_than_what_ran(
    workbench: Workbench, tmp_path: Path, old: Path
) -> None:
    words = ("matrix", *asked(FIXES, NEUTRAL), "--django", str(UPSTREAM), str(old))
    told = tmp_path / "err"
    with told.open("w") as err, workbench.start(*words, err=err) as process:
        until(lambda: "2 of 2: " in told.read_text() or process.poll() is not None)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=DEADLINE)
    assert process.returncode == -signal.SIGKILL, told.read_text()
    kept = workbench.kept("results")
    assert kept
    again = workbench.run(*words)
    assert again.status == DONE, again.err
    done = re.search(r"jobs: (\d+) to begin with, (\d+) of them done already", again.out)
    assert done, again.out
    assert int(done[2]) >= int(done[1]) // 2
    # Nothing that was done is done again.
    assert workbench.kept("results").items() >= kept.items()
    assert [each["verdict"] for each in cells(workbench).values()] == [
        *["unproven", "unproven", "neutral", "neutral"]
    ]
    seen = workbench.kept("results")
    planned = workbench.run(*words, "--plan")
    whole = re.search(r"jobs: (\d+) to begin with, (\d+) of them done already", planned.out)
    assert whole, planned.out
    assert whole[1] == whole[2]
    assert workbench.kept("results") == seen


def test_being_stopped_prints_the_table_as_far_as_it_is_known(
    workbench: Workbench, tmp_path: Path, new: Path
) -> None:
    """On the newest release the candidate that hangs does not apply; on the other it hangs."""
    told = tmp_path / "err"
    patient = ("--test-timeout", str(DEADLINE), "--timeout", str(DEADLINE))
    words = ("matrix", *asked(NEUTRAL, HANGS), *patient, "--django", str(new), str(UPSTREAM))
    with told.open("w") as err, workbench.start(*words, err=err) as process:
        until(lambda: in_the_hanging_test(workbench) or process.poll() is not None)
        until(lambda: "django/neutral on django 0.1," in told.read_text() or process.poll())
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == STOPPED, told.read_text()
    assert "This report is partial" in out
    known = {place[:2]: each for place, each in cells(workbench, "partial.json").items()}
    assert {place: each["verdict"] or each["state"] for place, each in known.items()} == {
        ("neutral", "0.2"): "neutral",
        ("neutral", "0.1"): "neutral",
        ("hangs", "0.2"): "does-not-apply",
        ("hangs", "0.1"): "interrupted",
    }
    assert re.search(r"0\.1 .*· stopped", out), out
    lost = f"1 cell was not judged, the run was stopped: django 0.1 on Python {HERE} ({HANGS})"
    assert lost in " ".join(out.split())
    page = (workbench.home / "reports" / "matrix.html").read_text("utf-8")
    assert "partial.html#c-" in page
    assert not (workbench.home / "reports" / "report.json").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--python", "snake"), "--python snake: give versions such as 3.12, or a path"),
        (("--budget", "soon"), "--budget 'soon' is no time; give 2h, 90m, 45s or plain seconds"),
        (("--candidate", "cpython/a+django/b"), "no candidate"),
    ],
)
def test_a_wrong_request_is_one_line(
    workbench: Workbench, words: tuple[str, ...], said: str
) -> None:
    found = workbench.run("matrix", *words)
    assert found.status == WRONG
    assert said in found.error
