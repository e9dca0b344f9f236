"""The axes of a grid: which releases, which Pythons, and which runs which.

Owns: what a series' name and a Python's mean here, and why a release is not tried on a Python.
Must not know candidates, jobs or verdicts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from packaging.version import InvalidVersion, Version

from ...judge.gridorder import Spot
from ...model import GridState, Interpreter, RequestError, Tree, WorkbenchError
from ...pythons import interpreters
from ...request import Request
from ...sources import offers
from ...sources.provider import Provider
from ...upstreams import kind_of

SERIES = re.compile(r"\d+\.\d+")
PYTHON = re.compile(r"3\.\d+(\.\d+)?")


class Closed(NamedTuple):
    """Why nothing is judged on a spot."""

    state: GridState
    why: str


class Release(NamedTuple):
    """A release: its SPEC, what it is called, and its tree; else why it could not be had."""

    spec: str
    name: str
    tree: Tree | None
    why: str = ""


class Axes(NamedTuple):
    """The grid of one upstream, the newest release and the newest Python first.

    ``pythons`` are as they were asked for, or minor versions; a single empty one where the
    releases are Pythons themselves. ``spots`` has every pair of them: the Python that runs
    it, None where it is the release's own, or why it is not tried.
    """

    upstream: str
    releases: tuple[Release, ...]
    pythons: tuple[str, ...]
    spots: Mapping[Spot, Interpreter | Closed | None]


def with_newest_of_series(request: Request, provider: Provider) -> Request:
    """The request with the newest release that the sources offer in place of a series."""
    bases = {
        upstream: tuple(dict.fromkeys(_spec_of(spec, upstream, provider) for spec in specs))
        for upstream, specs in request.bases.items()
    }
    return msgspec.structs.replace(request, bases=bases)


def _spec_of(spec: str, upstream: str, provider: Provider) -> str:
    project = provider.project(upstream)
    if not SERIES.fullmatch(spec):
        return spec
    series = Version(spec).release
    for offer in offers.releases(provider, project):
        if offer.series == series:
            return offer.spec
    return spec


def check_pythons(pythons: Sequence[str]) -> None:
    """Raise ``RequestError`` for what is no name of a Python."""
    for word in pythons:
        if not PYTHON.fullmatch(word) and not os.path.exists(os.path.expanduser(word)):
            raise RequestError(f"--python {word}: give versions such as 3.12, or a path")


def axes_of(request: Request, provider: Provider, upstream: str) -> Axes:
    """The grid of an upstream. Raises ``RequestError`` for a release that there is not."""
    releases = _releases(request, provider, upstream)
    if kind_of(provider.project(upstream)).IS_INTERPRETER:
        spots = {Spot(n, 0): _own(each) for n, each in enumerate(releases)}
        return Axes(upstream, tuple(releases), ("",), spots)
    found = _pythons(request, provider)
    table: dict[tuple[int, str], Interpreter | Closed] = {
        (number, word): _runs(provider, release, word, python)
        for number, release in enumerate(releases)
        for word, python in found.items()
    }
    runs = {word for (_, word), what in table.items() if isinstance(what, Interpreter)}
    # Of those that nobody asked for by name only what is of use makes a column.
    words = [word for word in found if request.pythons or word in runs]
    if not words:
        reasons = [each.why for each in table.values() if isinstance(each, Closed)]
        raise WorkbenchError(f"no Python here runs {upstream}: {'; '.join(reasons[:1])}")
    return Axes(
        upstream,
        tuple(releases),
        tuple(words),
        {
            Spot(number, column): table[number, word]
            for number in range(len(releases))
            for column, word in enumerate(words)
        },
    )


def _releases(request: Request, provider: Provider, upstream: str) -> list[Release]:
    found = []
    for spec in request.specs(upstream):
        try:
            tree = provider.base(spec, upstream)
            found.append(Release(spec, tree.base.version, tree))
        except RequestError:
            raise
        except WorkbenchError as error:
            found.append(Release(spec, spec, None, str(error)))
    return sorted(found, key=lambda each: _version(each.name), reverse=True)


def _version(name: str) -> Version:
    """For the order of releases; what has no number, such as a commit, is newer than all."""
    try:
        return Version(name)
    except InvalidVersion:
        return Version("9999")


def _pythons(request: Request, provider: Provider) -> dict[str, Interpreter | None]:
    """The Pythons by the words for them, newest first; None for one that is not here."""
    every = sorted(provider.found, key=lambda p: (Version(p.version), p.has_tests), reverse=True)
    words = request.pythons or tuple(dict.fromkeys(python.minor for python in every))
    found = {word: next((p for p in every if _is(p, word)), None) for word in words}

    def age(word: str) -> Version:
        python = found[word]
        return _version(python.version if python else word)

    return {word: found[word] for word in sorted(found, key=age, reverse=True)}


def _is(python: Interpreter, word: str) -> bool:
    path = os.path.realpath(os.path.expanduser(word))
    return word in (python.minor, python.version) or path == python.path


def _own(release: Release) -> Closed | None:
    return None if release.tree else Closed(GridState.NOT_HAD, release.why)


def _runs(
    provider: Provider, release: Release, word: str, python: Interpreter | None
) -> Interpreter | Closed:
    """The Python, if it is here and the release is known to run on it."""
    if release.tree is None:
        return Closed(GridState.NOT_HAD, release.why)
    if python is None:
        here = ", ".join(dict.fromkeys(each.minor for each in provider.found))
        return Closed(GridState.NO_PYTHON, f"there is no Python {word} here (here: {here})")
    try:
        return provider.python_for(release.tree, among=[python])
    except interpreters.MissingInterpreter as error:
        return Closed(GridState.UNSUPPORTED, error.needs)
