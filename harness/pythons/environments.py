"""The packages that a tree's tests need, installed for one interpreter and kept.

Owns: environments below the workbench's folder, made with uv (https://docs.astral.sh/uv/).
Must not know: how an interpreter was chosen, how a suite is run.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
import sysconfig
from pathlib import Path

import msgspec
from packaging.utils import canonicalize_name
from uv import find_uv_bin

from ..model import Interpreter, Value, WorkbenchError
from ..system import processes
from ..system.digests import digest
from ..system.files import replace_bytes
from ..system.home import Home
from ..system.index import discover, redacted

# Read here, once: on Python 3.11 a thread that asks while another one reads them for the first
# time gets some of them, and uv is looked for in vain.
sysconfig.get_config_vars()
MAKE_SECONDS = 120.0  # a second is normal; a slow index gets its time
MARKER = "complete.json"


class Environment(Value, frozen=True):
    """An interpreter with packages: paths, and the version of each package."""

    python: Path
    site_packages: Path
    packages: dict[str, str]


# Made here, once: msgspec crashes when two threads first decode a type at the same time.
MADE = msgspec.json.Decoder(Environment, dec_hook=lambda kind, value: kind(value))


def provide(home: Home, python: Interpreter, requirements: tuple[str, ...]) -> Environment:
    """The environment of ``python`` with ``requirements``, made if it is not there yet.

    What was left half made is made again, and two runs at once share one. For a Python that
    is built of a tree, and has no path, it is wheels in a folder.
    Raises ``WorkbenchError`` with the end of uv's output if it cannot be made.
    """
    text = "\0".join((python.path, python.build, *sorted(requirements)))
    key = f"{python.version}-{digest(text)[:16]}"
    folder = home.folder("envs") / key
    kept = _kept(folder)
    if kept is not None:
        return kept
    with home.lock(f"env-{key}"):
        return _kept(folder) or _make(folder, python, requirements)


def _kept(folder: Path) -> Environment | None:
    """The environment if it was made to its end and its interpreter is still there."""
    try:
        environment = MADE.decode((folder / MARKER).read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    whole = environment.python.exists() and environment.site_packages.is_dir()
    return environment if whole else None


def _make(folder: Path, python: Interpreter, requirements: tuple[str, ...]) -> Environment:
    shutil.rmtree(folder, ignore_errors=True)
    executable = folder / "bin" / "python"
    site_packages = folder / "lib" / f"python{python.minor}" / "site-packages"
    install = ["pip", "install", "--quiet", "--python"]
    if not python.path:
        executable = Path(sys.executable)
        place = ["--target", str(site_packages), "--only-binary", ":all:"]
        _uv(
            [*install, str(executable), "--python-version", python.version, *place, *requirements],
            python,
        )
    else:
        _uv(["venv", "--quiet", "--no-project", "--python", python.path, str(folder)], python)
        if requirements:
            _uv([*install, str(executable), *requirements], python)
    environment = Environment(
        python=executable,
        site_packages=site_packages,
        packages=_packages(site_packages),
    )
    replace_bytes(folder / MARKER, msgspec.json.encode(environment, enc_hook=str))
    return environment


def _uv(words: list[str], python: Interpreter) -> None:
    index = discover()
    drop = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON")
    env = {name: value for name, value in os.environ.items() if name not in drop}
    # Copies, since a test that wrote to a hard link would write to uv's own cache.
    env |= {"UV_LINK_MODE": "copy", "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    env |= index.as_uv_environment()
    flags = ["--no-index"] if index.no_index and words[0] == "pip" else []
    finished = processes.run([find_uv_bin(), *words, *flags], deadline=MAKE_SECONDS, env=env)
    if not finished.ok:
        raise WorkbenchError(
            f"the environment for Python {python.version} could not be made; see what uv says, "
            "check the network and the package index, and run again: "
            + redacted(finished.explain())
        )


def _packages(site_packages: Path) -> dict[str, str]:
    found = importlib.metadata.distributions(path=[str(site_packages)])
    return dict(sorted((canonicalize_name(d.metadata["Name"]), d.version) for d in found))
