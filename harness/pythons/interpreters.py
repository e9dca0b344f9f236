"""Which Pythons are on this machine, and which of them runs which tree.

Owns: finding interpreters, asking them what they are, and choosing one. Must
not know: sources, git, how a suite is run. Candidates are looked up by name in
known folders and asked here, at once and with a deadline: the libraries that
search for interpreters start them one after another.
"""

from __future__ import annotations

import configparser
import contextlib
import glob
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

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
    """No interpreter here runs a tree; ``minor`` (``3.12``) is one that would."""

    def __init__(self, said: str, minor: str) -> None:
        super().__init__(said)
        self.minor = minor


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
    'has_tests': os.path.exists(os.path.join(stdlib, 'test', 'test_socketserver.py')),
}))
"""

# The oldest and newest Python of each Django series: from its own documentation (docs/faq/
# install.txt), lowered where a newer one was seen to break the first releases of a series.
# Requires-Python says the oldest as well; the newest stands in no metadata.
DJANGO_PYTHONS = {
    "1.11": ("3.4", "3.7"),
    "2.0": ("3.4", "3.7"),
    "2.1": ("3.5", "3.7"),
    "2.2": ("3.5", "3.9"),
    "3.0": ("3.6", "3.9"),
    "3.1": ("3.6", "3.9"),
    "3.2": ("3.6", "3.10"),
    "4.0": ("3.8", "3.10"),
    "4.1": ("3.8", "3.11"),
    "4.2": ("3.8", "3.11"),  # 3.12 from 4.2.8 on
    "5.0": ("3.10", "3.12"),
    "5.1": ("3.10", "3.13"),
    "5.2": ("3.10", "3.13"),  # 3.14 from 5.2.8 on
    "6.0": ("3.12", "3.14"),
    "6.1": ("3.12", "3.14"),  # 3.15 from 6.1.3 on
}

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


def for_django(
    version: str,
    requires: str | None,
    wanted: str | None,
    found: Sequence[Interpreter],
) -> Interpreter:
    """The newest interpreter that runs Django ``version``, or the one that is ``wanted``.

    ``requires`` is the tree's Requires-Python; ``wanted`` (``3.12``, ``3.12.1``
    or a path) overrides everything. Raises ``RequestError`` if the wanted one
    is not here, ``MissingInterpreter`` if none fits.
    """
    if wanted:
        return _wanted(wanted, found)
    allowed = [python for python in found if _allows(requires, python.version)]
    if _series(version) not in DJANGO_PYTHONS:
        if allowed:
            return _newest(allowed)
        lowest = re.search(r">=?\s*(3\.\d+)", requires or "")
        need, get = (
            f"Python {requires}" if requires else "a Python",
            lowest[1] if lowest else "3.13",
        )
    else:
        oldest, newest = map(Version, DJANGO_PYTHONS[_series(version)])
        fitting = [python for python in allowed if oldest <= Version(python.minor) <= newest]
        if fitting:
            return _newest(fitting)
        later = [python for python in allowed if Version(python.minor) > newest]
        if later and newest >= _CURRENT:
            return min(later, key=lambda python: Version(python.version))
        need, get = f"Python {oldest} to {newest}", str(min(newest, max(oldest, _CURRENT)))
    raise MissingInterpreter(
        f"Django {version} needs {need}{_here(found)}; get one with `{_get(get)}`, "
        "or take another with --python",
        get,
    )


def for_cpython(version: str, found: Sequence[Interpreter]) -> Interpreter:
    """The interpreter of that very version (``3.13.0``) that carries its tests.

    Another micro version cannot run this library. Raises ``WorkbenchError``
    if there is none.
    """
    for python in found:
        if python.version == version and python.has_tests:
            return python
    able = [python for python in found if python.has_tests]
    raise WorkbenchError(
        f"CPython {version} with its tests is needed{_here(able)}; "
        f"get it with `pyenv install {version}`"
    )


def requires_python(folder: Path) -> str | None:
    """Requires-Python of a checkout: pyproject.toml, else setup.cfg, else setup.py's text."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
        return str(project["requires-python"])
    parser = configparser.RawConfigParser()
    with contextlib.suppress(configparser.Error, OSError, UnicodeDecodeError):
        parser.read(folder / "setup.cfg", encoding="utf-8")
        return parser.get("options", "python_requires")
    with contextlib.suppress(OSError, UnicodeDecodeError):
        text = (folder / "setup.py").read_text("utf-8")
        plain = re.search(r"python_requires\s*=\s*(['\"])([^'\"{]+)\1", text)
        if plain:
            return plain[2]
        tuple_ = re.search(r"^REQUIRED_PYTHON\s*=\s*\((\d+),\s*(\d+)\)", text, re.MULTILINE)
        if tuple_:
            return f">={tuple_[1]}.{tuple_[2]}"
    return None


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


def _series(version: str) -> str:
    """``6.1`` of ``6.1.3``; what is no release number stands in no table."""
    try:
        return ".".join(map(str, (*Version(version).release, 0)[:2]))
    except InvalidVersion:
        return ""


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
