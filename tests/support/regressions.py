"""A history of the miniature with regressions in it, and what mends them: for searches.

For tests only. The tests that show the regressions come with the commits that mend them, as
upstream has it: no commit of the history has them before.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from support.line import SERVER, commit
from support.real_git import git
from support.tiny import UPSTREAM, content

Edits = Sequence[tuple[str, str]]
"""Words, and what is put in their place."""

TESTS = "tests/servers/tests.py"
RUNNER = "tests/runtests.py"
FEATURE = "django/feature.py"
NOBODY = "servers.tests.GreetingTests.test_greets_nobody"
TRUE = "servers.tests.NumberTests.test_feature_is_true"
DOUBLE = "servers.tests.NumberTests.test_double"
# What each commit does to the server: the regression is the first of three hunks.
SHORT = [
    ('    return f"hello, {name}"\n', '    return f"hello, {name}" if name else "hello"\n'),
    ('    """A candidate changes it by design."""', '    """Changed by design."""'),
    ('    """A candidate makes it fail now and then."""', '    """Now and then it fails."""'),
]
RAISES = [('    return f"hello, {name}"\n', '    raise ValueError("for another reason")\n')]
BROKEN = [("import importlib\n", "import importlib_\n")]
NUMBER = [("    return True\n\n\ndef wait", "    return 1\n\n\ndef wait")]
# The same as the first hunk of the regression, in other words: nothing of it can be taken back.
REWRITTEN = [
    (
        '    return f"hello, {name}" if name else "hello"\n',
        '    greeted = f", {name}" if name else ""\n    return f"hello{greeted}"\n',
    )
]
TEST_OF_NOBODY = """
    def test_greets_nobody(self):
        self.assertEqual(server.greeting(""), "hello, ")
"""
TEST_OF_TRUE = """
    def test_feature_is_true(self):
        self.assertIs(server.has_feature(), True)
"""
TEST_OF_DOUBLE = """
    def test_double(self):
        from django import feature

        self.assertEqual(feature.double(2), 4)
"""


class Regressions(NamedTuple):
    """The repository, and its commits by their subjects."""

    folder: Path
    commits: dict[str, str]


class _Author:
    """Makes commits on the branch that is checked out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.commits: dict[str, str] = {}

    def commit(self, subject: str, files: dict[str, str]) -> None:
        self.commits[subject] = commit(self.folder, files, subject)

    def edit(self, subject: str, edits: Edits, path: str = SERVER, **tests: Edits) -> None:
        files = {path: edited((self.folder / path).read_text("utf-8"), edits)}
        for more in tests.values():
            files[TESTS] = edited((self.folder / TESTS).read_text("utf-8"), more)
        self.commit(subject, files)

    def branch(self, name: str, start: str) -> None:
        git(self.folder, "checkout", "--quiet", "-b", name, self.commits[start])

    def to(self, branch: str) -> None:
        git(self.folder, "checkout", "--quiet", branch)


def edited(text: str, edits: Edits) -> str:
    """A text with words of it replaced, each of which it has once."""
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def reversed_edits(edits: Edits) -> Edits:
    return [(new, old) for old, new in edits]


def regressions(folder: Path, docs: int = 0) -> Regressions:
    """Make it: a main branch with a regression, another one that a merge brought, and branches.

    So many commits to the documentation are put behind the first one.
    """
    folder.mkdir(exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "config", "uploadpack.allowFilter", "true")
    author = _Author(folder)
    author.commit("Base", dict(content(UPSTREAM)))
    if docs:
        git(folder, "fast-import", "--quiet", given=documented(docs))
        git(folder, "reset", "--quiet", "--hard")
    author.commit("Docs", {"docs/x.txt": "x\n"})
    author.branch("topic", "Docs")
    author.commit("Documented the feature", {"docs/feature.txt": "A feature.\n"})
    author.edit("Made the feature a number", NUMBER)
    author.to("main")
    author.edit("Raises", RAISES)
    author.edit("Repaired", reversed_edits(RAISES))
    author.edit("Shortened", SHORT)
    author.commit("More docs", {"docs/y.txt": "y\n"})
    git(folder, "merge", "--quiet", "--no-ff", "--message", "Merged the topic", "topic")
    author.commits["Merged the topic"] = git(folder, "rev-parse", "HEAD")
    author.commit("Doubles", {FEATURE: "def double(number):\n    return number + 3\n"})
    author.commit("Last docs", {"docs/z.txt": "z\n"})
    mending = [*reversed_edits(SHORT[:1]), *reversed_edits(NUMBER)]
    author.edit("Mended", mending, tests=[at_greets(TEST_OF_NOBODY), at_total(TEST_OF_TRUE)])
    author.branch("doubling", "Last docs")
    right = [("number + 3", "number + number")]
    author.edit("Mended doubles", right, FEATURE, tests=[at_total(TEST_OF_DOUBLE)])
    author.branch("rewritten", "More docs")
    author.edit("Rewrote it", REWRITTEN)
    author.branch("stable/5.1.x", "Repaired")
    author.commit("On stable", {"docs/stable.txt": "stable\n"})
    git(folder, "cherry-pick", author.commits["Shortened"])
    author.commits["Shortened on stable"] = git(folder, "rev-parse", "HEAD")
    author.branch("runner", "Repaired")
    author.edit("Broke the runner", BROKEN, RUNNER)
    author.edit("Shortened without a runner", SHORT)
    author.edit("Mended the runner", reversed_edits(BROKEN), RUNNER)
    author.branch("otherwise", "Docs")
    author.edit("Raises here", RAISES)
    author.commit("Raises still", {"docs/raises.txt": "it raises\n"})
    author.edit("Shortened at once", [(RAISES[0][1], SHORT[0][1])])
    git(folder, "checkout", "--quiet", "--orphan", "unrelated")
    author.commit("Of another history", {})
    author.to("main")
    return Regressions(folder, author.commits)


def documented(count: int) -> str:
    """So many commits on main to one file, as ``git fast-import`` reads them."""
    commits = [
        "commit refs/heads/main\n"
        "committer A Contributor <contributor@example.com> 1700000000 +0000\n"
        f"data {len(str(number))}\n{number}\n"
        + "from refs/heads/main^0\n" * (number == 0)
        + f"M 644 inline docs/many.txt\ndata {len(str(number))}\n{number}\n"
        for number in range(count)
    ]
    return "".join(commits)


def at_greets(test: str) -> tuple[str, str]:
    """The edit that puts a test behind that of greetings."""
    there = """        self.assertEqual(server.greeting("you"), "hello, you")\n"""
    return there, there + test


def at_total(test: str) -> tuple[str, str]:
    """The edit that puts a test behind that of sums."""
    there = """        self.assertEqual(server.total([1, 2]), 3)\n"""
    return there, there + test
