"""The bases that a project could be judged on: its releases, newest first.

Owns: which there are, and which of them cost nothing. Must not know patches, nor which of
them is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from ..model import Project, Source, WorkbenchError
from ..upstreams import kind_of
from . import archive, deb, sdist
from .provider import Provider


class Offer(NamedTuple):
    """A release: its SPEC as ``--base`` takes it, and whether nothing has to be fetched."""

    spec: str
    version: Version
    is_here: bool

    @property
    def is_of_index(self) -> bool:
        """Whether it is from a package index, which lists every release."""
        return self.spec.startswith(f"{Source.SDIST}:")

    @property
    def series(self) -> tuple[int, ...]:
        """``(5, 2)`` of 5.2.8."""
        return (*self.version.release, 0)[:2]


def releases(provider: Provider, project: Project, needs_build: bool = False) -> list[Offer]:
    """The releases of a project, newest first; those of an index that can be reached.

    ``needs_build`` leaves out what is installed already: an interpreter whose C code is to
    be changed has to be built. Where two sources have one release, the first one of the
    project's kind stands for it.
    """
    found: dict[Version, Offer] = {}
    for source in kind_of(project).SOURCES:
        if source is Source.INSTALLED and needs_build:
            continue
        for offer in _of(source, provider, project):
            if not offer.version.is_prerelease:
                found.setdefault(offer.version, offer)
    return sorted(found.values(), key=lambda offer: offer.version, reverse=True)


def _of(source: Source, provider: Provider, project: Project) -> Iterator[Offer]:
    kind = kind_of(project)
    if source is Source.INSTALLED:
        yield from _offers(source, [p.version for p in provider.found if p.has_tests], True)
        return
    if source not in (Source.SDIST, Source.DEB):
        return
    kept = deb.kept_as(project) if source is Source.DEB else project.name
    here = [*provider.trees.versions(project.name, source)]
    here += map(str, archive.kept_versions(provider.home, kept))
    yield from _offers(source, here, True)
    if source is Source.SDIST:
        try:
            runs = [python.minor for python in provider.found]
            newest = Version(sdist.newest(project, runs, provider.home).version)
            every = sdist.releases(project, provider.home)
        except WorkbenchError:
            return
        yield from (o for o in _offers(source, every, False) if o.version <= newest)
    elif kind.IS_INTERPRETER:
        # Which micro versions Debian has is known only after its lists were fetched.
        yield from _offers(source, sorted({python.minor for python in provider.found}), False)


def _offers(source: Source, versions: Iterable[str], is_here: bool) -> Iterator[Offer]:
    for version in versions:
        try:
            yield Offer(f"{source}:{version}", Version(version), is_here)
        except InvalidVersion:
            continue
