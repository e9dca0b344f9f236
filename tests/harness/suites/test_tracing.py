"""What watches a process, on every kind of Python that is here."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from harness.model import Interpreter, Trace, TracedFile, WorkbenchError
from harness.pythons import interpreters, tracing
from harness.suites import traces
from harness.suites.place import TRACING
from harness.system.home import Home

CODE = """import threading
def run(number):
    if number:
        return 1
    return 2
def generate():
    yield 1
    yield 2
EARLY = 1
"""
PROGRAM = """import os, sys, threading
import workbench_tracing
workbench_tracing.begin()
workbench_tracing.switch("first")
import code_under_test as code
code.run(1)
workbench_tracing.switch("second")
code.run(0)
workbench_tracing.switch("third")
thread = threading.Thread(target=code.run, args=(1,))
thread.start(); thread.join()
list(code.generate())
pid = os.fork()
if not pid:
    code.run(0)
    workbench_tracing.tracers[0].keep()
    os._exit(0)
os.waitpid(pid, 0)
workbench_tracing.switch("")
"""
FILE = TracedFile("django", "code_under_test.py", tuple(range(1, 10)))


@pytest.mark.parametrize("minor", ["3.8", "3.11", "3.12", "3.13"])
def test_each_test_has_its_own_lines(tmp_path: Path, home: Home, minor: str) -> None:
    python = here(home, minor)
    found = watched(tmp_path, home, python)
    lines = {trace.test: set(trace.lines) for trace in found}
    assert lines["first"] >= {1, 2, 3, 4, 6, 9}
    assert 5 not in lines["first"]
    assert lines["second"] == {3, 5}
    # In a thread, in a generator, and in a child.
    assert lines["third"] == {3, 4, 5, 7, 8}


def test_where_nothing_can_be_watched_the_program_runs_all_the_same(
    tmp_path: Path, home: Home
) -> None:
    python = here(home, "3.13")
    taken = "\n".join(f"sys.monitoring.use_tool_id({n}, 'other')" for n in range(6))
    code = f"import sys\n{taken}\nimport workbench_tracing\nworkbench_tracing.start()\nprint(1)"
    folder = tmp_path / "traces"
    folder.mkdir()
    config = folder / "config.json"
    config.write_text(json.dumps({"files": []}))
    env = {"PYTHONPATH": str(TRACING[1]), "WORKBENCH_TRACING": str(config)}
    ended = subprocess.run(
        [python.path, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert (ended.stdout, ended.stderr) == ("1\n", "")
    assert traces.read(folder, [], {}) is None


def here(home: Home, minor: str) -> Interpreter:
    found = [python for python in interpreters.find(home) if python.minor == minor]
    if not found:
        pytest.skip(f"Python {minor} is not here; `uv python install {minor}` gets it")
    return found[-1]


def watched(tmp_path: Path, home: Home, python: Interpreter) -> tuple[Trace, ...]:
    try:
        tracer = tracing.provide(home, python)
    except WorkbenchError as error:
        pytest.skip(f"coverage for Python {python.minor} can not be had: {error}")
    tree, folder = tmp_path / "tree", tmp_path / "traces"
    tree.mkdir()
    folder.mkdir()
    (tree / "code_under_test.py").write_text(CODE)
    config = folder / "config.json"
    config.write_text(json.dumps({"files": [str((tree / "code_under_test.py").resolve())]}))
    path = os.pathsep.join(map(str, (*TRACING, *tracer.folders, tree)))
    env = {"PYTHONPATH": path, "WORKBENCH_TRACING": str(config), "PYTHONWARNINGS": "ignore"}
    command = [python.path, "-c", PROGRAM]
    ended = subprocess.run(command, check=False, env=env, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    found = traces.read(folder, [FILE], {"django": tree})
    assert found is not None
    return found
