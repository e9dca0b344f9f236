"""A folder as a tree."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.values import CPYTHON, DJANGO

from harness.model import RequestError, Source
from harness.sources import SOURCES, File
from harness.sources.archive import EXECUTABLE, REGULAR, SYMLINK
from harness.system.home import Home

path = SOURCES[Source.PATH]


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("VERSION = (6, 1, 3, 'final', 0)", "6.1.3"),
        ('VERSION = (6, 1, 0, "final", 0)', "6.1"),
        ('VERSION = (6, 2, 0, "alpha", 0)', "6.2.dev"),
        ('VERSION = (6, 2, 0, "rc", 1)', "6.2rc1"),
    ],
)
def test_version_of_django(tmp_path: Path, text: str, version: str) -> None:
    write(tmp_path / "django/__init__.py", f"import os\n\n{text}\n")
    base = path.resolve(str(tmp_path), DJANGO, Home(tmp_path))
    assert (base.version, base.source, base.locator) == (version, Source.PATH, str(tmp_path))


def test_version_of_cpython(tmp_path: Path) -> None:
    write(tmp_path / "Include/patchlevel.h", '#define PY_VERSION      "3.15.0a1+"\n')
    assert path.resolve(str(tmp_path), CPYTHON, Home(tmp_path)).version == "3.15.0a1"


@pytest.mark.parametrize("name", [".", "missing"])
def test_what_is_no_tree(tmp_path: Path, name: str) -> None:
    write(tmp_path / "django/__init__.py", "VERSION = 'six'\n")
    with pytest.raises(RequestError, match="django"):
        path.resolve(str(tmp_path / name), DJANGO, Home(tmp_path))


def test_content(tmp_path: Path) -> None:
    top = tmp_path / "tree"
    write(top / "django/__init__.py", "VERSION = (6, 1, 3, 'final', 0)\n")
    write(top / "tool", "#!/bin/sh\n").chmod(0o755)
    write(top / ".git", "gitdir: elsewhere\n")
    for left_out in ("django/__pycache__/x.pyc", ".workbench/store/x", ".venv/bin/python"):
        write(top / left_out, "")
    (top / "docs").symlink_to("django")
    (top / "django/self").symlink_to("__init__.py")
    (top / "outside").symlink_to(tmp_path)
    (top / "django/outside").symlink_to("../../elsewhere")
    base = path.resolve(str(top), DJANGO, Home(tmp_path))
    assert sorted(path.files(base, Home(tmp_path))) == [
        File("django/__init__.py", REGULAR, b"VERSION = (6, 1, 3, 'final', 0)\n"),
        File("django/self", SYMLINK, b"__init__.py"),
        File("docs", SYMLINK, b"django"),
        File("tool", EXECUTABLE, b"#!/bin/sh\n"),
    ]
