"""An interpreter's own library as a tree."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from support.values import CPYTHON

from harness.model import Interpreter, RequestError, Source, WorkbenchError
from harness.pythons import interpreters
from harness.sources import SOURCES
from harness.system.home import Home

installed = SOURCES[Source.INSTALLED]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def able(home: Home) -> list[Interpreter]:
    found = [python for python in interpreters.find(home) if python.has_tests]
    if not found:
        pytest.skip("no interpreter here carries CPython's tests")
    return found


def invented(version: str, has_tests: bool = True) -> Interpreter:
    return Interpreter(f"/p/{version}/bin/python3", version, version, f"/p/{version}", has_tests)


@pytest.mark.parametrize(
    ("wanted", "version"), [("installed", "3.13.0"), ("3.9", "3.9.18"), ("3.9.2", "3.9.2")]
)
def test_choice(home: Home, wanted: str, version: str) -> None:
    found = [invented(v) for v in ("3.9.2", "3.9.18", "3.13.0")] + [invented("3.14.1", False)]
    base = installed.resolve(wanted, CPYTHON, home, found)
    assert (base.version, base.locator) == (version, f"/p/{version}@{version}")


def test_none_fits(home: Home) -> None:
    with pytest.raises(RequestError, match=r"cpython 3\.14 .*; use one of 3\.13\.0"):
        installed.resolve("3.14", CPYTHON, home, [invented("3.13.0"), invented("3.14.1", False)])
    with pytest.raises(RequestError, match=r"pyenv install 3\.13"):
        installed.resolve("installed", CPYTHON, home, [])


def test_content(home: Home, able: list[Interpreter]) -> None:
    base = installed.resolve("installed", CPYTHON, home, able)
    paths = {file.path for file in installed.files(base, home, able)}
    assert {"Lib/socketserver.py", "Lib/test/test_socketserver.py"} <= paths
    parts = {part for path in paths for part in path.split("/")}
    assert parts.isdisjoint({"__pycache__", "site-packages", "lib-dynload"})
    assert not any(part.startswith("config-") for part in parts)


def test_found_again_where_the_prefix_is_another(home: Home, able: list[Interpreter]) -> None:
    base = installed.resolve("installed", CPYTHON, home, able)
    moved = msgspec.structs.replace(base, locator=f"/gone@{base.version}")
    assert next(installed.files(moved, home, able)).path.startswith("Lib/")
    with pytest.raises(WorkbenchError, match=f"pyenv install {base.version}"):
        next(installed.files(moved, home, []))
