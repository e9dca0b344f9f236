"""What the workbench keeps: measured, and taken away without harm to a run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.tiny import PROJECT

from harness.model import RequestError
from harness.system import cleaning
from harness.system.cleaning import DAY
from harness.system.home import Home

WORKTREE = "worktrees/django/6.1.3/base-0123456789"
# A run in a process of its own: it says that it goes on, until its input ends.
RUN = """\
import sys
from pathlib import Path
from harness.system.cleaning import running
from harness.system.home import Home
with running(Home(Path(sys.argv[1]))):
    print("running", flush=True)
    sys.stdin.read()
"""


def write(home: Home, path: str, size: int = 10, days: float = 0.0) -> Path:
    """A file that was last used some days ago."""
    file = home.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"x" * size)
    when = time.time() - days * DAY
    for each in (file, *(p for p in file.parents if home.root in p.parents)):
        os.utime(each, (when, when))
    return file


@contextmanager
def a_run(home: Home) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(home.root)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        yield process


def left(home: Home) -> list[str]:
    """The files that are there, without those of locks."""
    files = (path.relative_to(home.root) for path in home.root.rglob("*") if not path.is_dir())
    return sorted(str(path) for path in files if path.parts[0] != "locks")


def removed(home: Home, cleaned: cleaning.Cleaned) -> list[str]:
    return [home.relative(entry.path) for entry in cleaned.removed]


def test_folders_are_measured_the_largest_first(home: Home) -> None:
    write(home, "envs/3.13/bin/python", 100, days=3)
    write(home, "envs/3.13/lib/a.py", 50, days=2)
    write(home, "results/ab/abc.json", 20)
    write(home, "results/cd/cde.json", 30, days=9)
    (home.root / "envs" / "link").symlink_to("/")
    found = {use.name: use for use in cleaning.folders(cleaning.entries(home))}
    assert list(found) == ["envs", "results"]
    assert (found["results"].entries, found["results"].size, found["results"].files) == (2, 50, 2)
    assert (found["envs"].entries, found["envs"].files) == (2, 3)
    (env,) = [each for each in cleaning.entries(home) if each.path.name == "3.13"]
    assert env.size == 150
    assert time.time() - env.used == pytest.approx(2 * DAY, abs=DAY / 2)


def test_measuring_is_no_use_and_makes_nothing(home: Home) -> None:
    assert cleaning.entries(home) == []
    assert not home.root.exists()
    write(home, "envs/3.13/bin/python", days=3)
    assert cleaning.entries(home) == cleaning.entries(home)
    assert time.time() - cleaning.entries(home)[0].used > 2 * DAY


def test_hard_links_count_once(home: Home) -> None:
    file = write(home, "runtimes/a/python", 1000)
    (home.root / "runtimes" / "b").mkdir()
    os.link(file, home.root / "runtimes" / "b" / "python")
    (use,) = cleaning.folders(cleaning.entries(home))
    assert (use.size, use.files, use.entries) == (1000, 2, 2)


def test_a_folder_that_is_named_goes_and_others_stay(home: Home) -> None:
    write(home, "envs/3.13/bin/python")
    write(home, "results/ab/abc.json")
    assert removed(home, cleaning.remove(home, ["envs"])) == ["envs/3.13"]
    assert left(home) == ["results/ab/abc.json"]
    assert not (home.root / "envs" / "3.13").exists()


def test_without_a_name_all_goes_but_what_somebody_edits(home: Home) -> None:
    write(home, "edit/django/my-fix/file")
    write(home, "repos/django.git/HEAD")
    write(home, "repos/cpython.git/HEAD")
    write(home, "logs/ab/abc.txt")
    cleaned = cleaning.remove(home)
    assert removed(home, cleaned) == ["logs/ab/abc.txt", "repos/cpython.git"]
    assert [(each.entry.path.name, each.reason) for each in cleaned.kept] == [
        ("django.git", cleaning.NEEDED)
    ]
    assert left(home) == ["edit/django/my-fix/file", "repos/django.git/HEAD"]
    write(home, f"{WORKTREE}/file")
    cleaning.remove(home, ["edit"])
    assert removed(home, cleaning.remove(home, ["repos"])) == []
    assert removed(home, cleaning.remove(home)) == [WORKTREE, "repos/django.git"]


def test_only_what_was_not_used_for_so_long(home: Home) -> None:
    write(home, "downloads/django/old.tar.gz", days=31)
    write(home, "downloads/django/new.tar.gz", days=29)
    mixed = write(home, "envs/3.13/lib/read.py", days=31)
    write(home, "envs/3.13/lib/unread.py", days=31)
    os.utime(mixed, (time.time(), mixed.stat().st_mtime))  # it was read just now
    cleaned = cleaning.remove(home, unused_for=cleaning.seconds_of("30d"))
    assert removed(home, cleaned) == ["downloads/django/old.tar.gz"]
    assert cleaned.size == 10


@pytest.mark.parametrize(("age", "seconds"), [("12h", 43200), ("30d", 30 * DAY), ("2w", 14 * DAY)])
def test_ages(age: str, seconds: float) -> None:
    assert cleaning.seconds_of(age) == seconds


@pytest.mark.parametrize("age", ["", "30", "d", "-1d", "1.5d", "3 months"])
def test_what_is_no_age(age: str) -> None:
    with pytest.raises(RequestError, match="write hours, days or weeks"):
        cleaning.seconds_of(age)


def test_a_name_that_is_no_folder(home: Home) -> None:
    write(home, "envs/3.13/bin/python")
    with pytest.raises(RequestError, match=r"there is no 'env' in .*; there is: envs"):
        cleaning.remove(home, ["env"])


def test_a_worktree_that_somebody_changed_stays(home: Home) -> None:
    write(home, f"{WORKTREE}/file")
    write(home, f"{WORKTREE}.changed-1/file")
    write(home, "worktrees/django/6.1.3/mine-9876543210/file")
    calls: list[str] = []
    cleaned = cleaning.remove(
        home,
        ["worktrees"],
        changed=lambda path: path.name.startswith("mine"),
        prune=lambda: calls.append("pruned"),
    )
    assert removed(home, cleaned) == [WORKTREE]
    assert {each.reason for each in cleaned.kept} == {cleaning.CHANGED}
    assert len(cleaned.kept) == 2
    assert calls == ["pruned"]


def test_repositories_are_pruned_only_when_worktrees_have_gone(home: Home) -> None:
    write(home, "envs/3.13/bin/python")
    cleaning.remove(home, prune=lambda: pytest.fail("there is nothing to prune"))
    assert left(home) == []


def test_what_a_run_may_be_using_stays(home: Home) -> None:
    write(home, "envs/new/bin/python")
    write(home, "envs/yesterday/bin/python", days=0.9)
    write(home, "envs/old/bin/python", days=1.1)
    with a_run(home):
        cleaned = cleaning.remove(home)
    assert removed(home, cleaned) == ["envs/old"]
    assert [(each.entry.path.name, each.reason) for each in cleaned.kept] == [
        ("new", cleaning.BEING_USED),
        ("yesterday", cleaning.BEING_USED),
    ]
    assert removed(home, cleaning.remove(home)) == ["envs/new", "envs/yesterday"]


def test_where_no_times_of_use_are_kept_a_run_keeps_everything(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, "envs/old/bin/python", days=99)
    monkeypatch.setattr(os, "ST_NOATIME", -1)  # as if every file system were mounted so
    with a_run(home):
        assert cleaning.remove(home).removed == ()
    assert removed(home, cleaning.remove(home)) == ["envs/old"]


def test_a_run_that_was_killed_keeps_nothing(home: Home) -> None:
    write(home, "envs/new/bin/python")
    with a_run(home) as process:
        process.kill()
        process.wait()
    assert len(list((home.root / "locks" / "runs").iterdir())) == 1
    assert removed(home, cleaning.remove(home)) == ["envs/new"]
    assert list((home.root / "locks" / "runs").iterdir()) == []


def test_a_run_that_has_ended_leaves_no_mark(home: Home) -> None:
    with cleaning.running(home):
        assert len(list((home.root / "locks" / "runs").iterdir())) == 1
    assert list((home.root / "locks" / "runs").iterdir()) == []


@pytest.mark.parametrize("clean", [cleaning.remove, cleaning.entries], ids=["remove", "entries"])
def test_locks_are_never_taken_away(home: Home, clean: Callable[[Home], object]) -> None:
    with home.lock("env-x"):
        pass
    clean(home)
    assert (home.root / "locks" / "env-x.lock").exists()
