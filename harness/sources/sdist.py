"""Releases from the package index that the user configured (https://unearth.readthedocs.io).

Owns: finding releases, fetching their source distributions, and keeping them
verified. Must not know: any registry's name, git, what a tree is used for.
"""

from __future__ import annotations

import bisect
import functools
import logging
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from ..model import (
    Base,
    Interpreter,
    Project,
    RequestError,
    Source,
    SpuriousError,
    WorkbenchError,
)
from ..system.home import Home
from ..system.index import Index, discover, redacted
from ..upstreams import kind_of
from . import archive
from .archive import File

if TYPE_CHECKING:
    from unearth import Package, PackageFinder
    from unearth.fetchers import Fetcher

T = TypeVar("T")

LOOKUP_SECONDS = 10.0  # for the list of releases; a download may take as long as bytes arrive


class _Releases(NamedTuple):
    configured: Index
    packages: dict[Version, Package]
    notes: list[str]


def resolve(wanted: str, project: Project, home: Home, found: Sequence[Interpreter] = ()) -> Base:
    """The release that is called ``wanted``; ``6.1`` is the release of that name.

    A release that is kept needs no network. Raises ``RequestError`` naming the
    nearest releases if it does not exist.
    """
    name = _index_name(project)
    try:
        version = Version(wanted)
    except InvalidVersion:
        raise RequestError(
            f"{wanted!r} is not a release number of {name}, such as 5.2 or 6.1.3"
        ) from None
    for known in archive.kept_versions(home, project.name):
        if known == version and archive.kept(home, project.name, known):
            return _base(project, known)
    existing = _releases(project, home).packages
    for known in existing:
        if known == version:  # 6.1.0 is a way to write 6.1
            return _base(project, known)
    near = _nearest(version, [v for v in existing if not v.is_prerelease])
    raise RequestError(
        f"{name} {wanted} does not exist; the nearest are {', '.join(map(str, near))}"
    )


def newest(project: Project, minors: Iterable[str], home: Home) -> Base:
    """The newest final release whose Requires-Python one of ``minors`` (``3.13``) fits.

    Raises ``WorkbenchError`` if no release fits any of them.
    """
    versions = list(minors)
    releases = _releases(project, home)
    for version in sorted(releases.packages, reverse=True):
        link = releases.packages[version].link
        if version.is_prerelease or link.is_yanked:
            continue
        if any(_fits(link.requires_python, minor) for minor in versions):
            return _base(project, version)
    raise WorkbenchError(
        f"no release of {_index_name(project)} runs on Python {', '.join(versions) or '(none)'}; "
        "install a newer one, for example with `uv python install 3.13`"
    )


def releases(project: Project, home: Home) -> list[str]:
    """Every final release that was not withdrawn, oldest first."""
    packages = _releases(project, home).packages
    return [str(v) for v in sorted(packages) if not (v.is_prerelease or packages[v].link.is_yanked)]


def files(base: Base, home: Home, found: Sequence[Interpreter] = ()) -> Iterator[File]:
    """The content of the release, from the kept archive or fetched and then kept."""
    return archive.read(fetch(base, home))


def fetch(base: Base, home: Home) -> Path:
    """The release's archive, verified: by the index's hash when it is fetched, later by its own.

    Raises ``WorkbenchError`` if the download is not what the index announced,
    ``SpuriousError`` if the index cannot be reached.
    """
    upstream, version = base.upstream, Version(base.locator)
    with home.lock(f"download-{upstream}-{version}"):
        path = archive.kept(home, upstream, version)
        if path is None:
            with home.scratch("download") as scratch:
                fetched = _download(base.project, version, home, scratch)
                path = archive.keep(home, fetched, upstream, version)
    return path


def _download(project: Project, version: Version, home: Home, scratch: Path) -> Path:
    from unearth import HashMismatchError, UnpackError
    from unearth.preparer import HTTPErrors

    failures: tuple[type[Exception], ...] = (UnpackError, *HTTPErrors, OSError)
    releases = _releases(project, home)
    what = f"{_index_name(project)} {version}"
    if version not in releases.packages:
        raise WorkbenchError(f"{what} is not on the package index; choose another release")
    link = releases.packages[version].link
    if not link.filename.endswith((".tar.gz", ".tar.xz", ".tar.bz2", ".tgz")):
        raise WorkbenchError(f"{what} is no tar archive ({link.filename}); choose another release")
    try:
        with _finder(releases.configured) as finder:
            return finder.download(link, scratch, link.hash_option)
    except HashMismatchError as error:
        raise WorkbenchError(
            f"the download of {what} does not match the index's hash, so it was thrown away; "
            f"run again, and if it stays so ask who runs {redacted(link.comes_from or 'the index')}"
        ) from error
    except failures as error:
        reason = redacted(" ".join(str(error).split()))
        raise SpuriousError(
            f"the download of {what} broke off ({reason}); run again{_instead(project, home)}"
        ) from error


