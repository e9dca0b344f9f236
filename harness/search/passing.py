"""Whether tests pass, release by release, and with which release that changes.

Owns: which releases are tried, with what laid over them. Must not know how a state is tried,
nor how anything is shown.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
from packaging.version import Version
from rich.console import Console

from ..catalog.catalog import Catalog
from ..catalog.upstream import Upstream
from ..jobs import runs
from ..jobs.runs import Running
from ..judge.bisection import Rules
from ..judge.passing import PassingReport, ReleaseAnswer, TestHistory, Turn, neighbours
from ..model import RequestError, WorkbenchError
from ..request import DEFAULT, Request
from ..sources.provider import Provider
from ..upstreams import kind_of
from .failures import Failures, code_folders
from .location import location_of
from .overlay.reading import overlay_of
from .overlay.values import Overlay
from .searcher import Searcher
from .selection import SuiteSelection, select_of
from .states import States, releases
from .states.overlaid import Overlaid
from .states.releases import Releases


def passing_of(
    request: Request, catalog: Catalog, provider: Provider, errors: Console
) -> PassingReport:
    """How the tests of a request do on every release series; progress goes to ``errors``.

    Raises ``RequestError`` for a test that belongs nowhere.
    """
    places = [location_of(test, request.suites, provider) for test in request.tests]
    if len({(each.upstream, each.suite) for each in places}) > 1:
        raise RequestError("the tests are of different suites; ask for those of one")
    labels = tuple(dict.fromkeys(label for each in places for label in each.labels))
    suite = SuiteSelection(
        places[0].suite,
        labels,
        select_of(request.tests),
        request.timeout,
        request.test_timeout,
    )
    upstream = catalog.upstream(places[0].upstream)
    upstream = msgspec.structs.replace(upstream, url=provider.project(upstream.name).url)
    with runs.running(request, provider, errors) as run:
        return _PassingMaker(request, upstream, suite, provider, run).make()


class _PassingMaker:
    """The histories of some tests of one upstream."""

    def __init__(
        self,
        request: Request,
        upstream: Upstream,
        suite: SuiteSelection,
        provider: Provider,
        run: Running,
    ) -> None:
        self._request = request
        self._upstream = upstream
        self._suite = suite
        self._provider = provider
        self._run = run
        self._overlay = self._taken_along()
        self._notes: list[str] = []

    def make(self) -> PassingReport:
        """Try the newest release of every series, and search between those that differ."""
        began = time.monotonic()
        series = self._series()
        newest = [versions[-1] for versions in series.values()]
        searcher = self._searcher(newest)
        tests = self._request.tests
        searcher.try_all(tests)
        tables = [self._table(searcher, test, newest) for test in tests]
        members = {versions[-1]: versions for versions in series.values()}
        histories = [self._with_turns(each, members) for each in tables]
        return PassingReport(
            upstream=self._upstream.name,
            tests=tuple(histories),
            pythons=searcher.pythons(),
            overlay=self._overlay.origin if self._overlay else "",
            runs=self._run.count,
            seconds=round(time.monotonic() - began, 1),
            notes=tuple(self._notes),
        )

    def _taken_along(self) -> Overlay | None:
        words = self._request.overlay or self._request.fix
        if not words:
            return None
        specs = self._request.specs(self._upstream.name) or (DEFAULT,)
        base = self._provider.base(specs[0], self._upstream.name)
        return overlay_of(words, self._upstream, base, self._provider)

    def _series(self) -> dict[tuple[int, ...], list[str]]:
        kind = kind_of(self._provider.project(self._upstream.name))
        oldest = Version(self._request.oldest or kind.OLDEST or "0")
        found: dict[tuple[int, ...], list[str]] = {}
        for version in releases.existing(self._provider, self._upstream.name):
            if Version(version) >= oldest:
                found.setdefault(Version(version).release[:2], []).append(version)
        if not found:
            raise WorkbenchError(f"no release of {self._upstream.name} can be had")
        return found

    def _searcher(self, versions: Sequence[str]) -> Searcher:
        bare = Releases(self._provider, self._upstream.name, versions, self._request.python)
        states: States = bare
        if self._overlay is not None:
            states = Overlaid(bare, self._overlay, self._request.tests, self._provider)
        failures = Failures(self._suite.suite, code_folders(self._upstream))
        return Searcher(
            states, self._suite, self._run, self._request.jobs, failures, -1, is_known=True
        )

    def _table(self, searcher: Searcher, test: str, versions: Sequence[str]) -> TestHistory:
        rows = []
        for index, version in enumerate(versions):
            (answer,) = searcher.record.answers(test, index)
            why = searcher.record.reason(test, index)
            rows.append(ReleaseAnswer(version, answer, searcher.record.way(index), why))
        return TestHistory(test, tuple(rows))

    def _with_turns(self, history: TestHistory, members: dict[str, list[str]]) -> TestHistory:
        """With the first release of each change, searched among those of its series."""
        turns = []
        for last, first, before, after in neighbours(history):
            line = [last, *members[first]]
            rules = Rules(len(line), before, self._request.noise, assumed=True)
            found = self._searcher(line).find({history.test: rules})[history.test].finding
            if found.conclusion.is_boundary:
                ends = line[found.before], line[found.after]
                turns.append(Turn(*ends, after, found.conclusion, found.confidence))
            else:
                self._notes.append(
                    f"{history.test} turned once between {last} and {first}, but "
                    f"{found.conclusion} when repeated ({found.runs} runs)"
                )
        return msgspec.structs.replace(history, turns=tuple(turns))
