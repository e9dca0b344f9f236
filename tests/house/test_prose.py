"""What the prose of the project names is there, and the README is one page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.tiny import PROJECT

PAGE = 80  # lines
PROSE = [
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((PROJECT / "notes").glob("*.md")),
]
OURS = "harness/|notes/|patches/|tests/(?:data|harness|house|regression|support|tiny_)"
PATH = re.compile(rf"(?<![\w/.-])(?:{OURS})[\w*./-]*[\w*/]")
MADE = re.compile(r"my-|<|django/a\b|NAME|…")  # paths that stand for others


def named(text: str) -> list[str]:
    """The paths of the project that a text names; code fences are read as well."""
    return [path for path in PATH.findall(text) if not MADE.search(path)]


def is_there(path: str) -> bool:
    """Whether there is such a file or folder here; a star stands for any."""
    return any(PROJECT.glob(path.rstrip("/")))


@pytest.mark.parametrize("file", PROSE, ids=lambda path: path.name)
def test_every_path_that_is_named_exists(file: Path) -> None:
    text = file.read_text("utf-8")
    assert [path for path in named(text) if not is_there(path)] == []


def test_a_path_that_is_not_there_is_seen() -> None:
    text = "See `harness/model.py`, `harness/gone.py`, `patches/django/my-fix`; tests/servers."
    assert named(text) == ["harness/model.py", "harness/gone.py"]
    assert [path for path in named(text) if not is_there(path)] == ["harness/gone.py"]


def test_the_readme_is_one_page() -> None:
    assert len((PROJECT / "README.md").read_text("utf-8").splitlines()) <= PAGE


def test_every_note_stands_in_the_index() -> None:
    notes = [f"notes/{path.name}" for path in PROSE if path.parent.name == "notes"]
    notes.remove("notes/README.md")
    index = (PROJECT / "notes" / "README.md").read_text("utf-8")
    assert sorted(named(index)) == sorted(notes)
