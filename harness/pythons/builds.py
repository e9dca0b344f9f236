"""Builds that are kept: what was built once is there for every tree with these sources.

Owns: where they are, what of a build is worth keeping, and under which name. Must not know
trees or git. A build is known by the files that went into it and by the compiler; one that
failed is kept as well, as the line that says why.

Nothing is compiled through a cache like ccache: what a build writes there, which runs code
of an upstream, would become part of other builds.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from ..model import Value
from ..system.digests import digest_of_value
from ..system.files import replace_text
from ..system.home import Home
from ..system.installed import program_file
from ..upstreams.building import BuildRules, in_patterns
from . import making

FOLDER = "builds"
COMPLETE = "workbench-built"
FAILED = "workbench-failed"
LAST = "workbench-kept-as"  # in a build folder: the name of the build that it was kept as
FORM = 1  # another number forgets all that was kept
PROGRAMS = ("gcc", "cc", "make")


class Sources(Value, frozen=True):
    """What is built: the upstream's name, its files that a build reads, each with what names
    its content, the rules for going on from another build, and how people call it."""

    upstream: str
    files: Mapping[str, str]
    rules: BuildRules
    label: str


def provide(
    home: Home, sources: Sources, checkout: Callable[[], AbstractContextManager[Path]]
) -> Path:
    """The folder with a build of these sources; built in ``checkout`` if it is not there.

    Only one build of an upstream is made at a time, since that takes all cores. Raises
    ``Unbuildable`` with the compiler's first error line.
    """
    compiler = [program_file(name) for name in PROGRAMS]
    key = digest_of_value([FORM, compiler, sources.files])
    place = home.folder(FOLDER) / f"{sources.upstream}-{key[:16]}"
    if not (place / COMPLETE).exists():
        with home.lock(f"build-{sources.upstream}"):
            if not (place / COMPLETE).exists():
                with checkout() as folder:
                    _build(home, sources, folder, place)
    if (place / FAILED).exists():
        why = (place / FAILED).read_text("utf-8", "replace")
        raise making.Unbuildable(f"{sources.label} can not be built here: {why}")
    return place


def _build(home: Home, sources: Sources, checkout: Path, place: Path) -> None:
    build = checkout / making.FOLDER
    last = build / LAST
    like = place.with_name(last.read_text("utf-8")) if last.exists() else place
    with home.scratch("build") as scratch:
        new = scratch / place.name
        new.mkdir()
        try:
            making.make(checkout, sources.files, sources.rules)
        except making.Unbuildable as error:
            replace_text(new / FAILED, str(error))
        else:
            for name in _worth_keeping(build, sources.rules):
                _keep(name, build, like, new)
            replace_text(last, place.name)
        (new / COMPLETE).touch()
        shutil.rmtree(place, ignore_errors=True)
        new.rename(place)


def _worth_keeping(build: Path, rules: BuildRules) -> Iterator[str]:
    """What a run of the build may read: regular files, and links to these within the folder,
    as CPython has for its modules. Other links and pipes are made only to deceive."""
    own = (making.STANDING, LAST)
    top = f"{os.path.realpath(build)}{os.sep}"
    for folder, _, names in os.walk(build):
        for name in names:
            real = os.path.realpath(os.path.join(folder, name))
            path = os.path.relpath(os.path.join(folder, name), build)
            is_ours = real.startswith(top) and os.path.isfile(real)
            if is_ours and path not in own and not in_patterns(path, rules.unneeded):
                yield path


def _keep(name: str, build: Path, like: Path, new: Path) -> None:
    """Copy a file, or share that of the build before if it is the same."""
    target = new / name
    target.parent.mkdir(parents=True, exist_ok=True)
    model = like / name
    if (build / name).is_symlink():
        target.symlink_to(os.readlink(build / name))
    elif model.is_file() and filecmp.cmp(model, build / name, shallow=False):
        os.link(model, target)
    else:
        shutil.copy2(build / name, target)
