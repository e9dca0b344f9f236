"""The lossy link needs a network of its own, so its tests run again inside the sandbox."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.tiny import DEADLINE, PROJECT

from harness.model import Isolation
from harness.system import processes, sandbox

LINKS = Path(__file__).with_name("test_links.py")


def test_the_lossy_links_tests_pass_in_a_jobs_sandbox(tmp_path: Path) -> None:
    if sandbox.level() is not Isolation.SANDBOX:
        pytest.skip("needs a sandbox: install bubblewrap")
    reach = sandbox.FileAccess(writable=(str(tmp_path),), readable=(str(PROJECT),))
    results = tmp_path / "results.xml"
    options = ["-k", "lossy", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'pytest'}"]
    argv = [sys.executable, "-m", "pytest", *options, f"--junit-xml={results}", str(LINKS)]
    env = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
    wrapped = sandbox.wrap(argv, reach, Isolation.SANDBOX)
    done = processes.run(wrapped, deadline=DEADLINE, cwd=PROJECT, env=env)
    assert done.ok, done.explain()
    (suite,) = ElementTree.parse(results).getroot()
    if int(suite.get("skipped", "0")):
        reasons = [str(skipped.get("message")) for skipped in suite.iter("skipped")]
        pytest.skip(f"in the sandbox: {reasons[0]}")
    assert int(suite.get("tests", "0")) > 0
