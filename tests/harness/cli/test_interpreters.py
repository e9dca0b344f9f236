"""A search over commits that no single Python runs: is it the commit, or the interpreter?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.line import commit
from support.real_git import git
from support.tiny import DONE, UPSTREAM, Workbench, content

from harness.pythons import interpreters
from harness.system.home import Home

TEST = "servers.tests.OldTests.test_collections"
INIT, TESTS = "django/__init__.py", "tests/servers/tests.py"
OLD, NEW = {"3.5", "3.6", "3.7", "3.8", "3.9"}, {"3.10", "3.11", "3.12"}
# It passes up to Python 3.9, whatever the commit.
OLD_TEST = """

class OldTests(unittest.TestCase):
    def test_collections(self):
        import collections

        self.assertTrue(hasattr(collections, "Mapping"))
"""


def test_the_python_is_named_where_it_makes_the_change(
    tmp_path: Path, workbench: Workbench
) -> None:
    """Django 2.2 runs up to Python 3.9 and 5.0 from 3.10 on; the commit changes nothing else."""
    minors = {python.minor for python in interpreters.find(Home(workbench.home))}
    if not minors & OLD or not minors & NEW:
        pytest.skip("needs an older and a newer Python (pyenv install 3.9 3.12)")
    for name in ("HOME", "PYENV_ROOT"):
        workbench.env.pop(name)
    workbench.env["HOME"] = os.environ["HOME"]
    del workbench.given["--python"]
    folder = tmp_path / "mirror"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    files = dict(content(UPSTREAM))
    files[TESTS] += OLD_TEST
    commits = []
    for number, version in enumerate(["2, 2, 0", "2, 2, 0", "5, 0, 0", "5, 0, 0"]):
        files[INIT] = f'VERSION = ({version}, "final", 0)\n'
        files["django/number.py"] = f"NUMBER = {number}\n"
        commits.append(commit(folder, files, f"Number {number}"))
    ends = ("--good", commits[0], "--bad", commits[-1])
    found = workbench.run("bisect", "--mirror", f"django={folder}", *ends, "--test", TEST)
    assert found.status == DONE, found.err
    assert f"changes with the Python that runs {commits[2][:10]} Number 2" in found.out
    assert f"{commits[1][:10]} does the same on Python 3.1" in found.out
    assert "Regression in" not in found.out
