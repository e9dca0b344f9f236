"""The commit with which tests changed: the search, and what it came to.

Owns: the range of a history, a merge's own commits, and the report. Must not know what is
asked (``asking``), how a range is searched (``line``), how a commit is proved (``proof``), or
how anything is shown.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
from rich.console import Console

from ..catalog.catalog import Catalog
from ..catalog.upstream import Upstream
from ..jobs import runs
from ..jobs.runs import Running
from ..judge.culprit import CommitName, Culprit, CulpritReport, Unfound
from ..judge.probes import Search
from ..model import Answer, Conclusion, RequestError
from ..request import Request
from ..sources.provider import Provider
from ..system.home import Home
from ..system.room import cores
from ..trees.history import History, history_of
from ..upstreams import kind_of
from . import log
from .asking import by_hand, question_of
from .failures import code_folders
from .line import Line, Question
from .location import location_of
from .names import name_of
from .proof import Proof, side_runs
from .ranges import CommitRange, range_of
from .reached import Watch, watch_of
from .unfound import why_unfound

MOST_MERGES = 5  # merges within merges that are gone into


def culprits_of(
    request: Request, provider: Provider, upstream: Upstream, errors: Console
) -> CulpritReport:
    """Search a history for the commits with which tests changed; progress goes to ``errors``.

    Raises ``RequestError`` for what can not be searched.
    """
    # From where the user has it.
    upstream = msgspec.structs.replace(upstream, url=provider.project(upstream.name).url)
    history = history_of(provider.home, upstream.project)
    found = range_of(history, request.good, request.bad)
    with runs.running(request, provider, errors) as run:
        return _Search(request, provider, upstream, history, run).through(found)


def log_of(report: CulpritReport, home: Home) -> Path:
    """Where the log of the first search of a report is."""
    return log.path_of(report.searches[0], home)


def upstream_of(request: Request, catalog: Catalog, provider: Provider) -> Upstream:
    """The upstream whose history is searched: that of the test, or the one with a mirror."""
    if request.tests and not request.command:
        return catalog.upstream(location_of(request.tests[0], request.suites, provider).upstream)
    named = list(request.mirrors) or [name for name in request.bases if request.specs(name)]
    if len(named) != 1:
        raise RequestError("say whose history it is: name a clone with --mirror UPSTREAM=PATH")
    return catalog.upstream(named[0])


class _Search:
    """One search: the tests, the range, and the merges in it."""

    def __init__(
        self,
        request: Request,
        provider: Provider,
        upstream: Upstream,
        history: History,
        run: Running,
    ) -> None:
        self._request = request
        self._provider = provider
        self._upstream = upstream
        self._history = history
        self._run = run
        self._notes: list[str] = []

    def through(self, found: CommitRange) -> CulpritReport:
        """Search the range, and prove what was found."""
        trees, upstream = self._provider.trees, self._upstream.name
        trees.claim_history(upstream)
        try:
            return self._searched(found)
        finally:
            # As many as the next search needs to begin with.
            trees.free_history(upstream, kept=cores() + 1)

    def _searched(self, found: CommitRange) -> CulpritReport:
        began = time.monotonic()
        if found.note:
            self._notes.append(found.note)
        watch = self._watch(found)
        question, unproved = question_of(
            self._request, self._upstream, watch, self._provider, self._run
        )
        if unproved:
            self._notes.append(f"the tests were not seen to pass with a fix: {unproved}")
        line = self._line(question, found, watch)
        searches = line.search()
        self._keep(searches)
        named, unfound = self._read(line, searches)
        if not named:
            raise RequestError(unfound[0].why)
        searched, probes = time.monotonic(), self._run.count
        culprits = [self._proved(each, line) for each in named]
        first, last = found.line[0], found.line[-1]
        good, bad = (first, last) if found.first is Answer.GOOD else (last, first)
        is_python = kind_of(self._upstream.project).IS_INTERPRETER
        return CulpritReport(
            upstream=self._upstream.name,
            good=name_of(self._history, good),
            bad=name_of(self._history, bad),
            first=found.first,
            # A commit of an interpreter runs itself, whatever stands for it in an environment.
            python=line.interpreter.version if line.interpreter and not is_python else "",
            overlay=question.overlay.origin if question.overlay else "",
            commits=len(found.line) - 1,
            can_matter=line.can_matter(),
            culprits=tuple(culprits),
            unfound=tuple(unfound),
            searches=tuple(searches.values()),
            probes=probes,
            runs=self._run.count,
            seconds=round(searched - began, 2),
            proof_seconds=round(time.monotonic() - searched, 2),
            cpu=round(self._run.cpu, 2),
            by_hand=by_hand(self._request, question),
            notes=tuple(self._notes),
        )

    def _watch(self, found: CommitRange) -> Watch:
        """What the commits of a range changed, and what of that is at its bad end."""
        ends = found.line[0].id, found.line[-1].id
        bad = self._history.tree(ends[1] if found.first is Answer.GOOD else ends[0])
        code = code_folders(self._upstream)
        return watch_of(self._provider.trees, bad, self._history, ends, code)

    def _line(self, question: Question, found: CommitRange, watch: Watch) -> Line:
        return Line(question, self._history, found, watch, self._request, self._provider, self._run)

    def _read(
        self, line: Line, searches: Mapping[str, Search]
    ) -> tuple[list[tuple[Culprit, int, int]], list[Unfound]]:
        """The commits that were found, with where they are, and the tests that have none."""
        groups: dict[tuple[int, int], list[str]] = {}
        unfound = []
        for test, search in searches.items():
            found = search.finding
            if found.conclusion.is_boundary:
                groups.setdefault((found.before, found.after), []).append(test)
            else:
                first, last = (commit.id[:10] for commit in (line.commits[0], line.commits[-1]))
                good, bad = (first, last) if line.first is Answer.GOOD else (last, first)
                unfound.append(Unfound(test, why_unfound(search, good, bad)))
        return [
            (
                self._culprit(line, searches[tests[0]], tuple(tests)),
                *_named(line, tests[0], *ends),
            )
            for ends, tests in groups.items()
        ], unfound

    def _culprit(self, line: Line, search: Search, tests: tuple[str, ...]) -> Culprit:
        found = search.finding
        before, after = _named(line, tests[0], found.before, found.after)
        is_range = found.conclusion is Conclusion.RANGE
        inside = [i for i in range(found.before + 1, found.after + 1) if i != after]
        answers = line.searcher.record.answers(tests[0], before)
        bad = line.searcher.record.reason(tests[0], line.bad)
        return Culprit(
            tests=tests,
            conclusion=found.conclusion,
            culprit=side_runs(line, tests, after),
            before=side_runs(line, tests, before),
            confidence=found.confidence,
            appeared=bool(answers)
            and set(answers) <= {Answer.NOT_YET, Answer.UNTESTABLE}
            and Answer.NOT_YET in answers,
            by_reach=is_range and _by_reach(line, tests[0], found.before, found.after) is not None,
            between=tuple(side_runs(line, tests, i) for i in inside),
            is_merge=line.commits[after].parents > 1,
            failure=bad,
        )

    def _proved(self, found: tuple[Culprit, int, int], line: Line, depth: int = 0) -> Culprit:
        """A culprit with its proof; that of a merge is looked for in what it merged."""
        culprit, before, after = found
        if culprit.is_merge and not self._request.first_parent and depth < MOST_MERGES:
            inner, unchanged = self._in_merge(culprit, line, after, depth)
            if inner is not None:
                return inner
            if unchanged:
                told = " and ".join(f"{each}" for each in unchanged)
                note = f"it is the merge itself: at {told}, which it merged, all is as before it"
                culprit = msgspec.structs.replace(culprit, notes=(*culprit.notes, note))
        if not self._request.proof:
            return culprit
        return Proof(line, self._request, self._run).of(culprit, before, after)

    def _in_merge(
        self, culprit: Culprit, line: Line, after: int, depth: int
    ) -> tuple[Culprit | None, list[CommitName]]:
        """The commit of a merged branch with which the tests changed there, if they did; or the
        ends of all the branches, if the tests change on none of them."""
        merge = line.commits[after].id
        first, *others = line.history.parents(merge)
        unchanged: list[CommitName] = []
        for other in others:
            base = line.history.merge_base(first, other)
            if not base or base == other:
                continue
            found = CommitRange(tuple(line.history.line(base, other)), line.first)
            question = line.question._replace(tests=culprit.tests, red=None)
            branch = self._line(question, found, self._watch(found))
            searches = branch.search()
            named, _ = self._read(branch, searches)
            if named:
                inner = self._proved(named[0], branch, depth + 1)
                note = f"it was merged by {merge[:10]} {line.commits[after].subject}"
                return msgspec.structs.replace(inner, notes=(*inner.notes, note)), []
            ends = {search.finding.ends for search in searches.values()}
            if ends == {(line.first, line.first)}:
                unchanged.append(name_of(self._history, found.line[-1]))
        return None, unchanged if len(unchanged) == len(others) else []

    def _keep(self, searches: Mapping[str, Search]) -> None:
        for search in searches.values():
            log.keep(search, self._provider.home)


def _named(line: Line, test: str, before: int, after: int) -> tuple[int, int]:
    """The place of the culprit, and of what was tried before it."""
    only = _by_reach(line, test, before, after)
    return before, after if only is None else only


def _by_reach(line: Line, test: str, before: int, after: int) -> int | None:
    """The only commit of a range that can matter, if there is one.

    Nothing follows from that if the commit in front of it was never seen as it is said to be.
    """
    is_seen = {line.first, Answer.NOT_YET}.intersection(line.searcher.record.answers(test, before))
    matter = [index for index in range(before + 1, after + 1) if line.matters(index)]
    return matter[0] if line.ran.paths and is_seen and len(matter) == 1 else None
