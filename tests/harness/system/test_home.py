"""The workbench's own folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import Timeout

from harness.system.home import Home


def test_it_is_where_the_user_is_or_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WORKBENCH_HOME", raising=False)
    assert Home().root == tmp_path / ".workbench"
    monkeypatch.setenv("WORKBENCH_HOME", "elsewhere")
    assert Home().root == tmp_path / "elsewhere"


def test_nothing_is_made_before_it_is_asked_for(home: Home) -> None:
    assert not home.root.exists()
    assert home.folder("a", "b").is_dir()


def test_scratch_is_gone_afterwards_whatever_was_put_in_it(home: Home) -> None:
    with pytest.raises(KeyError), home.scratch("job") as scratch:
        (scratch / "deep").mkdir()
        (scratch / "deep" / "file").write_text("x")
        raise KeyError
    assert not scratch.exists()


def test_a_lock_has_one_holder(home: Home) -> None:
    with home.lock("a/b"), pytest.raises(Timeout):
        home.lock("a/b").acquire(blocking=False)
    home.lock("a/b").acquire(blocking=False).lock.release()


def test_reports_show_paths_relative_to_it(home: Home) -> None:
    assert home.relative(home.root / "logs" / "x.txt") == "logs/x.txt"
    assert home.relative(Path("/elsewhere/x.txt")) == "/elsewhere/x.txt"
