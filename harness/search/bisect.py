"""Where a test's behaviour changes: by release or commit, and then by hunk.

Owns: what is searched, and refusing a search that was asked the wrong thing. Must not
know how a search goes, nor how anything is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from packaging.version import Version
from rich.console import Console

from ..catalog.catalog import Catalog
from ..jobs import runs
from ..jobs.runs import Run
from ..judge import probes, reduction
from ..judge.bisection import Finding, Rules
from ..judge.probes import Search
from ..lab.kinds import SERVERS
from ..model import Answer, Conclusion, Project, RequestError, Tree, Value, WorkbenchError
from ..request import Request
from ..sources.provider import Provider
from ..sources.spec import VERSION
from ..suites import SUITES, WIRE, own_suite
from ..upstreams import kind_of
from . import log
from .searcher import Searcher, SuiteSelection
from .states import States, hunks, releases
from .states.commits import Commits
from .states.hunks import Hunk, Hunks
from .states.releases import Releases

AN_ID = (
    "an ID is as a report shows it, such as 'test_keep_alive.py::test_reuse[runserver-direct-raw]'"
)
HOW = (
    f"bisect takes --suspect COMMIT, or --good SPEC --bad SPEC --test ID, or --replay LOG; {AN_ID}"
)


class TestLocation(Value, frozen=True):
    """A test, and where it is found: its upstream, and the suite's label that has it."""

    __test__ = False

    test: str
    upstream: str
    suite: str
    labels: tuple[str, ...]

    def selection(self, request: Request) -> SuiteSelection:
        """What is run on a state to see how the test behaves there."""
        select = f"^{re.escape(self.test)}$"
        return SuiteSelection(
            self.suite, self.labels, select, request.timeout, request.test_timeout
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
    if not (request.good and request.bad and request.test):
        raise RequestError(HOW)
    location = location_of(request.test, request.suites, provider)
    if request.good == request.bad:
        raise RequestError(f"good and bad are both {request.good}; name two different states")
    states, first = _sequence(request, location.upstream, provider)
    with runs.running(request, provider, errors) as run:
        search = _Searches(location, first, request, provider, run)
        found = search.through(states)
        path = search.keep(found)
        _refuse_what_found_nothing(found, request)
        needed = None
        if isinstance(states, Releases) and found.finding.conclusion is Conclusion.FOUND:
            prefix = catalog.upstream(location.upstream).prefixes[0]
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
        request: Request,
        provider: Provider,
        run: Run,
    ) -> None:
        self._location = location
        self._first = first
        self._request = request
        self._provider = provider
        self._run = run

    def through(self, states: States) -> Search:
        """Search one sequence of states."""
        rules = Rules(
            size=len(states.labels),
            first=self._first,
            noise=self._request.noise,
            agree=max(2, self._request.repeat),
        )
        selection = self._location.selection(self._request)
        searcher = Searcher(states, selection, self._run, self._request.jobs)
        return searcher.find({self._location.test: rules})[self._location.test]

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
        ends = f"{self._location.test}-{search.labels[0]}-{search.labels[-1]}"
        name = re.sub(r"[^\w.]+", "-", ends)
        path = self._provider.home.folder("searches") / f"{name[:150]}.jsonl"
        log.write_log(search, path)
        return path


def location_of(test: str, suites: tuple[str, ...], provider: Provider) -> TestLocation:
    """Where a test id belongs. Raises ``RequestError`` for one that fits no suite."""
    wire = re.match(r"test_\w+\.py::\w+\[(\w+)-", test)
    projects = provider.projects.values()
    if wire:
        server = SERVERS.get(wire[1])
        for project in projects:
            if server is not None and server.family == kind_of(project).LAB_FAMILY:
                return TestLocation(test, project.name, WIRE, (server.name,))
        families = {kind_of(project).LAB_FAMILY for project in projects}
        known = ", ".join(name for name, each in SERVERS.items() if each.family in families)
        raise RequestError(f"--test {test}: no server {wire[1]!r}; known are: {known}")
    asked = {suite.partition(":")[0] for suite in suites} & set(SUITES)
    for project in _most_particular_first(projects):
        suite = own_suite(project)
        label = kind_of(project).label_of_test(test)
        if label and (not asked or suite in asked):
            return TestLocation(test, project.name, suite, (label,))
    raise RequestError(f"--test {test}: no test's id; {AN_ID}")


def _most_particular_first(projects: Iterable[Project]) -> list[Project]:
    """Interpreters have ids that others could have as well, but never do."""
    return sorted(projects, key=lambda project: not kind_of(project).IS_INTERPRETER)


def _sequence(request: Request, upstream: str, provider: Provider) -> tuple[States, Answer]:
    """The states from good to bad, oldest first, and how the first of them is said to behave."""
    good, bad = request.good, request.bad
    if upstream not in request.mirrors and VERSION.fullmatch(good) and VERSION.fullmatch(bad):
        oldest, newest = sorted((good, bad), key=Version)
        names = releases.between(provider, upstream, oldest, newest)
        first = Answer.GOOD if oldest == good else Answer.BAD
        return Releases(provider, upstream, names, request.python), first
    project = provider.project(upstream)
    old, new = (provider.trees.in_history(upstream, project.url, spec) for spec in (good, bad))
    if old == new:
        raise RequestError(f"good and bad are the same commit, {old[:10]}; name two different ones")
    for first, ends in ((Answer.GOOD, (old, new)), (Answer.BAD, (new, old))):
        line = provider.trees.line(upstream, *ends)
        if line:
            return Commits(provider, project, line, request.python), first
    raise RequestError(
        f"neither of {good} and {bad} comes before the other; name two commits of one branch"
    )


def _refuse_what_found_nothing(search: Search, request: Request) -> None:
    """One line for a search that was asked the wrong thing."""
    found, test = search.finding, search.test
    ends = dict(zip((search.labels[0], search.labels[-1]), found.ends, strict=True))
    said = " and ".join(f"{answer} on {label}" for label, answer in ends.items())
    if found.conclusion is Conclusion.SAME:
        always = "passes" if found.ends[0] is Answer.GOOD else "fails"
        raise RequestError(f"{test} {always} on both ends ({said}): there is no change to find")
    if found.conclusion is Conclusion.SWAPPED:
        raise RequestError(
            f"good and bad are swapped: {test} is {said}; "
            f"exchange them: --good {request.bad} --bad {request.good}"
        )
    if found.conclusion is Conclusion.UNTESTABLE:
        index = 0 if found.ends[0] is Answer.UNTESTABLE else len(search.labels) - 1
        reason = next(p.reason for p in search.probes if p.state == index)
        raise RequestError(f"{search.labels[index]} can not be tried: {reason.splitlines()[0]}")
    if found.conclusion is Conclusion.FLAKY:
        raise RequestError(
            f"{test} does not behave the same in every run on the ends: "
            f"{found.noise:.0%} of {found.runs} runs disagree"
        )
