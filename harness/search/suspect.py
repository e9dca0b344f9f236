"""The trial of a suspected commit: every test before it, after it, and without it today.

Owns: which states are tried, and how often. Must not know how the answers are
judged (`suspicion`), nor how they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from rich.console import Console

from ..catalog.candidate import Candidate
from ..catalog.catalog import Catalog
from ..jobs import runs
from ..jobs.runs import Run
from ..judge import causation, wire
from ..judge.causation import SuspectReport, SuspectState, SuspectStates, SuspectTest
from ..model import Answer, Job, RequestError, Result, Scene, Source, Stack, Tree, WorkbenchError
from ..request import DEFAULT, Request
from ..sources.provider import Provider
from ..suites import SUITES, WIRE
from ..trees.history import history_of
from .failures import answer_of
from .selection import SuiteSelection
from .states import State

COMMIT = re.compile(r"[0-9a-f]{7,40}")


class _Suspect(NamedTuple):
    """The commit, the states around it by name, and how to get each of them."""

    commit: str
    subject: str
    line: SuspectStates
    trees: Mapping[str, Callable[[], Tree]]


def trial_of(
    request: Request, catalog: Catalog, provider: Provider, errors: Console
) -> SuspectReport:
    """Try the suspect that the request names, and judge what came of it.

    Progress goes to ``errors``. Raises ``RequestError`` for what is no commit's id.
    """
    if not COMMIT.fullmatch(request.suspect):
        raise RequestError(f"--suspect {request.suspect}: give a commit's id, 7 to 40 hex digits")
    suspect = _suspect(request, catalog, provider)
    with runs.running(request, provider, errors) as run:
        trial = _Trial(suspect, request, provider)
        trial.run(run)
    return trial.report()


def _suspect(request: Request, catalog: Catalog, provider: Provider) -> _Suspect:
    """The states around the commit: from git where that was given, else from the catalog."""
    candidate = catalog.reverting(request.suspect)
    upstream = candidate.upstream if candidate else _upstream_of(request)
    commit, subject = request.suspect, ""
    trees: dict[str, Callable[[], Tree]] = {}
    if upstream in request.mirrors or candidate is None or candidate.about.reverts is None:
        commit, subject, before, after = _in_git(request.suspect, upstream, provider)
        older: tuple[SuspectState, ...] = ()
        trees |= {s.name: _of_git(s.name, upstream, provider) for s in (before, after)}
    else:
        known = candidate.about.reverts
        commit, subject = known.commit, known.subject
        versions = (*known.before, known.last_without, known.first_with)
        states = [SuspectState(f"{upstream} {version}", version) for version in versions]
        *earlier, before, after = states
        older = tuple(earlier)
        for state, version in zip(states, versions, strict=True):
            trees[state.name] = _of_release(version, upstream, provider)
    today, reverted = None, None
    if candidate is not None:
        specs = request.specs(upstream) or (DEFAULT,)
        tree = provider.base(specs[0], upstream)
        today = SuspectState(str(tree.base), tree.base.version)
        reverted = SuspectState(f"{tree.base} reverted", f"{tree.base.version} reverted")
        trees[today.name] = lambda: tree
        trees[reverted.name] = lambda: _reverted(tree, candidate, catalog, provider)
    return _Suspect(commit, subject, SuspectStates(before, after, older, today, reverted), trees)


def _upstream_of(request: Request) -> str:
    """The only upstream that the request names, by a mirror or a base."""
    named = list(request.mirrors) or [name for name in request.bases if request.specs(name)]
    if len(named) != 1:
        raise RequestError(
            f"no candidate takes {request.suspect} back, so say whose commit it is: name a clone "
            "with --mirror UPSTREAM=PATH"
        )
    return named[0]


def _in_git(
    wanted: str, upstream: str, provider: Provider
) -> tuple[str, str, SuspectState, SuspectState]:
    try:
        history = history_of(provider.home, provider.project(upstream))
        commit = history.commit(wanted)
        parent = history.commit(f"{commit}^")
    except RequestError:
        raise
    except WorkbenchError as error:
        raise WorkbenchError(
            f"{error}; no candidate takes {wanted} back either: write one with [reverts], "
            f"or name a clone with --mirror {upstream}=PATH"
        ) from None
    subject = history.line(parent, commit)[-1].subject
    return commit, subject, _commit_state(parent), _commit_state(commit)


def _commit_state(commit: str) -> SuspectState:
    return SuspectState(commit, commit[:10])


def _of_git(commit: str, upstream: str, provider: Provider) -> Callable[[], Tree]:
    url = provider.project(upstream).url
    return lambda: provider.base(f"{Source.GIT}:{url}@{commit}", upstream)


def _of_release(version: str, upstream: str, provider: Provider) -> Callable[[], Tree]:
    return lambda: provider.base(version, upstream)


def _reverted(tree: Tree, candidate: Candidate, catalog: Catalog, provider: Provider) -> Tree:
    stack = Stack((candidate.name,))
    made = provider.apply_stack(tree, stack, catalog.in_order(stack))
    if made.tree is None:
        raise WorkbenchError(f"{candidate.name} does not apply to {tree.base}")
    return made.tree


class _Trial:
    """The runs of one trial: all tests once, and again those that go wrong somewhere."""

    def __init__(self, suspect: _Suspect, request: Request, provider: Provider) -> None:
        self._suspect = suspect
        self._request = request
        self._provider = provider
        self._suite = (request.suites or (WIRE,))[0].partition(":")[0]
        self._states: dict[str, State] = {}
        self._why: dict[str, str] = {}
        self._scenes: dict[str, Scene] = {}
        self._seen: dict[str, dict[str, list[Answer]]] = {}
        self._runs = 0
        self.notes: list[str] = []

    def run(self, run: Run) -> None:
        """Run every test once on every state, and again those that go wrong somewhere."""
        for name in (state.name for state in self._suspect.line.states):
            try:
                tree = self._suspect.trees[name]()
                self._states[name] = State(
                    (tree,), self._provider.python_for(tree, self._request.python or None)
                )
            except RequestError:
                raise
            except WorkbenchError as error:
                self.notes.append(f"{name} could not be tried: {error}")
        first = {
            self._ask(labels, self._request.select).job(state, 1): name
            for name, state in self._states.items()
            for labels in self._shards(state)
        }
        wrong: dict[tuple[str, ...], set[str]] = {}
        self._run_jobs(run, first, wrong)
        again = {}
        for labels, tests in wrong.items():
            ask = self._ask(labels, "|".join(f"^{re.escape(test)}$" for test in sorted(tests)))
            for name in self._states:
                # The older lines are for the record; the conclusion rests on the others.
                if name not in {state.name for state in self._suspect.line.older}:
                    for attempt in range(2, self._request.repeat + 1):
                        again[ask.job(self._states[name], attempt)] = name
        self._run_jobs(run, again, {})

    def report(self) -> SuspectReport:
        """What it all adds up to."""
        line = self._suspect.line
        tests = sorted({test for seen in self._seen.values() for test in seen})
        groups: dict[tuple[str, str], list[SuspectTest]] = {}
        counts: dict[str, int] = {}
        for test in tests:
            found = causation.suspect_test(test, line, self._seen, self._why.get(test, ""))
            counts[found.presence] = counts.get(found.presence, 0) + 1
            groups.setdefault(wire.row_key(test, self._scenes.get(test)), []).append(found)
        return SuspectReport(
            commit=self._suspect.commit,
            subject=self._suspect.subject,
            line=line,
            pythons={name: state.python.version for name, state in self._states.items()},
            tests=len(tests),
            runs=self._runs,
            symptoms=tuple(causation.symptoms(dict(sorted(groups.items())), line)),
            counts=counts,
            notes=tuple(self.notes),
            repeat=self._request.repeat,
        )

    def _shards(self, state: State) -> Iterable[tuple[str, ...]]:
        wanted = [s.partition(":")[2] for s in self._request.suites if ":" in s]
        checkout = self._provider.trees.checkout(state.trees[0])
        project = state.trees[0].base.project
        return SUITES[self._suite].shards(project, checkout, tuple(wanted))

    def _ask(self, labels: tuple[str, ...], select: str) -> SuiteSelection:
        how = self._request
        return SuiteSelection(self._suite, labels, select, how.timeout, how.test_timeout)

    def _run_jobs(
        self, run: Run, jobs: Mapping[Job, str], wrong: dict[tuple[str, ...], set[str]]
    ) -> None:
        def take(job: Job, result: Result) -> Iterable[Job]:
            name = jobs[job]
            self._runs += 1
            if not result.outcomes:
                self.notes.append(f"{name}, {' '.join(job.labels)}: {result.note}")
            for test, outcome in result.outcomes.items():
                if outcome.scene is not None:
                    self._scenes[test] = outcome.scene
                answer, reason = answer_of(job.suite, test, result)
                self._seen.setdefault(name, {}).setdefault(test, []).append(answer)
                if answer is Answer.BAD:
                    wrong.setdefault(job.labels, set()).add(test)
                elif answer is Answer.UNTESTABLE and reason:
                    self._why.setdefault(test, reason.splitlines()[0])
            return ()

        run(jobs, take)
