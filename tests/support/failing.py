"""Outcomes of tests that really fail: a small tree, its one test, and a runner's record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from harness.judge.codefolders import CodeFolders
from harness.judge.signature import Signature, signature_of
from harness.model import Outcome, Status
from harness.suites import PROGRAMS
from harness.suites.record import read
from support.tiny import DEADLINE, HANG

CODE = CodeFolders(own=("lamp/",), tests=("tests/",))
UNITTEST = """
import sys, unittest, recorder
sys.path.insert(0, sys.argv[1])
record = recorder.Record()
suite = unittest.TestLoader().discover("tests", top_level_dir=sys.argv[1])
recorder.run(record, record.chosen(suite))
"""
CASE = """
import unittest
{imports}

class Lamp(unittest.TestCase):
    {around}
    def test(self):
{body}
"""
FUNCTION = "{imports}\n\n{around}\ndef test():\n{body}\n"


def outcome(
    folder: Path,
    code: str,
    body: str,
    imports: str = "import lamp",
    *,
    path: str = "lamp/__init__.py",
    around: str = "",
    pytest: bool = False,
    style: str = "auto",
) -> Outcome:
    """What the one test of a tree in a new folder does: ``lamp`` is its own code.

    ``code`` stands at ``path``; ``body`` is the test's, ``imports`` stand at the top of its
    module, and ``around`` is its decorator. ``style`` is how pytest writes a traceback.
    """
    tree = Path(tempfile.mkdtemp(dir=folder))
    (tree / path).parent.mkdir(parents=True)
    (tree / path).write_text(code, "utf-8")
    (tree / "tests").mkdir()
    indented = "\n".join(f"        {line}" for line in body.splitlines())
    test = (FUNCTION if pytest else CASE).format(imports=imports, around=around, body=indented)
    (tree / "tests" / "__init__.py").write_text("", "utf-8")
    (tree / "tests" / "test_lamp.py").write_text(test, "utf-8")
    config = {"deadline": HANG, "only": None, "select": "", "idle": 0}
    config |= {"record": str(tree / "record"), "stacks": str(tree / "stacks")}
    (tree / "config.json").write_text(json.dumps(config), "utf-8")
    argv = ["-c", UNITTEST, str(tree)]
    if pytest:
        argv = ["-m", "pytest", "-q", "-p", "workbench_pytest", "-p", "no:cacheprovider"]
        argv += [f"--tb={style}", "--rootdir", str(tree), "-c", os.devnull, "tests"]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(PROGRAMS), str(tree)])}
    env |= {"WORKBENCH_RECORD": str(tree / "config.json"), "PYTHONDONTWRITEBYTECODE": "1"}
    argv = [sys.executable, *argv]
    subprocess.run(argv, check=False, cwd=tree, env=env, timeout=DEADLINE, capture_output=True)
    record = read(tree / "record")
    if record.running:
        return Outcome(Status.HUNG, detail=(tree / "stacks").read_text("utf-8"))
    (found,) = record.outcomes.values()
    return found


def signature(folder: Path, code: str, body: str, imports: str = "import lamp") -> Signature:
    """The signature of such an outcome."""
    return signature_of(outcome(folder, code, body, imports), CODE)
