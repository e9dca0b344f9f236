"""A patch of one place, as git takes it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from harness.catalog import patchfile
from harness.catalog.oneplace import one_place_patch

LINES = "".join(f"{number}\n" for number in range(1, 10))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (LINES, LINES.replace("5", "five")),
        (LINES, LINES.replace("1\n", "one\n", 1)),
        (LINES, LINES.replace("9\n", "nine\n")),
        (LINES, LINES.replace("5\n", "")),
        (LINES, LINES.replace("5\n", "5\n5\n5\n")),
        (LINES[:-1], LINES[:-1].replace("9", "nine")),
        (LINES[:-1], LINES[:-1].replace("8", "eight")),
        ("only", "other"),
        ("a\r\nb\x0cc\r\nd\u2028\n", "a\r\nB\x0cc\r\nd\u2028\n"),
        ("\n\n\n\n", "\n\n\nx\n"),
    ],
)
@pytest.mark.parametrize("path", ["a.py", "a folder/a b.py"])
def test_git_makes_the_one_text_of_the_other(tmp_path: Path, old: str, new: str, path: str) -> None:
    file = tmp_path / path
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(old.encode())
    text = one_place_patch(path, old, new)
    assert patchfile.check(text, "one.patch") == [path]
    (tmp_path / "one.patch").write_bytes(text.encode())
    subprocess.run(["git", "apply", "one.patch"], cwd=tmp_path, check=True)
    assert file.read_bytes() == new.encode()
