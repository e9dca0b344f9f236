"""The main job on machines with nothing in common: the report is that of threads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.clusters import Cluster
from support.tiny import DONE, Workbench

CANDIDATES = ("--candidate", "django/breaks", "--candidate", "django/fixes")
WORDS = (*CANDIDATES, "--suite", "django:servers", "--suite", "django:odd.statuses")
# What no two runs have in common: times, in which folder a log is, and that folder's name in
# what upstream printed there.
OWN = {"made", "seconds", "log", "log_end"}


def without_times(value: Any) -> Any:
    """What a report says, without times and places."""
    if isinstance(value, dict):
        return {key: without_times(each) for key, each in value.items() if key not in OWN}
    return [without_times(each) for each in value] if isinstance(value, list) else value


def logs_of(value: Any) -> set[str]:
    """The logs that a report names."""
    if isinstance(value, list):
        return {log for each in value for log in logs_of(each)}
    if not isinstance(value, dict):
        return set()
    found = {log for key, each in value.items() if key != "log" for log in logs_of(each)}
    return found | ({value["log"]} if value.get("log") else set())


def test_two_machines_come_to_the_same_report_as_threads(tmp_path: Path) -> None:
    for name in ("threads", "together", "cluster"):
        (tmp_path / name).mkdir()
    threads, together = Workbench(tmp_path / "threads"), Workbench(tmp_path / "together")
    assert threads.run("test", *WORDS).status == DONE
    with Cluster(tmp_path / "cluster").running() as cluster:
        for name in ("a", "b"):
            cluster.start(name)
        cluster.gathered()  # who comes late finds all places taken
        done = together.run("test", *WORDS, "--scheduler", cluster.address)
        assert done.status == DONE, done.err
        assert all(list(cluster.home(name).glob("results/*/*")) for name in ("a", "b"))
    mine, theirs = together.report(), threads.report()
    assert without_times(mine) == without_times(theirs)
    assert len(logs_of(mine)) >= 2
    assert all((together.home / log).is_file() for log in logs_of(mine))
    assert not together.kept("results")
