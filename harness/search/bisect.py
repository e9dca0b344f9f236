"""The release with which a test's behaviour changes, and the hunks of it that do it.

Owns: what is searched, and refusing a search that was asked the wrong thing. Must not
know how a search goes, nor how anything is shown; ``culprit`` searches commits.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from packaging.version import Version
from rich.console import Console

from ..catalog.catalog import Catalog
from ..catalog.upstream import Upstream
from ..jobs import runs
from ..jobs.runs import Run
from ..judge import probes, reduction
from ..judge.bisection import Finding, Rules
from ..judge.probes import Search
from ..model import Answer, Conclusion, RequestError, Tree, WorkbenchError
from ..request import Request
from ..sources.provider import Provider
from ..sources.spec import VERSION
from . import log
from .failures import Failures, code_folders
from .location import AN_ID, TestLocation, location_of
from .searcher import Searcher
from .selection import SuiteSelection, select_of
from .states import States, hunks, releases
from .states.hunks import Hunk, Hunks
from .states.releases import Releases
from .unfound import why_unfound

HOW = (
    "bisect takes --suspect COMMIT, or --good SPEC --bad SPEC with --test ID, --fix, --overlay or "
    f"--run, or --replay LOG; {AN_ID}"
)


class NeededHunks(NamedTuple):
    """The hunks that make a change, as a patch, and the searches that found them.

    ``patch`` is empty if no hunk of a text file below ``prefix`` does.
    """

    prefix: str
    hunks: int
    patch: str
    findings: tuple[Finding, ...]


class Bisection(NamedTuple):
    """A search that found a boundary, where its log is, and the hunks between two releases."""

    search: Search
    log: Path
    hunks: NeededHunks | None


def bisection_of(
    request: Request, catalog: Catalog, provider: Provider, errors: Console
) -> Bisection:
    """Search what the request asks for; progress goes to ``errors``.

    Raises ``RequestError`` for what can not be searched, and for a search that showed
    that good and bad were not what they were said to be.
    """
    if not request.tests:
        raise RequestError(HOW)
    if len(request.tests) > 1:
        raise RequestError("releases are searched for one test at a time; name one --test")
    location = location_of(request.tests[0], request.suites, provider)
    states, first = _releases(request, location.upstream, provider)
    with runs.running(request, provider, errors) as run:
        upstream = catalog.upstream(location.upstream)
        search = _Searches(location, first, upstream, request, provider, run)
        found = search.through(states)
        path = search.keep(found)
        if not found.finding.conclusion.is_boundary:
            raise RequestError(why_unfound(found, request.good, request.bad))
        needed = None
        if found.finding.conclusion is Conclusion.FOUND:
            prefix = upstream.prefixes[0]
            sides = (found.finding.before, found.finding.after)
            old, new = (provider.base(found.labels[i], location.upstream) for i in sides)
            order = hunks.cut(provider.trees.difference(old, new, prefix))
            errors.print(f"{old.base} and {new.base} differ by {len(order)} hunks in {prefix}")
            needed = search.smallest(old, order, prefix)
    return Bisection(found, path, needed)


def replayed(path: Path) -> Search:
    """A kept search. Raises ``WorkbenchError`` if its probes do not add up to its finding."""
    search = log.read_log(path)
    if probes.replay(search) != search.finding:
        raise WorkbenchError(f"{path}: its probes do not add up to its finding; search again")
    return search


class _Searches:
    """Searches for one test, on releases or commits and then on hunks."""

    def __init__(
        self,
        location: TestLocation,
        first: Answer,
        upstream: Upstream,
        request: Request,
        provider: Provider,
        run: Run,
    ) -> None:
        self._location = location
        self._failures = Failures(
            location.suite, code_folders(upstream), any_failure=request.any_failure
        )
        self._first = first
        self._request = request
        self._provider = provider
        self._run = run
        self._is_known = False

    def through(self, states: States) -> Search:
        """Search one sequence of states."""
        rules = Rules(
            size=len(states.labels),
            first=self._first,
            noise=self._request.noise,
            agree=max(2, self._request.repeat),
        )
        how, location = self._request, self._location
        select = select_of([location.test])
        selection = SuiteSelection(
            location.suite, location.labels, select, how.timeout, how.test_timeout
        )
        bad = len(states.labels) - 1 if self._first is Answer.GOOD else 0
        searcher = Searcher(
            states, selection, self._run, how.jobs, self._failures, bad, is_known=self._is_known
        )
        self._is_known = True
        return searcher.find({location.test: rules})[location.test]

    def smallest(self, old: Tree, order: list[Hunk], prefix: str) -> NeededHunks:
        """Which of the hunks make ``old`` behave as its successor."""

        def search_with(always: list[Hunk], rest: list[Hunk]) -> Finding:
            python = self._request.python
            found = self.through(Hunks(self._provider, old, always, rest, order, python))
            self.keep(found)
            return found.finding

        needed, findings = reduction.smallest(order, search_with)
        patch = hunks.joined(sorted(needed, key=order.index))
        return NeededHunks(prefix, len(needed), patch, tuple(findings))

    def keep(self, search: Search) -> Path:
        """Write the search's log, and say where it is."""
        return log.keep(search, self._provider.home)


def are_releases(request: Request, upstream: str) -> bool:
    """Whether the request names releases, and no clone in which they could be commits."""
    is_named = VERSION.fullmatch(request.good) and VERSION.fullmatch(request.bad)
    return upstream not in request.mirrors and bool(is_named)


def _releases(request: Request, upstream: str, provider: Provider) -> tuple[Releases, Answer]:
    """The releases from good to bad, oldest first, and how the first is said to behave."""
    oldest, newest = sorted((request.good, request.bad), key=Version)
    names = releases.between(provider, upstream, oldest, newest)
    first = Answer.GOOD if oldest == request.good else Answer.BAD
    return Releases(provider, upstream, names, request.python), first
