"""`apply`: how candidates go onto bases, and the checkouts that it leaves for use by hand."""

from __future__ import annotations

from pathlib import Path

from support.expected import EXPECTED
from support.tiny import DONE, UPSTREAM, Workbench, changed_in, content, copied

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
