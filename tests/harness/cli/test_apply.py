"""`apply`: how candidates go onto bases, and the checkouts that it leaves for use by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.expected import EXPECTED
from support.real_git import git
from support.tiny import (
    DONE,
    MATCHED,
    PATCHES,
    SERVER,
    UPSTREAM,
    Workbench,
    changed_in,
    content,
    copied,
    diff,
)

from harness.report import summary


def test_apply_prints_how_each_candidate_applies(judged: Workbench) -> None:
    out = (judged.folder / "apply.out").read_text("utf-8")
    rows = [line.replace("│", " ").split() for line in out.splitlines()]
    for name, (applies, _, _) in EXPECTED.items():
        assert [f"django/{name}", summary.APPLIES[applies]] in rows
    assert "0001-misfits.patch: django/server.py, hunk 1 of 1" in out


def test_checkouts_are_worktrees_for_use_by_hand(judged: Workbench) -> None:
    checkouts = list((judged.home / "worktrees/django/0.1").iterdir())
    names = {path.name.rpartition("-")[0] for path in checkouts}
    assert names >= {"base", "breaks", "fixes", "stacked"}
    for path in checkouts:
        assert changed_in(path) == ""


def test_nothing_is_ever_written_into_the_users_own_tree(
    workbench: Workbench, tmp_path: Path
) -> None:
    mine = copied(UPSTREAM, tmp_path / "mine")
    assert workbench.run("test", "--django", mine, "--candidate", "django/fixes").status == DONE
    assert content(mine) == content(UPSTREAM)
    assert not list(mine.rglob("__pycache__"))


NEXT = """\
title = "With a note"
ticket = "tiny#1"
origin = "made for this test"
credit = ["A Contributor"]
made_for = "0.1"
series = ["0001-now.patch"]

[[variant]]
versions = ">=0.2.dev0"
made_for = ""
series = ["0001-next.patch"]
"""


def test_a_branch_gets_the_text_that_is_made_for_what_it_becomes(
    workbench: Workbench, tmp_path: Path
) -> None:
    """A branch is called by its name; which version it becomes stands in its files."""
    patches = copied(PATCHES, tmp_path / "patches")
    candidate = patches / "django" / "noted"
    candidate.mkdir()
    (candidate / "candidate.toml").write_text(NEXT, "utf-8")
    text = SERVER.read_text("utf-8")
    for name, comment in (("now", "# for 0.1\n"), ("next", "# for 0.2\n")):
        (candidate / f"0001-{name}.patch").write_text(diff(text, text + comment), "utf-8")
    branch = copied(UPSTREAM, tmp_path / "branch")
    init = branch / "django" / "__init__.py"
    init.write_text(
        init.read_text("utf-8").replace('0, 1, 0, "final"', '0, 2, 0, "alpha"'), "utf-8"
    )
    git(branch, "init", "-q", "-b", "main")
    git(branch, "add", "-A")
    git(branch, "commit", "-q", "-m", "Begin 0.2")
    finished = workbench.run(
        *("apply", "--django", "main", "--mirror", f"django={branch}"),
        *("--patches", patches, "--candidate", "django/noted"),
    )
    assert finished.status == DONE, finished.err
    (patched,) = (workbench.home / "worktrees/django/history").glob("main-*-noted-*")
    assert (patched / "django/server.py").read_text("utf-8").endswith("# for 0.2\n")


@pytest.mark.parametrize(
    ("candidate", "fail_on", "status"),
    [
        ("django/misfits", "never", DONE),
        ("django/misfits", "any", MATCHED),
        ("django/misfits", "broken", DONE),  # nothing is run that could break
        ("django/fixes", "any", DONE),
    ],
)
def test_gating_on_what_does_not_apply(
    judged: Workbench, candidate: str, fail_on: str, status: int
) -> None:
    found = judged.run("apply", "--candidate", candidate, "--fail-on", fail_on)
    assert found.status == status
