"""Sources become a build: ``configure`` and ``make``, from nothing or from the last build.

Owns: a build folder that is kept while its sources move on, and what of it has to go so
that the result is that of a build from nothing. Must not know where sources come from, nor
where results are kept.

A folder is gone on with only if the last build in it came to its end: a compiler that was
killed leaves files that ``make`` takes for whole.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec

from ..model import WorkbenchError
from ..system import processes, sandbox
from ..system.files import replace_bytes
from ..upstreams.building import BuildRules, stale
from .includes import compiled_again

FOLDER = "build"
STANDING = "workbench-sources.json"
BUILD_SECONDS = 3600.0
_ERROR = re.compile(r"\berror: |undefined reference to |\*\*\* ")
# Made here, once: msgspec crashes when two threads first decode a type at the same time.
_FILES = msgspec.json.Decoder(dict[str, str])


class Unbuildable(WorkbenchError):
    """Sources that a build from nothing showed to be of no use; the message says why."""


def make(checkout: Path, files: Mapping[str, str], rules: BuildRules) -> Path:
    """The folder in which the sources in ``checkout`` are built, now.

    ``files`` are the paths that a build reads, each with what names its content. Raises
    ``Unbuildable`` if they can not be built, ``WorkbenchError`` for what the machine refused.
    """
    build = checkout / FOLDER
    before = _standing(build)
    (build / STANDING).unlink(missing_ok=True)
    if before is None or not _went_on(checkout, before, files, rules):
        shutil.rmtree(build, ignore_errors=True)
        build.mkdir()
        _run(["../configure", "-q"], checkout)
        _run(_make(), checkout)
    replace_bytes(build / STANDING, msgspec.json.encode(files))
    return build


def _went_on(
    checkout: Path, before: Mapping[str, str], files: Mapping[str, str], rules: BuildRules
) -> bool:
    """Whether the last build could be made into this one.

    If that fails, what was kept may be the reason: only a build from nothing can tell.
    """
    changed = sorted({path for path, _ in before.items() ^ files.items()})
    going = stale(rules, changed, before.keys() == files.keys())
    if going is None:
        return False
    build = checkout / FOLDER
    for path in [path for pattern in going for path in build.glob(pattern)]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for name in compiled_again(checkout, files, changed):
        os.utime(checkout / name)
    try:
        _run(_make(), checkout)
    except Unbuildable:
        return False
    return True


def _standing(build: Path) -> dict[str, str] | None:
    """The sources of the last build in a folder, if that came to its end."""
    try:
        return _FILES.decode((build / STANDING).read_bytes())
    except (OSError, msgspec.DecodeError):
        return None


def _make() -> list[str]:
    return ["make", "-s", f"-j{os.cpu_count() or 1}"]


def _run(argv: list[str], checkout: Path) -> None:
    build = checkout / FOLDER
    reach = sandbox.FileAccess(writable=(str(build),), readable=(str(checkout),))
    wrapped = sandbox.wrap(argv, reach, sandbox.level())
    finished = processes.run(wrapped, cwd=build, deadline=BUILD_SECONDS, limits=processes.Limits())
    if finished.stop is not processes.Stop.EXITED:
        raise WorkbenchError(f"`{' '.join(argv)}` ended at its {finished.stop} limit")
    if not finished.ok:
        raise Unbuildable(_first_error(finished))


def _first_error(finished: processes.ProcessResult) -> str:
    """The compiler's first line about an error; what came after follows from it."""
    lines = [line.strip() for line in (finished.stderr or finished.stdout).splitlines()]
    errors = [line for line in lines if _ERROR.search(line)]
    return (errors or [line for line in lines if line][-1:] or [finished.explain()])[0]
