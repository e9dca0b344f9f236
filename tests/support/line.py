"""Commits and releases of the miniature in a line, for what searches in one."""

from __future__ import annotations

from pathlib import Path

from support.local_index import Release, archive
from support.real_git import git
from support.tiny import UPSTREAM, content

GREETS = "servers.tests.GreetingTests.test_greets"
SPEAKS = "servers.tests.ConnectionTests.test_speaks"
SERVER = "django/server.py"
COMMITS = 14
CULPRIT = 9
BROKEN = range(5, 7)  # commits that do not import
RELEASES = 6
# Two hunks that only together make the greeting loud, among others that do not matter.
LOUD = (
    '    return f"hello, {name}"',
    '    return f"hello, {name}" if steady() is True else "HELLO"',
)


def commit(folder: Path, files: dict[str, str], subject: str) -> str:
    """Write files and commit everything; the commit's id."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", subject)
    return git(folder, "rev-parse", "HEAD")


def released(changes: dict[int, list[tuple[str, str]]]) -> list[Release]:
    """Releases 0.1.0, 0.1.1 …: from a number on, words of the server are others."""
    releases = []
    for number in range(RELEASES):
        files = dict(content(UPSTREAM))
        for since, words in changes.items():
            for old, new in words if number >= since else ():
                assert files[SERVER].count(old) == 1
                files[SERVER] = files[SERVER].replace(old, new)
        version = f"0.1.{number}"
        files["django/__init__.py"] = f'VERSION = (0, 1, {number}, "final", 0)\n'
        data = archive(f"django-{version}", files)
        releases.append(Release(f"django-{version}.tar.gz", data))
    return releases
