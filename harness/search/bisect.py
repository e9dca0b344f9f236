"""``bisect``: where a test's behaviour changes, and whether a suspected commit did it.

Owns: what is searched, and what is printed. Must not know how a search goes.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from packaging.version import Version
from rich.console import Console

from ..catalog.catalog import Catalog
from ..jobs import runs
from ..jobs.runs import Run
from ..judge import probes, reduction
from ..judge.bisection import Finding, Rules
from ..judge.probes import Search
from ..model import Answer, Conclusion, RequestError, Tree, Value, WorkbenchError
from ..report import schema, searches
from ..request import Request
from ..sources.provider import VERSION, Supply
from ..suites import SUITES, WIRE, regression
from . import log, suspect
from .seek import Searcher, SuiteSelection
from .states import States, hunks, releases
from .states.commits import Commits
from .states.hunks import Hunk, Hunks
from .states.releases import Releases

HOW = (
    "bisect takes --suspect COMMIT, or --good SPEC --bad SPEC --test ID, or --replay LOG; "
    "an ID is as a report shows it, such as 'test_keep_alive.py::test_reuse[runserver-direct-raw]'"
)


class TestLocation(Value, frozen=True):
    """A test, and where it is found."""

    test: str
    upstream: str
    suite: str
    labels: tuple[str, ...]

    def ask(self, request: Request) -> SuiteSelection:
        """What is run on a state to see how the test behaves there."""
        select = f"^{re.escape(self.test)}$"
        return SuiteSelection(
            self.suite, self.labels, select, request.timeout, request.test_timeout
        )


def run(request: Request, catalog: Catalog, supply: Supply, out: Console, errors: Console) -> int:
    """Do what the flags ask for; the exit status."""
    if request.replay:
        return _replay(Path(request.replay), out)
    if request.suspect:
        return suspect.run(request, catalog, supply, out, errors)
    if not (request.good and request.bad and request.test):
        raise RequestError(HOW)
    question = question_of(request.test, request.suites)
    if request.good == request.bad:
        raise RequestError(f"good and bad are both {request.good}; name two different states")
    states, first = _sequence(request, question.upstream, supply)
    hunk_prefix = catalog.upstream(question.upstream).prefixes[0]
    with runs.running(request, supply, errors) as run:
        bisect = _Bisect(question, first, request, supply, run)
        search = bisect.search(states)
        log = _keep(search, question, supply)
        searches.show(search, out)
        _refuse_what_found_nothing(search, request)
        if isinstance(states, Releases) and search.finding.conclusion is Conclusion.FOUND:
            sides = (search.finding.before, search.finding.after)
            old, new = (supply.base(search.labels[i], question.upstream) for i in sides)
            order = hunks.cut(supply.trees.difference(old, new, hunk_prefix))
            errors.print(f"{old.base} and {new.base} differ by {len(order)} hunks in {hunk_prefix}")
            needed, findings = bisect.smallest(old, order)
            if needed:
                searches.show_hunks(findings, len(needed), hunks.joined(needed), out)
            else:
                searches.say(out, f"  but by no hunk of a text file in {hunk_prefix}")
    out.print(f"log: {os.path.relpath(log)}", soft_wrap=True)
    if request.json:
        schema.write_json(Path(request.json), search)
    return 0


class _Bisect:
    """Searches for one test, on releases or commits and then on hunks."""

    def __init__(
        self, question: TestLocation, first: Answer, request: Request, supply: Supply, run: Run
    ) -> None:
        self._question = question
        self._first = first
        self._request = request
        self._supply = supply
        self._run = run

    def search(self, states: States) -> Search:
        """Search one sequence of states."""
        rules = Rules(
            size=len(states.labels),
            first=self._first,
            noise=self._request.noise,
            agree=max(2, self._request.repeat),
        )
        ask = self._question.ask(self._request)
        seeker = Searcher(states, ask, self._run, self._request.jobs)
        return seeker.find({self._question.test: rules})[self._question.test]

    def smallest(self, old: Tree, order: list[Hunk]) -> tuple[list[Hunk], list[Finding]]:
        """Which of the hunks make ``old`` behave as its successor; none if they do not."""

        def one(always: list[Hunk], rest: list[Hunk]) -> Finding:
            python = self._request.python
            search = self.search(Hunks(self._supply, old, always, rest, order, python))
            _keep(search, self._question, self._supply)
            return search.finding

        needed, findings = reduction.smallest(order, one)
        return sorted(needed, key=order.index), findings


def question_of(test: str, suites: tuple[str, ...]) -> TestLocation:
    """Where a test id belongs. Raises ``RequestError`` for one that fits no suite."""
    wire = re.match(r"test_\w+\.py::\w+(?:\[(\w+)-)?", test)
    if wire and wire[1]:
        for upstream, servers in regression.SERVERS.items():
            if wire[1] in servers:
                return TestLocation(test, upstream, WIRE, (wire[1],))
        known = ", ".join(s for servers in regression.SERVERS.values() for s in servers)
        raise RequestError(f"--test {test}: no server {wire[1]!r}; known are: {known}")
    if not re.fullmatch(r"\w+(\.\w+)+", test):
        raise RequestError(f"--test {test}: no test's id; {HOW.partition('; ')[2]}")
    named = [suite for suite in suites if suite.partition(":")[0] in SUITES]
    if any(suite.startswith("cpython") for suite in named) or test.startswith("test.test_"):
        module = next(part for part in test.split(".") if part.startswith("test_"))
        return TestLocation(test, "cpython", "cpython", (module,))
    return TestLocation(test, "django", "django", (test.partition(".")[0],))


def _sequence(request: Request, upstream: str, supply: Supply) -> tuple[States, Answer]:
    """The states from good to bad, oldest first, and how the first of them is said to behave."""
    good, bad = request.good, request.bad
    if upstream not in request.mirrors and VERSION.fullmatch(good) and VERSION.fullmatch(bad):
        oldest, newest = sorted((good, bad), key=Version)
        names = releases.between(supply, upstream, oldest, newest)
        first = Answer.GOOD if oldest == good else Answer.BAD
        return Releases(supply, upstream, names, request.python), first
    url = supply.urls[upstream]
    old, new = (supply.trees.in_history(upstream, url, spec) for spec in (good, bad))
    if old == new:
        raise RequestError(f"good and bad are the same commit, {old[:10]}; name two different ones")
    for first, ends in ((Answer.GOOD, (old, new)), (Answer.BAD, (new, old))):
        line = supply.trees.line(upstream, *ends)
        if line:
            return Commits(supply, upstream, url, line, request.python), first
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


def _keep(search: Search, question: TestLocation, supply: Supply) -> Path:
    name = re.sub(r"[^\w.]+", "-", f"{question.test}-{search.labels[0]}-{search.labels[-1]}")
    path = supply.home.folder("searches") / f"{name[:150]}.jsonl"
    log.write_log(search, path)
    return path


def _replay(path: Path, out: Console) -> int:
    search = log.read_log(path)
    searches.show_probes(search, out)
    if probes.replay(search) != search.finding:
        raise WorkbenchError(f"{path}: its probes do not add up to its finding; search again")
    searches.show(search, out)
    return 0
