"""Behaviour by release: the table, and the first release of every change in it."""

from __future__ import annotations

import json

import pytest
from support.local_index import Release, archive, serve
from support.pages import read
from support.tiny import UPSTREAM, Workbench, content

from harness.judge import history
from harness.judge.history import BehaviourChange
from harness.model import Answer, Conclusion, Scene
from harness.report import histories

GOOD, BAD = Answer.GOOD, Answer.BAD
SERVER = "django/server.py"
# Two series; the tiny total is mended, and the greeting made loud, in patch releases.
RELEASES = ("0.1.0", "0.1.1", "0.2.0", "0.2.1", "0.2.2", "0.2.3", "0.3.0")
MENDED, LOUD = "0.2.2", "0.2.1"


def release(version: str) -> Release:
    """One release of the miniature, as its version stands in its history."""
    files = dict(content(UPSTREAM))
    if version >= MENDED:
        files[SERVER] = files[SERVER].replace("if numbers else None", "if numbers else 0")
    if version >= LOUD:
        files[SERVER] = files[SERVER].replace('f"hello, {name}"', 'f"HELLO, {name}"')
    numbers = ", ".join(version.split("."))
    files["django/__init__.py"] = f'VERSION = ({numbers}, "final", 0)\n'
    return Release(f"django-{version}.tar.gz", archive(f"django-{version}", files))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workbench, str]:
    """Where `history` has run, and what it printed."""
    workbench = Workbench(tmp_path_factory.mktemp("history"))
    with serve() as index:
        for version in RELEASES:
            index.add("django", release(version))
        workbench.env.pop("PIP_NO_INDEX")
        workbench.env["PIP_INDEX_URL"] = index.url
        done = workbench.run("history", "--oldest", "0.1", "--repeat", "2")
    assert done.status == 0, done.err
    return workbench, done.out


@pytest.fixture(scope="module")
def found(ran: tuple[Workbench, str]) -> tuple[str, dict[str, object]]:
    """What `history` printed and kept."""
    workbench, out = ran
    kept = json.loads((workbench.home / "reports" / "history.json").read_text())
    return out, kept["histories"][0]


def test_each_series_is_a_column(found: tuple[str, dict[str, object]]) -> None:
    _, kept = found
    columns = kept["columns"]
    assert isinstance(columns, list)
    assert [column["version"] for column in columns] == ["0.1.1", "0.2.3", "0.3.0"]


def test_each_change_has_the_release_that_began_it(found: tuple[str, dict[str, object]]) -> None:
    out, kept = found
    turns = kept["turns"]
    assert isinstance(turns, list)
    seen = {(t["last"], t["first"], t["to"]): len(t["tests"]) for t in turns}
    assert seen == {("0.2.0", LOUD, "bad"): 2, ("0.2.1", MENDED, "good"): 1}
    assert all(turn["conclusion"] == Conclusion.FOUND for turn in turns)
    assert "servers.tests.GreetingTests: 2 tests fail since django 0.2.1 (they pass on 0.2.0" in out
    assert "servers.tests.NumberTests: 1 test passes since django 0.2.2 (it fails on" in out


def test_the_table_counts_what_fails(found: tuple[str, dict[str, object]]) -> None:
    table = found[0].partition("servers.tests.GreetingTests: ")[0]
    rows = {line.split()[0]: line.split()[1:] for line in table.splitlines() if line.strip()}
    assert rows["servers.tests.GreetingTests"] == [".", "2", "2"]
    assert rows["servers.tests.ConnectionTests"] == [".", ".", "."]


def test_the_page_marks_the_release_of_each_change(ran: tuple[Workbench, str]) -> None:
    workbench, out = ran
    assert "report: workbench/reports/history.html\n" in out
    page = read((workbench.home / "reports" / "history.html").read_text("utf-8"))
    assert "servers.tests.GreetingTests ✓ none fails 0/3 ◐ some fail 2/3 ▲1" in page.text
    assert "2 tests fail since django 0.2.1" in page.text


def test_what_can_not_be_tried_says_nothing() -> None:
    old = {"a": GOOD, "b": BAD, "c": Answer.UNTESTABLE, "d": GOOD, "e": GOOD}
    new = {"a": BAD, "b": GOOD, "c": BAD, "d": Answer.UNTESTABLE}
    assert history.turned(old, new) == {"a": GOOD, "b": BAD}


def test_tests_that_turn_together_are_told_together() -> None:
    single = [
        history.change_of(name, Scene("keep alive", link="direct"), "1", "2", GOOD, how, share)
        for name, how, share in (
            ("test_reuse", Conclusion.FOUND, 0.999),
            ("test_again", Conclusion.FOUND, 0.99),
        )
    ]
    (turn,) = history.merged(single)
    assert (turn.behaviour, turn.link, turn.confidence) == ("keep alive", "direct", 0.99)
    assert len(turn.tests) == 2


def test_where_releases_between_are_not_at_hand_the_sentence_says_so() -> None:
    turn = BehaviourChange(
        "keep alive", "direct", "3.6.15", "3.8.18", BAD, Conclusion.RANGE, 1.0, ("t",)
    )
    said = histories.sentence("cpython", turn)
    assert said == (
        "keep alive over direct: 1 test fails with cpython 3.8.18 or a release before it "
        "(it passes on 3.6.15; confidence 99.99 %)"
    )
