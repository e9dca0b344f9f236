"""Interpreters: found by running real ones, chosen from tables."""

from __future__ import annotations

import os
import sys
import venv
from pathlib import Path

import pytest

from harness.model import Interpreter, RequestError, WorkbenchError
from harness.pythons import interpreters
from harness.system.home import Home
from harness.upstreams import django as django_kind

OWN = os.path.realpath(getattr(sys, "_base_executable", sys.executable))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "bin"
    path.mkdir()
    return path


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return path


def alone(tmp_path: Path, folder: Path) -> dict[str, str]:
    """An environment in which nothing is found but the running Python and what is in ``folder``."""
    return {"HOME": str(tmp_path), "PATH": str(folder)}


def test_the_running_python_is_found_once(home: Home, tmp_path: Path, folder: Path) -> None:
    (folder / "python3").symlink_to(sys.executable)
    (folder / "python").symlink_to(OWN)
    (own,) = interpreters.find(home, alone(tmp_path, folder))
    assert own.path == OWN
    assert own.version == ".".join(map(str, sys.version_info[:3]))
    assert own.build == sys.version
    assert own.prefix == sys.base_prefix


def test_a_virtual_environment_stands_for_its_base(
    home: Home, tmp_path: Path, folder: Path
) -> None:
    venv.create(tmp_path / "copied", symlinks=False, with_pip=False)
    env = alone(tmp_path, tmp_path / "copied" / "bin")
    assert [python.path for python in interpreters.find(home, env)] == [OWN]


