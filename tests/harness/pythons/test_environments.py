"""Environments: made by the real uv from a real index on this machine."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from support.local_index import LocalIndex, Release, closed_port, serve, use_only

from harness.model import Interpreter, WorkbenchError
from harness.pythons import environments, interpreters
from harness.system import processes
from harness.system.home import Home

DEADLINE = 30.0  # seconds; an interpreter starts in well under one


def wheel(name: str, version: str) -> Release:
    """A wheel of one module."""
    stream = io.BytesIO()
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(f"{name}.py", f"version = {version!r}\n")
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        archive.writestr(f"{info}/METADATA", metadata)
        tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{info}/WHEEL", tags)
        files = (f"{name}.py", f"{info}/METADATA", f"{info}/WHEEL", f"{info}/RECORD")
        archive.writestr(f"{info}/RECORD", "".join(f"{file},,\n" for file in files))
    return Release(f"{name}-{version}-py3-none-any.whl", stream.getvalue())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def python(home: Home) -> Interpreter:
    return interpreters.find(home)[-1]


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalIndex]:
    with serve() as running:
        running.add("one", wheel("one", "1.0"))
        running.add("one", wheel("one", "2.0"))
        configure(monkeypatch, running.url, tmp_path / "cache")
        yield running


def configure(monkeypatch: pytest.MonkeyPatch, url: str, cache: Path) -> None:
    use_only(monkeypatch, url)
    monkeypatch.setenv("UV_CACHE_DIR", str(cache))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


def test_packages_for_one_interpreter(index: LocalIndex, home: Home, python: Interpreter) -> None:
    made = environments.provide(home, python, ("one<2",))
    assert made.packages == {"one": "1.0"}
    assert (made.site_packages / "one.py").is_file()
    program = "import one, sys; print(one.version, sys.version_info[:2] == tuple(%r))"
    minor = [int(part) for part in python.minor.split(".")]
    answer = processes.run([made.python, "-c", program % minor], deadline=DEADLINE)
    assert answer.stdout.split() == ["1.0", "True"]


def test_a_second_use_asks_nobody(
    index: LocalIndex,
    home: Home,
    python: Interpreter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = environments.provide(home, python, ("one",))
    with closed_port() as url:
        configure(monkeypatch, url, tmp_path / "empty")
        assert environments.provide(home, python, ("one",)) == first


def test_requirements_are_part_of_the_key(
    index: LocalIndex, home: Home, python: Interpreter
) -> None:
    versions = [
        environments.provide(home, python, (requirement,)).packages["one"]
        for requirement in ("one<2", "one>=2")
    ]
    assert versions == ["1.0", "2.0"]


@pytest.mark.parametrize("damage", ["marker gone", "marker cut short", "packages gone"])
def test_half_made_is_made_again(
    index: LocalIndex, home: Home, python: Interpreter, damage: str
) -> None:
    first = environments.provide(home, python, ("one",))
    marker = first.python.parent.parent / environments.MARKER
    if damage == "marker gone":
        marker.unlink()
        (first.site_packages / "one.py").unlink()
    elif damage == "marker cut short":
        marker.write_bytes(marker.read_bytes()[:20])
    else:
        first.site_packages.rename(first.site_packages.with_name("elsewhere"))
    assert environments.provide(home, python, ("one",)) == first
    assert (first.site_packages / "one.py").is_file()


def test_two_at_once_share_one(index: LocalIndex, home: Home, python: Interpreter) -> None:
    with ThreadPoolExecutor(2) as threads:
        one, two = threads.map(lambda _: environments.provide(home, python, ("one",)), range(2))
    assert one == two
    assert len(list(home.folder("envs").iterdir())) == 1


def test_what_the_index_does_not_have(index: LocalIndex, home: Home, python: Interpreter) -> None:
    with pytest.raises(WorkbenchError, match=r"could not be made.*one==99") as caught:
        environments.provide(home, python, ("one==99",))
    assert "no version of one==99" in str(caught.value)


def test_an_index_that_cannot_be_reached(
    home: Home, python: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closed_port() as url:
        configure(monkeypatch, url.replace("://", "://user:secret@"), tmp_path / "cache")
        with pytest.raises(WorkbenchError, match="could not be made") as caught:
            environments.provide(home, python, ("one",))
    assert "secret" not in str(caught.value)
    assert not list(home.folder("envs").glob(f"*/{environments.MARKER}"))


def test_a_python_that_is_built_here_gets_wheels_in_a_folder(
    home: Home, index: LocalIndex, python: Interpreter
) -> None:
    """It has no path yet when they are wanted, and whoever runs it imports that folder."""
    built = msgspec.structs.replace(python, path="", build="built here", prefix="")
    made = environments.provide(home, built, ("one<2",))
    assert made.packages == {"one": "1.0"}
    assert (made.site_packages / "one.py").is_file()
    assert environments.provide(home, built, ("one<2",)) == made


def test_where_uv_is_asks_for_nothing_that_threads_could_read_half() -> None:
    """The settings of a Python are read once; who asks meanwhile gets those that are there."""
    code = (
        "import sysconfig; from harness.pythons import environments\n"
        "sysconfig._init_posix = lambda settings: exit('they are read only now')\n"
        "environments.find_uv_bin()"
    )
    done = processes.run([sys.executable, "-c", code], deadline=DEADLINE)
    assert done.ok, done.stderr
