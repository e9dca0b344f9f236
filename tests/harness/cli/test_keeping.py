"""What is kept from run to run: results that are used again, and when they are not."""

from __future__ import annotations

from pathlib import Path

from support.expected import without_runs
from support.tiny import DONE, QUICK, Workbench


def test_a_second_run_runs_no_suite_and_says_the_same(judged: Workbench, tmp_path: Path) -> None:
    first, results, logs = judged.report(), judged.kept("results"), judged.kept("logs")
    # Without the index: what was fetched for the first run is there.
    assert judged.run("test", "--json", tmp_path / "own.json").status == DONE
    assert judged.kept("results") == results
    assert judged.kept("logs") == logs
    second = judged.report(tmp_path / "own.json")
    assert second["candidates"] == first["candidates"]
    assert second["controls"] == first["controls"]


def test_no_cache_runs_everything_again(workbench: Workbench) -> None:
    words = ("--candidate", "django/neutral", *QUICK)
    assert workbench.run("test", *words).status == DONE
    first = workbench.kept("results")
    assert workbench.run("test", *words, "--no-cache").status == DONE
    second = workbench.kept("results")
    assert first and set(first) == set(second)
    assert all(second[path] > first[path] for path in first)


def test_a_cache_entry_that_was_cut_short_is_made_again(workbench: Workbench) -> None:
    words = ("--candidate", "django/fixes")
    assert workbench.run("test", *words).status == DONE
    whole, first = workbench.candidates(), workbench.kept("results")
    damaged = sorted(first)[0]
    damaged.write_bytes(damaged.read_bytes()[:-9])
    assert workbench.run("test", *words).status == DONE
    mine, old = workbench.candidates()["django/fixes"], whole["django/fixes"]
    assert without_runs(mine) == without_runs(old)
    second = workbench.kept("results")
    assert {path for path in first if first[path] != second[path]} == {damaged}
