"""The workbench's own folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import Timeout
from support.tiny import PROJECT

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


HOLDING = """
import sys
from pathlib import Path
from harness.system.home import Home
with Home(Path(sys.argv[1])).scratch("job") as scratch:
    (scratch / "file").touch()
    print(scratch, flush=True)
    sys.stdin.read()
"""


def test_scratch_of_a_process_that_was_killed_goes_and_that_of_one_that_lives_stays(
    home: Home,
) -> None:
    command = [sys.executable, "-c", HOLDING, str(home.root)]
    env = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    ) as holder:
        assert holder.stdout
        held = Path(holder.stdout.readline().strip())
        with Home(home.root).scratch("job"):
            assert (held / "file").exists()
        holder.kill()
        holder.wait()
        assert (held / "file").exists()
        with Home(home.root).scratch("job") as own:
            assert list(own.parent.iterdir()) == [own]


def test_scratch_that_nobody_came_to_hold_goes_after_a_day(home: Home) -> None:
    old, new = home.folder("scratch", ".job-old"), home.folder("scratch", ".job-new")
    os.utime(old, (0, 0))
    with home.scratch("job"):
        assert not old.exists()
        assert new.exists()


def test_a_lock_has_one_holder(home: Home) -> None:
    with home.lock("a/b"), pytest.raises(Timeout):
        home.lock("a/b").acquire(blocking=False)
    home.lock("a/b").acquire(blocking=False).lock.release()


def test_reports_show_paths_relative_to_it(home: Home) -> None:
    assert home.relative(home.root / "logs" / "x.txt") == "logs/x.txt"
    assert home.relative(Path("/elsewhere/x.txt")) == "/elsewhere/x.txt"
