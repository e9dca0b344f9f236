"""A project as if it were installed: a Python that imports a checkout and its packages.

Owns: thin virtual environments, one for each tree, on top of a shared environment and of
any Python, a patched one included. Whatever a test starts with ``sys.executable`` finds
the project as well, whatever it does to PYTHONPATH. Must not know suites or patches.

What makes a folder a virtual environment is ``pyvenv.cfg`` (PEP 405); a ``.pth`` file
(https://docs.python.org/3/library/site.html) names the checkout and the packages, and
the project's metadata lies beside it, so that ``importlib.metadata`` knows of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from ..model import Tree
from ..system.digests import digest_of_value
from ..system.home import Home
from .environments import Environment
from .metadata_files import write_metadata
from .runtimes import Runtime

MADE = "workbench-made"


def on(
    runtime: Runtime,
    home: Home,
    tree: Tree,
    imported: Sequence[Path],
    checkout: Path,
    environment: Environment,
    more: Sequence[Path] = (),
) -> Runtime:
    """The Python of ``runtime`` with the project and its packages; made if it is not there.

    ``imported`` are the folders of ``checkout`` from which the project is imported, and
    ``environment`` has the packages, installed for the same version of Python. ``more``
    are further folders to import from.
    """
    python = Path(runtime.python[0])
    folders = (environment.site_packages, python, checkout, *more)
    whose = digest_of_value([str(folder) for folder in folders])
    name = f"{tree.tree[:16]}-{whose[:8]}"
    folder = home.folder("installations") / name
    executable = folder / "bin" / "python"
    with home.lock(f"installation-{name}"):
        if not (folder / MADE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            _make(folder, tree, (*imported, *more), checkout, environment, python)
            (folder / MADE).touch()
    readable = (*runtime.readable, folder, environment.site_packages)
    return Runtime((str(executable),), readable)


def _make(
    folder: Path,
    tree: Tree,
    imported: Sequence[Path],
    checkout: Path,
    environment: Environment,
    python: Path,
) -> None:
    own = folder / "lib" / environment.site_packages.parent.name / "site-packages"
    own.mkdir(parents=True)
    (folder / "bin").mkdir()
    for name in ("python", "python3", environment.site_packages.parent.name):
        (folder / "bin" / name).symlink_to(python)
    settings = {"home": str(python.parent), "include-system-site-packages": "false"}
    lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
    (folder / "pyvenv.cfg").write_text(lines, "utf-8")
    # A plain line would leave the .pth files of the packages unread.
    packages = f"import site; site.addsitedir({str(environment.site_packages)!r})"
    paths = "\n".join([*map(str, imported), packages, ""])
    (own / "workbench.pth").write_text(paths, "utf-8")
    write_metadata(own, checkout, tree.base.upstream, tree.base.version)
