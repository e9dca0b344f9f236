"""The Django project that the lab serves, made by a Django that only counts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from harness.lab.servers import PROGRAMS

COUNTS = """
import os

def call_command(name, project, directory):
    with open(os.environ["COUNT"], "a") as stream:
        stream.write(name + "\\n")
    os.mkdir(os.path.join(directory, project))
    with open(os.path.join(directory, project, "settings.py"), "w") as settings:
        settings.write("DEBUG = True\\n")
"""
MAKE = "import project, sys; project.make(sys.argv[1], common=sys.argv[2] == 'common')"


def made(tmp_path: Path, name: str, kept: str, common: str = "common") -> str:
    """The settings of a project that a process of its own made."""
    django = tmp_path / "django"
    if not django.exists():
        (django / "core" / "management").mkdir(parents=True)
        (django / "core" / "__init__.py").touch()
        (django / "core" / "management" / "__init__.py").write_text(COUNTS)
        (django / "__init__.py").write_text("def get_version(): return '1.0'\n")
    env = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(PROGRAMS)]),
        "PYTHONPYCACHEPREFIX": str(tmp_path / kept),
        "COUNT": str(tmp_path / "count"),
    }
    folder = tmp_path / name
    subprocess.run([sys.executable, "-c", MAKE, str(folder), common], env=env, check=True)
    return (folder / "labsite" / "settings.py").read_text("utf-8")


def test_servers_of_one_tree_share_what_startproject_made(tmp_path: Path) -> None:
    """Whatever job they belong to; what the lab changes is in each one's own copy."""
    one, other = made(tmp_path, "one", "kept"), made(tmp_path, "other", "kept", "bare")
    assert (tmp_path / "count").read_text("utf-8").split() == ["startproject"]
    assert one.startswith("DEBUG = True")
    assert other.startswith(one)
    assert "CommonMiddleware" in other.removeprefix(one)
    assert [path.name for path in (tmp_path / "kept").glob("startproject-*") if path.is_dir()]


def test_trees_that_keep_their_bytecode_apart_have_their_own(tmp_path: Path) -> None:
    made(tmp_path, "one", "kept")
    made(tmp_path, "other", "elsewhere")
    assert (tmp_path / "count").read_text("utf-8").split() == ["startproject"] * 2
