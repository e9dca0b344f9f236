"""Makes a Python that runs out of a checkout of CPython.

Owns: the two ways to do it. The library of an installed interpreter is run by a
copy of that interpreter's executable (only ever by the very same micro version:
another one's fails at start-up); sources are built once, and the build serves
every tree that differs in library files alone. Must not know suites or patches.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from ..model import Interpreter, Tree, WorkbenchError
from ..system import processes, sandbox
from ..system.digests import digest
from ..system.home import Home

BUILD_SECONDS = 3600.0
LINKED = ("build", "Makefile", "pyconfig.h", "Modules")
BUILT = "workbench-built"
ASK = "import sys; print(sys.version_info[:3]); print(sys.prefix)"
ASK_SECONDS = 20.0


class Runtime(NamedTuple):
    """The command that starts the Python, and folders that it reads."""

    python: tuple[str, ...]
    readable: tuple[Path, ...]


def of_installed(home: Home, tree: Tree, checkout: Path, python: Interpreter) -> Runtime:
    """The library in ``checkout``, run by a copy of the executable that it belongs to."""
    if tree.base.version != python.version:
        raise WorkbenchError(
            f"the library of {tree.base.version} only runs with Python {tree.base.version}, "
            f"not {python.version}; give --python {tree.base.version}"
        )
    real = Path(os.path.realpath(python.path))
    whose = digest(f"{real} {python.build}")
    name = f"{tree.tree[:16]}-{whose[:8]}"
    prefix = home.folder("runtimes") / name
    executable = prefix / "bin" / f"python{python.minor}"
    own = Path(python.prefix)
    library = prefix / "lib" / f"python{python.minor}"
    with home.lock(f"runtime-{name}"):
        if not (prefix / BUILT).exists():
            shutil.rmtree(prefix, ignore_errors=True)
            library.mkdir(parents=True)
            executable.parent.mkdir()
            shutil.copy2(real, executable)
            for entry in (checkout / "Lib").iterdir():
                (library / entry.name).symlink_to(entry)
            dynamic = own / "lib" / f"python{python.minor}" / "lib-dynload"
            (library / "lib-dynload").symlink_to(dynamic)
            for shared in (own / "lib").glob("libpython*"):
                (prefix / "lib" / shared.name).symlink_to(shared)
            (prefix / BUILT).touch()
    runtime = Runtime((str(executable),), (prefix, checkout, own))
    _check_prefix(runtime, prefix)
    return runtime


def of_sources(home: Home, tree: Tree, checkout: Path, built: Path) -> Runtime:
    """The sources in ``checkout``, run by the build of the checkout ``built``.

    That is the base's where only library files differ, else the same checkout. Raises
    ``WorkbenchError`` if they can not be built.
    """
    own = built
    with home.lock(f"build-{tree.base.upstream}-{own.name}"):
        build = _built(own)
    if own != checkout:
        with home.lock(f"link-{checkout.name}"):
            _link(build, checkout / "build")
    return Runtime((str(checkout / "build" / "python"),), (checkout, own))


def _built(checkout: Path) -> Path:
    build = checkout / "build"
    if (build / BUILT).exists():
        return build
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir()
    jobs = f"-j{os.cpu_count() or 1}"
    for argv in (["../configure", "-q"], ["make", "-s", jobs]):
        _run_in(argv, build, checkout)
    (build / BUILT).touch()
    return build


def _run_in(argv: list[str], build: Path, checkout: Path) -> None:
    reach = sandbox.FileAccess(writable=(str(build),), readable=(str(checkout),))
    wrapped = sandbox.wrap(argv, reach, sandbox.level())
    finished = processes.run(wrapped, cwd=build, deadline=BUILD_SECONDS, limits=processes.Limits())
    if not finished.ok:
        raise WorkbenchError(
            f"{checkout.parent.name} can not be built here; "
            f"install a C compiler and make. {finished.explain()}"
        )


def _link(build: Path, target: Path) -> None:
    """A build folder for another library: the same executable, and links to the rest.

    The executable has to be a hard link: Python finds its library from the
    place of its executable, and follows symbolic links when it looks.
    """
    if (target / BUILT).exists():
        return
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    os.link(build / "python", target / "python")
    shutil.copy(build / "pybuilddir.txt", target / "pybuilddir.txt")
    for name in LINKED:
        (target / name).symlink_to(build / name)
    (target / BUILT).touch()


def _check_prefix(runtime: Runtime, prefix: Path) -> None:
    answer = processes.run([*runtime.python, "-I", "-c", ASK], deadline=ASK_SECONDS)
    if not answer.ok or Path(answer.stdout.splitlines()[1]) != prefix:
        raise WorkbenchError(f"the copied Python does not start. {answer.explain()}")
