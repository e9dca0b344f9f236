"""What source trees say about themselves: real files of every form."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.upstreams import metadata

PYPROJECT = """
[project]
name = "library"
version = "2.0"
dependencies = ["markupsafe>=2.1"]
[project.optional-dependencies]
watchdog = ["watchdog>=2.3"]
[dependency-groups]
tests = ["pytest", {include-group = "typing"}]
typing = ["mypy"]
loop = [{include-group = "loop"}]
"""


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pyproject.toml", '[project]\nrequires-python = ">= 3.12"\n', ">= 3.12"),
        ("pyproject.toml", "[tool.black]\n", None),
        ("setup.cfg", "[options]\npython_requires = >=3.6\n", ">=3.6"),
        ("setup.py", "setup(python_requires='>=3.5, <4',)", ">=3.5, <4"),
        (
            "setup.py",
            "REQUIRED_PYTHON = (3, 5)\nsetup(python_requires='>={}.{}'.format(*REQUIRED_PYTHON))",
            ">=3.5",
        ),
        ("README", "", None),
    ],
)
def test_requires_python(tmp_path: Path, name: str, text: str, expected: str | None) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert metadata.requires_python(tmp_path) == expected


def test_requires_python_of_the_first_file_that_says_it(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[build-system]\nrequires = []\n", "utf-8")
    (tmp_path / "setup.cfg").write_text("[options]\npython_requires = >=3.8\n", "utf-8")
    assert metadata.requires_python(tmp_path) == ">=3.8"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("PKG-INFO", "Metadata-Version: 2.4\nName: Library\nVersion: 3.1.3\n", "3.1.3"),
        ("pyproject.toml", PYPROJECT, "2.0"),
        ("setup.cfg", "[metadata]\nversion = 1.2\n", "1.2"),
        ("src/library/__init__.py", "import os\n__version__ = '4.5'\n", "4.5"),
    ],
)
def test_version(tmp_path: Path, path: str, text: str, expected: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text, "utf-8")
    assert metadata.version(tmp_path) == expected


def test_a_version_that_is_computed_is_none(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text("[metadata]\nversion = attr: library.__version__\n")
    with pytest.raises(ValueError, match="no version is stated"):
        metadata.version(tmp_path)


def test_what_tests_need_stands_in_extras_and_groups(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT, "utf-8")
    assert metadata.dependencies(tmp_path) == ["markupsafe>=2.1"]
    assert metadata.extra(tmp_path, "watchdog") == ["watchdog>=2.3"]
    assert metadata.extra(tmp_path, "gone") is None
    assert metadata.dependency_group(tmp_path, "tests") == ["pytest", "mypy"]
    assert metadata.dependency_group(tmp_path, "gone") is None
    assert metadata.dependency_group(tmp_path, "loop") is None
