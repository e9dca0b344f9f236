"""A fix whose test files do not load on the bad end: its tests are known by their names."""

from __future__ import annotations

from pathlib import Path

from support.line import SERVER, commit
from support.real_git import git
from support.tiny import DONE, UPSTREAM, Workbench, content

TESTS = "tests/servers/tests.py"
IMPORTED = (
    "from django import server\n",
    "from django import server\nfrom django.server import NEW\n",
)
QUIET_TESTS = """

class QuietTests(unittest.TestCase):
    def test_quiet(self):
        self.assertEqual(server.greeting("you"), "hello, you")


class NewTests(unittest.TestCase):
    def test_new(self):
        self.assertEqual(NEW, 1)
"""


def test_tests_whose_files_do_not_load_on_the_bad_end_are_known_by_name(
    tmp_path: Path, workbench: Workbench
) -> None:
    """The fix's test file imports what only the fix brings; the test itself does not."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    files = dict(content(UPSTREAM))
    quiet = files[SERVER]
    commits = [commit(folder, files, "Quiet")]
    files[SERVER] = quiet.replace('f"hello, {name}"', 'f"HELLO, {name}"')
    commits.append(commit(folder, files, "Loud"))
    commits.append(commit(folder, {"docs/more.txt": "More.\n"}, "Docs"))
    files[SERVER] = f"{quiet}\n\nNEW = 1\n"
    files[TESTS] = files[TESTS].replace(*IMPORTED) + QUIET_TESTS
    commits.append(commit(folder, files, "Mended"))
    words = ("--mirror", f"django={folder}", "--good", commits[0], "--bad", commits[2])
    found = workbench.run("bisect", *words, "--fix", commits[3], "--no-proof")
    assert found.status == DONE, found.err
    assert f"changes with {commits[1][:10]} Loud" in found.out
    assert "do not load on the bad end" in found.out
    assert "laid over it by function" in found.out
