"""Whether there is room for another job: whoever works takes it, and whoever waits does not."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.tiny import until

from harness.system import room
from harness.system.room import Room, cores

WORKS = "while True: pass"


def test_who_works_leaves_no_room() -> None:
    words = [sys.executable, "-c", WORKS]
    busy = [subprocess.Popen(words) for _ in range(2 * cores())]
    try:
        found = Room()
        # The first look may still have seen them start.
        until(lambda: looked(found) is False)
    finally:
        for process in busy:
            process.kill()
            process.wait()


def looked(found: Room) -> bool | None:
    """What a look says; None if it is too early for one."""
    before = found._looked
    answer = found.is_left()
    return None if found._looked == before else answer


def test_there_is_none_right_after_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was just started is not at work yet."""
    monkeypatch.setattr(room, "BUSY", 2.0)
    monkeypatch.setattr(room, "MEMORY", 0)
    found = Room()
    assert not found.is_left()
    until(found.is_left)
    assert not found.is_left()


def test_there_is_none_without_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BUSY", 2.0)
    monkeypatch.setattr(room, "MEMORY", 1 << 60)
    found = Room()

    def says_no() -> bool:
        return looked(found) is False

    until(says_no)