@pytest.mark.parametrize(
    "text",
    ["echo 'no such version' >&2; exit 127", "echo rubbish", "echo 3", "kill -9 $$"],
    ids=["broken", "rubbish", "number", "killed"],
)
def test_what_does_not_answer_is_passed_over(
    home: Home, tmp_path: Path, folder: Path, text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    script(folder / "python3.9", text)
    (folder / "python3.8").symlink_to("gone")
    assert [p.path for p in interpreters.find(home, alone(tmp_path, folder))] == [OWN]
    assert capfd.readouterr() == ("", "")


def test_folders_of_version_managers_are_searched(home: Home, tmp_path: Path, folder: Path) -> None:
    asked = tmp_path / "asked"
    text = f'echo "$0" >> {asked}; exec {OWN} "$@"'
    for place in (".pyenv/versions/3.9.1", ".local/share/uv/python/cpython-3.9"):
        script(tmp_path / place / "bin/python3", text)
    script(tmp_path / ".pyenv/shims/python3", text)
    env = alone(tmp_path, folder)
    interpreters.find(home, env | {"PATH": str(tmp_path / ".pyenv/shims")})
    places = sorted(Path(line).parts[-3] for line in asked.read_text().splitlines())
    assert places == ["3.9.1", "cpython-3.9"]


def test_folders_that_may_not_be_read_are_passed_over(home: Home, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    try:
        env = alone(tmp_path, closed) | {"PYENV_ROOT": str(closed)}
        assert [python.path for python in interpreters.find(home, env)] == [OWN]
    finally:
        closed.chmod(0o700)


def test_an_interpreter_is_asked_once_until_it_changes(
    home: Home, tmp_path: Path, folder: Path
) -> None:
    asked = tmp_path / "asked"
    wrapper = script(folder / "python3.9", f'echo x >> {asked}; exec {OWN} "$@"')
    env = alone(tmp_path, folder)
    first = interpreters.find(home, env)
    assert interpreters.find(home, env) == first
    assert asked.read_text() == "x\n"
    os.utime(wrapper, ns=(0, 0))
    assert interpreters.find(home, env) == first
    assert asked.read_text() == "x\nx\n"


def test_a_damaged_note_is_no_answer(home: Home, tmp_path: Path, folder: Path) -> None:
    env = alone(tmp_path, folder)
    first = interpreters.find(home, env)
    for note in home.folder("interpreters").iterdir():
        note.write_bytes(note.read_bytes()[:10])
    assert interpreters.find(home, env) == first


def invented(version: str, has_tests: bool = True) -> Interpreter:
    return Interpreter(f"/p/{version}/bin/python3", version, version, f"/p/{version}", has_tests)


def need(version: str, requires: str | None) -> interpreters.Need:
    """What a release of Django needs."""
    return interpreters.Need(f"Django {version}", requires, django_kind.pythons(version))


VERSIONS = ["3.6.15", "3.7.16", "3.8.18", "3.9.18", "3.10.13", "3.11.7", "3.12.1", "3.13.0"]
ALL = [invented(version) for version in VERSIONS]


@pytest.mark.parametrize(
    ("django", "requires", "chosen"),
    [
        ("1.11.29", None, "3.7.16"),
        ("2.1.15", ">=3.5", "3.7.16"),
        ("2.2.28", ">=3.5", "3.9.18"),
        ("3.1.7", ">=3.6", "3.9.18"),
        ("3.2.25", ">=3.6", "3.10.13"),
        ("4.0", ">=3.8", "3.10.13"),
        ("4.1.13", ">=3.8", "3.11.7"),
        ("4.2", ">=3.8", "3.11.7"),
        ("4.2.8", ">=3.8", "3.12.1"),
        ("5.0.14", ">=3.10", "3.12.1"),
        ("5.1.15", ">=3.10", "3.13.0"),
        ("5.2", ">= 3.10", "3.13.0"),
        ("6.1.3", ">= 3.12", "3.13.0"),
        ("8.0", ">=3.13", "3.13.0"),
        ("main@934acf1126", None, "3.13.0"),
        ("6.2.dev", "not a specifier", "3.13.0"),
    ],
)
def test_choice_for_django(django: str, requires: str | None, chosen: str) -> None:
    assert interpreters.choose(need(django, requires), None, ALL).version == chosen


def test_a_current_django_is_tried_on_a_newer_python_than_is_known() -> None:
    newer = [invented("3.16.1"), invented("3.17.0")]
    assert interpreters.choose(need("6.1.3", ">=3.12"), None, newer).version == "3.16.1"
    with pytest.raises(WorkbenchError):
        interpreters.choose(need("4.2", ">=3.8"), None, newer)


@pytest.mark.parametrize(
    ("django", "requires", "found", "command"),
    [
        ("3.1.7", ">=3.6", VERSIONS[5:], "uv python install 3.9"),
        ("2.0", ">=3.4", VERSIONS[5:], "pyenv install 3.7"),
        ("6.1.3", ">=3.12", VERSIONS[:3], "uv python install 3.13"),
        ("8.0", ">=3.15", VERSIONS, "uv python install 3.15"),
        ("6.1.3", ">=3.12", [], "uv python install 3.13"),
    ],
)
def test_none_fits_django(django: str, requires: str, found: list[str], command: str) -> None:
    with pytest.raises(WorkbenchError) as caught:
        interpreters.choose(need(django, requires), None, [invented(v) for v in found])
    assert f"`{command}`" in str(caught.value)
    assert f"(here: {', '.join(found) or 'none'})" in str(caught.value)


@pytest.mark.parametrize("wanted", ["3.8", "3.8.18", "/p/3.8.18/bin/python3"])
def test_the_wanted_python_goes_before_everything(wanted: str) -> None:
    assert interpreters.choose(need("6.1.3", ">=3.12"), wanted, ALL).version == "3.8.18"


def test_the_wanted_python_is_not_here() -> None:
    with pytest.raises(RequestError, match=r"no Python 3\.14 .*`uv python install 3\.14`"):
        interpreters.choose(need("6.1.3", ">=3.12"), "3.14", ALL)


def test_choice_for_cpython() -> None:
    found = [invented("3.13.0", has_tests=False), *ALL]
    assert interpreters.of_version("3.13.0", found).has_tests
    with pytest.raises(WorkbenchError, match=r"3\.13\.15 .*`pyenv install 3\.13\.15`"):
        interpreters.of_version("3.13.15", found)
