"""Behaviour by release, and the first release that has each change.

Owns: which releases are tried, and where a change is searched. Must not know
how a search goes, nor how anything is shown.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence

from packaging.version import Version
from rich.console import Console

from ..jobs import runs
from ..jobs.runs import Run
from ..judge import history, wire
from ..judge.bisection import Rules
from ..judge.codefolders import CodeFolders
from ..judge.history import BehaviourChange, History, ReleaseColumn
from ..judge.probes import Search
from ..model import Answer, Conclusion, Job, RequestError, Result, Scene, WorkbenchError
from ..request import Request
from ..sources.provider import Provider
from ..suites import SUITES, WIRE
from ..upstreams import kind_of
from . import log
from .failures import Failures, answer_of
from .searcher import Searcher
from .selection import SuiteSelection
from .states import State, releases
from .states.releases import Releases


def histories_of(request: Request, provider: Provider, errors: Console) -> tuple[History, ...]:
    """The history of every upstream that was not left out and that the suite runs on.

    Progress goes to ``errors``. Raises ``RequestError`` if there is no such upstream.
    """
    suite = _suite_of(request)[0]
    if suite not in SUITES:
        raise RequestError(f"no suite {suite!r}; known are: {', '.join(SUITES)}")
    wanted = [
        name
        for name, project in provider.projects.items()
        if request.specs(name) and SUITES[suite].runs_on(project)
    ]
    if not wanted:
        raise RequestError(
            f"every upstream that the suite {suite} runs on is left out; leave one of them in"
        )
    made = []
    for upstream in wanted:
        with runs.running(request, provider, errors) as run:
            made.append(_HistoryMaker(upstream, request, provider, run).make())
    return tuple(made)


def _suite_of(request: Request) -> tuple[str, str]:
    name, _, label = (request.suites or (WIRE,))[0].partition(":")
    return name, label


class _HistoryMaker:
    """The history of one upstream."""

    def __init__(self, upstream: str, request: Request, provider: Provider, run: Run) -> None:
        self._upstream = upstream
        self._request = request
        self._provider = provider
        self._run = run
        self._suite, label = _suite_of(request)
        self._labels = (label,) if label else ()
        self._notes: list[str] = []
        self._runs = 0

    def make(self) -> History:
        """Try the newest release of every series, then search between neighbours."""
        began = time.monotonic()
        every = self._every()
        series: dict[tuple[int, ...], list[str]] = {}
        for version in every:
            series.setdefault(Version(version).release[:2], []).append(version)
        newest = [versions[-1] for versions in series.values()]
        states = self._states(newest)
        results = self._try(states)
        turns = []
        for old, new in zip(list(results), list(results)[1:], strict=False):
            members = series[Version(new).release[:2]]
            turns += self._between(old, members, results[old], results[new])
        columns = {version: list(of.values()) for version, of in results.items()}
        return History(
            upstream=self._upstream,
            columns=tuple(
                ReleaseColumn(version, states[version].python.version) for version in results
            ),
            matrix=wire.table(self._upstream, columns, {}),
            turns=tuple(history.merged(turns)),
            notes=tuple(self._notes),
            runs=self._runs,
            seconds=round(time.monotonic() - began, 1),
        )

    def _every(self) -> list[str]:
        kind = kind_of(self._provider.project(self._upstream))
        oldest = Version(self._request.oldest or kind.OLDEST or "0")
        found = releases.existing(self._provider, self._upstream)
        return [version for version in found if Version(version) >= oldest]

    def _states(self, versions: Sequence[str]) -> dict[str, State]:
        line = Releases(self._provider, self._upstream, versions, self._request.python)
        states = {}
        for index, version in enumerate(versions):
            try:
                states[version] = line.at(index)
            except RequestError:
                raise
            except WorkbenchError as error:
                self._notes.append(f"{self._upstream} {version} is left out: {error}")
        return states

    def _try(self, states: Mapping[str, State]) -> dict[str, dict[tuple[str, ...], Result]]:
        """Every server's tests once on every release."""
        jobs: dict[Job, str] = {}
        for version, state in states.items():
            checkout = self._provider.trees.checkout(state.trees[0])
            project = state.trees[0].base.project
            for labels in SUITES[self._suite].shards(project, checkout, self._labels):
                jobs[self._ask(labels, self._request.select).job(state, 1)] = version
        found: dict[str, dict[tuple[str, ...], Result]] = {version: {} for version in states}

        def take(job: Job, result: Result) -> Iterable[Job]:
            self._runs += 1
            found[jobs[job]][job.labels] = result
            if not result.outcomes:
                where = f"{self._upstream} {jobs[job]}, {' '.join(job.labels)}"
                self._notes.append(f"{where}: {result.note}")
            return ()

        self._run(jobs, take)
        return found

    def _between(
        self,
        old: str,
        members: Sequence[str],
        before: Mapping[tuple[str, ...], Result],
        after: Mapping[tuple[str, ...], Result],
    ) -> list[BehaviourChange]:
        """What turns from ``old`` to the last of ``members``, and with which of them."""
        found = []
        line = [old, *members]
        states = Releases(self._provider, self._upstream, line, self._request.python)
        for labels, result in before.items():
            if labels not in after:
                continue
            turned = history.turned(self._answers(result), self._answers(after[labels]))
            if not turned:
                continue
            select = "|".join(f"^{re.escape(test)}$" for test in sorted(turned))
            # What turned is asked, and not how it fails.
            failures = Failures(self._suite, CodeFolders((), ()), any_failure=True)
            ask, most = self._ask(labels, select), self._request.jobs
            seeker = Searcher(states, ask, self._run, most, failures, len(line) - 1)
            agree = max(2, self._request.repeat)
            searches = seeker.find(
                {
                    test: Rules(len(line), first, self._request.noise, agree=agree)
                    for test, first in turned.items()
                }
            )
            self._runs += seeker.runs
            for test, search in searches.items():
                scene = result.outcomes[test].scene
                turn = self._turn(test, scene, line, turned[test], search)
                found += [turn] if turn else []
        return found

    def _turn(
        self, test: str, scene: Scene | None, line: Sequence[str], was: Answer, search: Search
    ) -> BehaviourChange | None:
        name = re.sub(r"[^\w.]+", "-", f"{self._upstream}-{test}-{line[0]}-{line[-1]}")
        log.write_log(search, self._provider.home.folder("searches", "history") / f"{name}.jsonl")
        found = search.finding
        if not found.conclusion.is_boundary:
            self._notes.append(
                f"{test} turned once between {line[0]} and {line[-1]}, but {found.conclusion} "
                f"when repeated ({found.runs} runs)"
            )
            return None
        to = Answer.BAD if was is Answer.GOOD else Answer.GOOD
        last, first = line[found.before], line[found.after]
        alone = found.conclusion is Conclusion.FOUND and len(line) == 2
        # With nothing at hand between two series, the first release that has it is not known.
        known = Conclusion.RANGE if alone and not _are_neighbours(last, first) else found.conclusion
        return history.change_of(test, scene, last, first, to, known, found.confidence)

    def _answers(self, result: Result) -> dict[str, Answer]:
        return {test: answer_of(self._suite, test, result)[0] for test in result.outcomes}

    def _ask(self, labels: tuple[str, ...], select: str) -> SuiteSelection:
        return SuiteSelection(
            self._suite, labels, select, self._request.timeout, self._request.test_timeout
        )


def _are_neighbours(last: str, first: str) -> bool:
    """Whether ``first`` begins a series: nothing of it was released before."""
    return len(Version(first).release) < 3 or Version(first).release[2] == 0
