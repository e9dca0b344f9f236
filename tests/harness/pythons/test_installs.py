"""Pythons that the machine lacks: the real uv, a folder for a mirror, no network."""

from __future__ import annotations

import json
import os
import platform
import sys
import tarfile
from pathlib import Path

import pytest
from support.values import DJANGO

from harness.model import Interpreter, Tree, WorkbenchError
from harness.pythons import installs, interpreters
from harness.sources.provider import Provider
from harness.system.home import Home

MINOR = "3.12"
VERSION = "3.12.99"  # that of no real release
LIBRARY = f"lib/python{MINOR}"

# Stands for a Python of its own: it answers the workbench's question, and uv's patches find
# the one file that they want to write to.
STAND_IN = """#!/bin/sh
cat <<END
{"usable": true, "path": "$(readlink -f "$0")", "version": "%s", "build": "stand-in",
 "prefix": "/", "has_tests": false}
END
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def no_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """uv looks for its Pythons in a folder that is not there."""
    monkeypatch.setenv("UV_PYTHON_INSTALL_MIRROR", (tmp_path / "nowhere").as_uri())


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The list of what uv can get, with one Python in it; returns the list."""
    content = tmp_path / "content"
    executable = content / f"bin/python{MINOR}"
    executable.parent.mkdir(parents=True)
    executable.write_text(STAND_IN % VERSION, "utf-8")
    executable.chmod(0o755)
    (content / "bin/python3").symlink_to(executable.name)
    (content / LIBRARY).mkdir(parents=True)
    platform_name = f"{sys.platform}_{platform.machine()}-linux-gnu"
    variables = content / LIBRARY / f"_sysconfigdata__{platform_name}.py"
    generated = "# system configuration generated and used by the sysconfig module"
    variables.write_text(f"{generated}\nbuild_time_vars = {{}}\n", "utf-8")
    archive = tmp_path / "python.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(content, "python")
    major, minor, patch = map(int, VERSION.split("."))
    entry = {
        "name": "cpython",
        "arch": {"family": platform.machine(), "variant": None},
        "os": sys.platform,
        "libc": "gnu",
        "major": major,
        "minor": minor,
        "patch": patch,
        "prerelease": "",
        "url": archive.as_uri(),
        "sha256": None,
        "variant": None,
        "build": None,
    }
    known = tmp_path / "known.json"
    known.write_text(json.dumps({f"cpython-{VERSION}": entry}), "utf-8")
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS_JSON_URL", str(known))
    return known


def on_a_machine_with_nothing(home: Home, tmp_path: Path) -> list[Interpreter]:
    """What is found where neither PATH nor any known folder has a Python."""
    nothing = {"HOME": str(tmp_path), "PATH": str(tmp_path)}
    own = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    return [python for python in interpreters.find(home, nothing) if python.path != own]


@pytest.mark.skipif(sys.platform != "linux", reason="the stand-in is described for Linux")
def test_what_uv_got_is_found(home: Home, tmp_path: Path, mirror: Path) -> None:
    assert on_a_machine_with_nothing(home, tmp_path) == []
    installs.get(home, MINOR)
    found = on_a_machine_with_nothing(home, tmp_path)
    assert [python.version for python in found] == [VERSION]
    assert home.root in Path(found[0].path).parents


def test_what_uv_can_not_get_is_told_in_one_line(home: Home, no_mirror: None) -> None:
    with pytest.raises(WorkbenchError, match=rf"^uv can not get Python {MINOR}: .+$") as caught:
        installs.get(home, MINOR)
    assert "No such file or directory" in str(caught.value)


def test_what_uv_does_not_know(home: Home) -> None:
    with pytest.raises(WorkbenchError, match="No download found for request"):
        installs.get(home, "3.1")


def test_a_user_who_forbids_downloads_is_obeyed(
    home: Home, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    with pytest.raises(WorkbenchError, match="downloads are not allowed"):
        installs.get(home, MINOR)


class Poor(Provider):
    """The provider of a machine that has no Python but those that the workbench got."""

    found: list[Interpreter] = []


def old_tree(home: Home, tmp_path: Path) -> tuple[Poor, Tree]:
    """A tree that no Python of the machine runs."""
    folder = tmp_path / "tree"
    (folder / "django").mkdir(parents=True)
    (folder / "django/__init__.py").write_text("VERSION = (5, 0, 0, 'final', 0)\n", "utf-8")
    provider = Poor(home, {"django": DJANGO})
    return provider, provider.base(f"path:{folder}", "django")


def test_a_tree_for_which_there_is_no_python_says_what_was_tried(
    home: Home, tmp_path: Path, no_mirror: None
) -> None:
    provider, tree = old_tree(home, tmp_path)
    with pytest.raises(WorkbenchError) as caught:
        provider.python_for(tree, None)
    said = str(caught.value)
    assert "(here: none)" in said
    assert "uv can not get Python" in said
    assert "\n" not in said