def _releases(project: Project, home: Home) -> _Releases:
    from unearth.preparer import HTTPErrors

    failures: tuple[type[Exception], ...] = (*HTTPErrors, OSError, TimeoutError)
    name = _index_name(project)
    index = discover()
    if index.no_index and not index.find_links:
        raise WorkbenchError(
            "pip or uv is configured to use no index and no find-links, "
            f"so releases cannot be looked up{_instead(project, home)}"
        )
    try:
        found = _deadline(LOOKUP_SECONDS, functools.partial(_look_up, name, index))
    except failures as error:
        reason = redacted(" ".join(str(error).split())) or f"no answer in {LOOKUP_SECONDS:.0f} s"
        raise SpuriousError(
            f"the package index ({index}) cannot be reached: {reason}{_instead(project, home)}"
        ) from error
    if not found.packages:
        _look_up.cache_clear()  # an index that is in trouble may answer the next time
        notes = "; ".join(dict.fromkeys(found.notes)) or "it lists none"
        raise WorkbenchError(
            f"the package index ({index}) has no source distribution of {name}: "
            f"{redacted(notes)}{_instead(project, home)}"
        )
    return found


@functools.lru_cache(maxsize=4)
def _look_up(name: str, index: Index) -> _Releases:
    packages: dict[Version, Package] = {}
    with _LogCapture("unearth") as notes, _finder(index) as finder:
        for package in finder.find_all_packages(name, allow_yanked=True):
            packages.setdefault(Version(package.version or "0"), package)
    return _Releases(index, packages, notes)


@contextmanager
def _finder(index: Index) -> Iterator[PackageFinder]:
    """The library's view of an index. Its connections are closed with the block.

    What is kept of an answer must not keep them: a session that is dropped with a
    connection open leaves a socket that nobody closes.
    """
    from unearth import PackageFinder
    from unearth.auth import MultiDomainBasicAuth
    from unearth.fetchers import PyPIClient

    verify: ssl.SSLContext | bool = True
    if index.certificates:
        verify = ssl.create_default_context(cafile=index.certificates)
    with PyPIClient(trusted_hosts=index.trusted_hosts, verify=verify) as session:
        session.auth = MultiDomainBasicAuth(prompting=False, index_urls=index.index_urls)
        yield PackageFinder(
            cast("Fetcher", session),
            index_urls=index.index_urls,
            find_links=index.find_links,
            trusted_hosts=index.trusted_hosts,
            no_binary=[":all:"],
            ignore_compatibility=True,
        )


class _LogCapture(logging.Handler):
    """What a library warns about, kept for an error message instead of shown as it comes."""

    def __init__(self, name: str) -> None:
        super().__init__(logging.WARNING)
        self._logger = logging.getLogger(name)
        self._notes: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._notes.append(record.getMessage())

    def __enter__(self) -> list[str]:
        self._logger.propagate = False
        self._logger.addHandler(self)
        return self._notes

    def __exit__(self, *exception: object) -> None:
        self._logger.removeHandler(self)
        self._logger.propagate = True


def _deadline(seconds: float, call: Callable[[], T]) -> T:
    """``call()``, or ``TimeoutError``: name resolution has no deadline of its own."""
    future: Future[T] = Future()

    def work() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=work, daemon=True, name="package index").start()
    return future.result(timeout=seconds)


def _fits(requires_python: str | None, minor: str) -> bool:
    try:
        return SpecifierSet(requires_python or "").contains(minor, prereleases=True)
    except InvalidSpecifier:
        return False


def _nearest(version: Version, existing: Iterable[Version]) -> list[Version]:
    """Up to three neighbours: of the same minor series if it has any."""
    versions = sorted(existing)
    series = [v for v in versions if v.release[:2] == version.release[:2]] or versions
    at = bisect.bisect(series, version)
    return series[max(0, at - 2) : at + 1]


def _index_name(project: Project) -> str:
    return kind_of(project).index_name(project)


def _base(project: Project, version: Version) -> Base:
    return Base(project, str(version), Source.SDIST, str(version))


def _instead(project: Project, home: Home) -> str:
    """What would do without an index: the end of an error message."""
    versions = archive.kept_versions(home, project.name)
    if versions:
        return f"; kept here and usable without it: {', '.join(map(str, versions))}"
    return "; no release is kept here yet, so connect once, or give a checkout's path instead"
