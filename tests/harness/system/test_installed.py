"""What is installed on this machine beside the trees."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

import pytest
from support.installed import library, program

from harness.system.installed import MISSING, library_versions, program_file


def test_a_library_is_its_version_and_the_versions_of_what_it_needs() -> None:
    versions = library_versions(["httpx"])
    assert versions["httpx"] == version("httpx")
    assert versions["httpcore"] == version("httpcore")
    assert versions["h11"] == version("h11")
    assert list(versions) == sorted(versions)


def test_what_is_needed_elsewhere_or_for_an_extra_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs = ("Mock_Needed>=1", 'mock-old; python_version < "3"', 'mock-more; extra == "more"')
    library(tmp_path, "mock_library", "1.0", *needs)
    monkeypatch.syspath_prepend(tmp_path)
    assert library_versions(["Mock.Library"]) == {"mock-library": "1.0", "mock-needed": MISSING}


def test_libraries_that_need_each_other_have_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library(tmp_path, "mock_one", "1.0", "mock-two")
    library(tmp_path, "mock_two", "2.0", "mock-one")
    monkeypatch.syspath_prepend(tmp_path)
    assert library_versions(["mock-one"]) == {"mock-one": "1.0", "mock-two": "2.0"}


def test_a_program_is_the_file_that_would_run_and_its_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert program_file("mock-program") == MISSING
    first = program(tmp_path / "real", "mock-program") / "mock-program"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "mock-program").symlink_to(first)
    before = program_file("mock-program")
    assert before.startswith(f"{first} ")
    assert program_file("mock-program") == before
    os.utime(first, ns=(1, 1))
    assert program_file("mock-program") not in (before, MISSING)
