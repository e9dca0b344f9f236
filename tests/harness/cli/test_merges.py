"""`bisect` where the merge itself is what broke a test: both of its parents pass it."""

from __future__ import annotations

from pathlib import Path

from support.line import SERVER, commit
from support.real_git import git
from support.tiny import DONE, UPSTREAM, Workbench, content

TESTS = "tests/servers/tests.py"
TEST = "servers.tests.GreetingTests.test_greets"


def test_a_merge_that_is_the_culprit_itself_is_named(tmp_path: Path, workbench: Workbench) -> None:
    """One side renames a parameter, the other one uses it by its old name in another file:
    nothing conflicts, and the test that greets fails with the two together."""
    folder = tmp_path / "history"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    files = dict(content(UPSTREAM))
    base = commit(folder, files, "Base")
    git(folder, "checkout", "--quiet", "-b", "topic")
    commit(folder, {"docs/topic.txt": "Another name.\n"}, "Documented another name")
    renamed = (
        files[SERVER].replace("greeting(name):", "greeting(whom):").replace("{name}", "{whom}")
    )
    commit(folder, {SERVER: renamed}, "Gave it another name")
    git(folder, "checkout", "--quiet", "main")
    by_name = files[TESTS].replace('greeting("you")', 'greeting(name="you")')
    commit(folder, {TESTS: by_name}, "Greeted by name")
    git(folder, "merge", "--quiet", "--no-ff", "--message", "Merged the topic", "topic")
    merge, topic = git(folder, "rev-parse", "HEAD", "topic").split()
    last = commit(folder, {"docs/z.txt": "z\n"}, "Last docs")
    words = ("--mirror", f"django={folder}", "--good", base, "--bad", last, "--test", TEST)
    found = workbench.run("bisect", *words)
    assert found.status == DONE, found.err
    assert f"changes with {merge[:10]} Merged the topic" in found.out
    assert f"it is the merge itself: at {topic[:10]} Gave it another name, which" in found.out
    assert f"Regression in {merge}." in found.out
