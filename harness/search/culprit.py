"""The commit with which tests changed: what is asked, the search, and what it came to.

Owns: reading a request as tests and a range of a history, a merge's own commits, and the
report. Must not know how a range is searched (``line``), how a commit is proved (``proof``),
or how anything is shown.
"""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
from rich.console import Console

from ..catalog.catalog import Catalog
from ..catalog.upstream import Upstream
from ..jobs import runs
from ..jobs.runs import Running
from ..judge.culprit import ByHand, Culprit, CulpritReport, Unfound
from ..judge.probes import Search
from ..model import Answer, Conclusion, RequestError, Tree
from ..request import Request
from ..sources.provider import Provider
from ..suites import command, own_suite
from ..system.home import Home
from ..system.room import cores
from ..trees.history import History, history_of
from ..upstreams import kind_of
from . import log
from .failures import code_folders
from .line import Line, Question
from .location import location_of
from .names import name_of
from .overlay.fixes import tests_of
from .overlay.reading import fix_of, overlay_of
from .overlay.values import Fix, Overlay
from .proof import Proof, side_runs
from .ranges import CommitRange, range_of
from .reached import Watch, watch_of
from .selection import SuiteSelection, select_of
from .unfound import why_unfound
from .wanted import wanted_of

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
        question = self._question(watch)
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
            by_hand=self._by_hand(question),
            notes=tuple(self._notes),
        )

    def _by_hand(self, question: Question) -> ByHand:
        """The command with which one would run the tests without the workbench."""
        if self._request.command:
            return ByHand(f"sh -c {shlex.quote(self._request.command)}")
        plain = kind_of(self._upstream.project).plain_command(Path(), question.tests)
        path = [os.path.relpath(each, plain.folder) for each in plain.import_path]
        words = shlex.join(["python", *plain.arguments])
        command = f"PYTHONPATH={shlex.quote(os.pathsep.join(path))} {words}" if path else words
        if plain.folder != Path():
            command = f"(cd {shlex.quote(str(plain.folder))} && {command})"
        overlay = question.overlay
        if overlay is None:
            return ByHand(command)
        files = tuple(file.path for file in overlay.files if file.new is not None)
        return ByHand(command, overlay.commit, files)

    def _watch(self, found: CommitRange) -> Watch:
        """What the commits of a range changed, and what of that is at its bad end."""
        ends = found.line[0].id, found.line[-1].id
        bad = self._history.tree(ends[1] if found.first is Answer.GOOD else ends[0])
        code = code_folders(self._upstream)
        return watch_of(self._provider.trees, bad, self._history, ends, code)

    def _line(self, question: Question, found: CommitRange, watch: Watch) -> Line:
        return Line(question, self._history, found, watch, self._request, self._provider, self._run)

    def _question(self, watch: Watch) -> Question:
        """The tests that are searched, and what is taken along."""
        request, project = self._request, self._upstream.project
        suite = SuiteSelection(own_suite(project), (), "", request.timeout, request.test_timeout)
        if request.command:
            suite = msgspec.structs.replace(suite, suite=command.NAME, labels=(request.command,))
            return Question(self._upstream, suite, (command.TEST,))
        bad = watch.tree
        overlay, fix = self._taken_along(bad)
        tests, red = request.tests, None
        if not tests and overlay is not None:
            wanted = wanted_of(overlay, fix, watch, bad, suite, self._provider, self._run)
            tests, red = wanted.tests, wanted.red
            if wanted.unproved:
                self._notes.append(f"the tests were not seen to pass with a fix: {wanted.unproved}")
        if not tests:
            raise RequestError("which test? Name it with --test ID, or give --overlay or --fix")
        places = [location_of(test, request.suites, self._provider) for test in tests]
        others = {(each.upstream, each.suite) for each in places}
        if len(others) > 1:
            raise RequestError("the tests are of different suites; search for those of one")
        labels = tuple(dict.fromkeys(label for each in places for label in each.labels))
        suite = msgspec.structs.replace(
            suite, suite=places[0].suite, labels=labels, select=select_of(tests)
        )
        return Question(self._upstream, suite, tuple(tests), overlay, red)

    def _taken_along(self, bad: Tree) -> tuple[Overlay | None, Fix | None]:
        request, provider = self._request, self._provider
        fix = fix_of(request.fix, self._upstream, bad, provider) if request.fix else None
        words = request.overlay or next(iter(request.patches), "")
        if words:
            return overlay_of(words, self._upstream, bad, provider), fix
        if fix is not None:
            return tests_of(fix, request.fix, self._upstream.project), fix
        return None, None

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
            inner = self._in_merge(culprit, line, after, depth)
            if inner is not None:
                return inner
        if not self._request.proof:
            return culprit
        return Proof(line, self._request, self._run).of(culprit, before, after)

    def _in_merge(self, culprit: Culprit, line: Line, after: int, depth: int) -> Culprit | None:
        """The commit of a merged branch with which the tests changed there, if they did."""
        merge = line.commits[after].id
        first, *others = line.history.parents(merge)
        for other in others:
            base = line.history.merge_base(first, other)
            if not base or base == other:
                continue
            found = CommitRange(tuple(line.history.line(base, other)), line.first)
            question = line.question._replace(tests=culprit.tests, red=None)
            branch = self._line(question, found, self._watch(found))
            named, _ = self._read(branch, branch.search())
            if named:
                inner = self._proved(named[0], branch, depth + 1)
                note = f"it was merged by {merge[:10]} {line.commits[after].subject}"
                return msgspec.structs.replace(inner, notes=(*inner.notes, note))
        return None

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
