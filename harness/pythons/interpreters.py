"""Which Pythons are on this machine, and which of them runs which tree.

Owns: finding interpreters, asking them what they are, and choosing one. Must
not know: sources, git, how a suite is run. Candidates are looked up by name in
known folders and asked here, at once and with a deadline: the libraries that
search for interpreters start them one after another.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from ..model import Interpreter, RequestError, SpuriousError, WorkbenchError
from ..system import processes
from ..system.digests import digest
from ..system.files import replace_bytes
from ..system.home import Home

ASK_SECONDS = 10.0  # an interpreter starts in well under one; a cold disk takes longer
ASK_THREADS = 4
INSTALLED = "pythons"  # the folder of the workbench's own
# Made here, once: msgspec crashes when two threads first decode a type at the same time.
KNOWN: msgspec.json.Decoder[Interpreter | None] = msgspec.json.Decoder(Interpreter | None)
_NAME = re.compile(r"python(3(\.\d+)?)?")


class MissingInterpreter(WorkbenchError):
    """No interpreter here runs a tree; ``minor`` (``3.12``) is one that would, and ``needs``
    says which do: ``django 6.1.3 needs Python 3.12 to 3.14``."""

    def __init__(self, said: str, minor: str, needs: str = "") -> None:
        super().__init__(said)
        self.minor = minor
        self.needs = needs


# Asked with -I, so that nothing in the environment or the folder can answer instead. The base
# of a virtual environment is named by its prefix: sys._base_executable is newer than 3.6.
_QUESTION = """
import json, os, sys, sysconfig
minor = '%d.%d' % sys.version_info[:2]
base = sys.executable
if sys.prefix != sys.base_prefix:
    base = os.path.join(sys.base_prefix, 'bin', 'python' + minor)
