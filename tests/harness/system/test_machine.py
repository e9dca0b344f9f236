"""What tells machines apart: all that may decide about what a test does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from support.installed import program
from support.tiny import PROJECT

from harness.system.machine import Machine, here

ASK = (
    "import sys; from pathlib import Path; from harness.system.machine import here; "
    "print(here(Path(sys.argv[1])))"
)


def told_in_a_process(folder: Path, path: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(folder)],
        env={"PATH": path, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_machine_is_like_itself_and_can_be_sent(tmp_path: Path) -> None:
    machine = here(tmp_path)
    assert machine.kernel.startswith(os.uname().sysname)
    assert machine.processor and machine.filesystem and machine.cores
    again = msgspec.json.decode(msgspec.json.encode(machine), type=Machine)
    assert again == machine


@pytest.mark.parametrize("field", Machine.__struct_fields__)
def test_whatever_is_another_makes_another_machine(tmp_path: Path, field: str) -> None:
    machine = here(tmp_path)
    value = getattr(machine, field)
    other = not value if isinstance(value, bool) else value + type(value)(1)
    assert msgspec.structs.replace(machine, **{field: other}) != machine


def test_a_program_more_makes_another_machine(tmp_path: Path) -> None:
    path = str(program(tmp_path / "bin", "msgfmt"))
    one = told_in_a_process(tmp_path, path)
    assert one == told_in_a_process(tmp_path, path)
    program(tmp_path / "bin", "msgmerge")
    assert one != told_in_a_process(tmp_path, path)


def test_another_file_system_makes_another_machine(tmp_path: Path) -> None:
    assert here(Path("/proc/self")).filesystem == "proc"
    assert here(Path("/proc/self")) != here(tmp_path)