stdlib = sysconfig.get_path('stdlib')
print(json.dumps({
    'usable': sys.implementation.name == 'cpython' and sys.version_info[3] == 'final'
        and not sysconfig.get_config_var('Py_GIL_DISABLED'),
    'path': os.path.realpath(base),
    'version': '%d.%d.%d' % sys.version_info[:3],
    'build': sys.version,
    'prefix': sys.base_prefix,
    'has_tests': os.path.exists(os.path.join(stdlib, 'test', 'test_grammar.py')),
}))
"""

# A series that came out with this one or a later one is tried on still newer ones, oldest
# first, if there is nothing else: no break is known, and the base is always run as well.
_CURRENT = Version("3.13")


def find(home: Home, env: Mapping[str, str] | None = None) -> list[Interpreter]:
    """Every CPython release on this machine, oldest first, each real executable once.

    An answer is kept in ``home`` for as long as the executable stays the same.
    What does not answer (a broken shim) is passed over.
    """
    environ = os.environ if env is None else env
    store = home.folder("interpreters")
    own = glob.glob(f"{glob.escape(str(home.root / INSTALLED))}/*/bin/python3")
    paths = {os.path.realpath(path) for path in (*own, *_candidates(environ))}
    with ThreadPoolExecutor(ASK_THREADS) as threads:
        answers = list(threads.map(lambda path: _describe(Path(path), store), sorted(paths)))
    found = {answer.path: answer for answer in answers if answer is not None}
    return sorted(found.values(), key=lambda python: (Version(python.version), python.path))


class Need(NamedTuple):
    """Which Pythons run something: ``what`` it is for people, the Requires-Python of its
    metadata, and the oldest and newest minor version that are known, if any are."""

    what: str
    requires: str | None
    known: tuple[str, str] | None


def choose(need: Need, wanted: str | None, found: Sequence[Interpreter]) -> Interpreter:
    """The newest interpreter that fits, or the one that is ``wanted``.

    ``wanted`` (``3.12``, ``3.12.1`` or a path) overrides everything. Raises
    ``RequestError`` if the wanted one is not here, ``MissingInterpreter`` if none fits.
    """
    if wanted:
        return _wanted(wanted, found)
    allowed = [python for python in found if _allows(need.requires, python.version)]
    if need.known is None:
        if allowed:
            return _newest(allowed)
        lowest = re.search(r">=?\s*(3\.\d+)", need.requires or "")
        needs = f"Python {need.requires}" if need.requires else "a Python"
        get = lowest[1] if lowest else str(_CURRENT)
    else:
        oldest, newest = map(Version, need.known)
        fitting = [python for python in allowed if oldest <= Version(python.minor) <= newest]
        if fitting:
            return _newest(fitting)
        later = [python for python in allowed if Version(python.minor) > newest]
        if later and newest >= _CURRENT:
            return min(later, key=lambda python: Version(python.version))
        needs = f"Python {oldest} to {newest}"
        get = str(min(newest, max(oldest, _CURRENT)))
    raise MissingInterpreter(
        f"{need.what} needs {needs}{_here(found)}; get one with `{_get(get)}`, "
        "or take another with --python",
        get,
        f"{need.what} needs {needs}",
    )


def of_version(version: str, found: Sequence[Interpreter]) -> Interpreter:
    """The interpreter of that very version (``3.13.0``) that carries its own tests.

    Another micro version cannot run its library. Raises ``WorkbenchError``
    if there is none.
    """
    for python in found:
        if python.version == version and python.has_tests:
            return python
    able = [python for python in found if python.has_tests]
    raise WorkbenchError(
        f"Python {version} with its own tests is needed{_here(able)}; "
        f"get it with `pyenv install {version}`"
    )


def _candidates(env: Mapping[str, str]) -> Iterable[str]:
    """Executables that may be interpreters: on PATH, of pyenv and its likes, of uv."""
    yield sys.executable
    home = Path(env.get("HOME") or Path.home())
    data = Path(env.get("XDG_DATA_HOME") or home / ".local/share")
    pyenv = Path(env.get("PYENV_ROOT") or home / ".pyenv")
    kept = (
        pyenv / "versions",
        Path(env.get("UV_PYTHON_INSTALL_DIR") or data / "uv/python"),
        Path(env.get("MISE_DATA_DIR") or data / "mise") / "installs/python",
        Path(env.get("ASDF_DATA_DIR") or home / ".asdf") / "installs/python",
    )
    for folder in kept:
        yield from glob.glob(f"{glob.escape(str(folder))}/*/bin/python3")
    for entry in filter(os.path.isabs, env.get("PATH", os.defpath).split(os.pathsep)):
        # pyenv's shims stand for what its versions folder holds, and most of them are broken.
        if Path(entry) != pyenv / "shims":
            with contextlib.suppress(OSError):
                for name in os.listdir(entry):
                    path = os.path.join(entry, name)
                    if _NAME.fullmatch(name) and os.access(path, os.X_OK):
                        yield path


def _describe(path: Path, store: Path) -> Interpreter | None:
    try:
        status = path.stat()
    except OSError:
        return None
    key = f"{path}\0{status.st_mtime_ns}\0{status.st_size}"
    note = store / f"{digest(key)[:24]}.json"
    with contextlib.suppress(OSError, msgspec.DecodeError):
        known = KNOWN.decode(note.read_bytes())
        if known is None or os.path.exists(known.path):
            return known
    answered, answer = _ask(path)
    if answered:
        with contextlib.suppress(SpuriousError):  # the next search asks again
            replace_bytes(note, msgspec.json.encode(answer))
    return answer


def _ask(path: Path) -> tuple[bool, Interpreter | None]:
    """Whether it answered at all, and what it is if it is of use."""
    try:
        finished = processes.run([path, "-I", "-c", _QUESTION], deadline=ASK_SECONDS)
        answer = json.loads(finished.stdout) if finished.ok else None
    except processes.Interrupted:
        raise
    except (WorkbenchError, ValueError):
        answer = None
    if not isinstance(answer, dict):
        return False, None
    usable = answer.pop("usable", False) and os.path.exists(answer["path"])
    return True, msgspec.convert(answer, Interpreter) if usable else None


def _wanted(wanted: str, found: Sequence[Interpreter]) -> Interpreter:
    real = os.path.realpath(os.path.expanduser(wanted))
    fitting = [p for p in found if wanted in (p.version, p.minor) or real == p.path]
    if fitting:
        return _newest(fitting)
    get = f"; get it with `{_get(wanted)}`" if re.fullmatch(r"3(\.\d+)+", wanted) else ""
    raise RequestError(f"there is no Python {wanted}{_here(found)}{get}")


def _newest(pythons: Iterable[Interpreter]) -> Interpreter:
    return max(pythons, key=lambda python: (Version(python.version), python.has_tests))


def _allows(requires: str | None, version: str) -> bool:
    try:
        return SpecifierSet(requires or "").contains(version)
    except InvalidSpecifier:
        return True  # a checkout's slip of the pen; the tests will show whether it runs


def _here(found: Sequence[Interpreter]) -> str:
    versions = sorted({python.version for python in found}, key=Version)
    return f" (here: {', '.join(versions) or 'none'})"


def _get(version: str) -> str:
    """The command that gets a Python; uv has none before 3.8."""
    tool = (
        "pyenv" if version.startswith("3.") and Version(version) < Version("3.8") else "uv python"
    )
    return f"{tool} install {version}"
