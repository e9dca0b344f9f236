"""The trial of a suspected commit: every test before it, after it, and without it today.

Owns: which states are tried, and how often. Must not know how the answers are
judged (`suspicion`), nor how they are shown.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from ..catalog.catalog import Candidate, Catalog
from ..jobs import runs
from ..jobs.runs import Run
from ..judge import causation, wire
from ..judge.causation import SuspectReport, SuspectStates, SuspectTest
from ..model import Answer, Job, RequestError, Result, Scene, Source, Tree, WorkbenchError
from ..report import schema, suspects
from ..request import Request
from ..sources.provider import Supply, stack_of
from ..suites import SUITES, WIRE
from .seek import SuiteSelection, answer_of
from .states import State

COMMIT = re.compile(r"[0-9a-f]{7,40}")


class _Suspect(NamedTuple):
    """The commit, the states around it by name, and how to get each of them."""

    commit: str
    subject: str
    line: SuspectStates
    trees: Mapping[str, Callable[[], Tree]]


def run(request: Request, catalog: Catalog, supply: Supply, out: Console, errors: Console) -> int:
    """Try the suspect and print what came of it; 3 if a state could not be tried."""
    if not COMMIT.fullmatch(request.suspect):
        raise RequestError(f"--suspect {request.suspect}: give a commit's id, 7 to 40 hex digits")
    suspect = _suspect(request, catalog, supply)
    with runs.running(request, supply, errors) as run:
        trial = _Trial(suspect, request, supply)
        trial.go(run)
    report = trial.report()
    folder = supply.home.folder("reports")
    paths = [folder / f"suspect-{suspect.commit[:10]}.{kind}" for kind in ("md", "json")]
    schema.write_text(paths[0], suspects.markdown(report))
    for path in (paths[1], *([Path(request.json)] if request.json else [])):
        schema.write_json(path, report)
    suspects.show(report, out)
    for path in paths:
        out.print(f"report: {os.path.relpath(path)}", soft_wrap=True)
    return 3 if report.notes else 0


def _suspect(request: Request, catalog: Catalog, supply: Supply) -> _Suspect:
    """The states around the commit: from git where that was given, else from the catalog."""
    candidate = catalog.reverting(request.suspect)
    upstream = candidate.upstream if candidate else next(iter(request.mirrors), "django")
    commit, subject = request.suspect, ""
    trees: dict[str, Callable[[], Tree]] = {}
    if upstream in request.mirrors or candidate is None or candidate.about.reverts is None:
        commit, subject, before, after = _in_git(request.suspect, upstream, supply)
        older: tuple[str, ...] = ()
        trees |= {name: _of_git(name, upstream, supply) for name in (before, after)}
    else:
        known = candidate.about.reverts
        commit, subject = known.commit, known.subject
        before, after = (f"{upstream} {v}" for v in (known.last_without, known.first_with))
        older = tuple(f"{upstream} {version}" for version in known.before)
        for name in (*older, before, after):
            trees[name] = _of_release(name.partition(" ")[2], upstream, supply)
    today, reverted = "", ""
    if candidate is not None:
        specs = {"django": request.django, "cpython": request.cpython}[upstream]
        tree = supply.base(specs[0] if specs else "default", upstream)
        today, reverted = str(tree.base), f"{tree.base} reverted"
        trees[today] = lambda: tree
        trees[reverted] = lambda: _reverted(tree, candidate, catalog, supply)
    return _Suspect(commit, subject, SuspectStates(before, after, older, today, reverted), trees)


def _in_git(wanted: str, upstream: str, supply: Supply) -> tuple[str, str, str, str]:
    try:
        commit = supply.trees.in_history(upstream, supply.urls[upstream], wanted)
    except RequestError:
        raise
    except WorkbenchError as error:
        raise WorkbenchError(
            f"{error}; no candidate takes {wanted} back either: write one with [reverts], "
            f"or name a clone with --mirror {upstream}=PATH"
        ) from None
    parent = supply.trees.parent(upstream, commit)
    subject = supply.trees.line(upstream, parent, commit)[-1].subject
    return commit, subject, parent, commit


def _of_git(commit: str, upstream: str, supply: Supply) -> Callable[[], Tree]:
    url = supply.urls[upstream]
    return lambda: supply.base(f"{Source.GIT}:{url}@{commit}", upstream)


def _of_release(version: str, upstream: str, supply: Supply) -> Callable[[], Tree]:
    return lambda: supply.base(version, upstream)


def _reverted(tree: Tree, candidate: Candidate, catalog: Catalog, supply: Supply) -> Tree:
    made = supply.apply_stack(tree, candidate.name, stack_of(catalog, candidate.name))
    if made.tree is None:
        raise WorkbenchError(f"{candidate.name} does not apply to {tree.base}")
    return made.tree


class _Trial:
    """The runs of one trial: all tests once, and again those that go wrong somewhere."""

    def __init__(self, suspect: _Suspect, request: Request, supply: Supply) -> None:
        self._suspect = suspect
        self._request = request
        self._supply = supply
        self._suite = (request.suites or (WIRE,))[0].partition(":")[0]
        self._states: dict[str, State] = {}
        self._why: dict[str, str] = {}
        self._scenes: dict[str, Scene] = {}
        self._seen: dict[str, dict[str, list[Answer]]] = {}
        self._runs = 0
        self.notes: list[str] = []

    def go(self, run: Run) -> None:
        """Have everything tried."""
        for name in self._suspect.line.states:
            try:
                tree = self._suspect.trees[name]()
                self._states[name] = State(
                    (tree,), self._supply.python_for(tree, self._request.python or None)
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
        self._do(run, first, wrong)
        again = {}
        for labels, tests in wrong.items():
            ask = self._ask(labels, "|".join(f"^{re.escape(test)}$" for test in sorted(tests)))
            for name in self._states:
                # The older lines are for the record; the conclusion rests on the others.
                if name not in self._suspect.line.older:
                    for attempt in range(2, self._request.repeat + 1):
                        again[ask.job(self._states[name], attempt)] = name
        self._do(run, again, {})

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
        checkout = self._supply.trees.checkout(state.trees[0])
        return SUITES[self._suite].shards(checkout, tuple(wanted))

    def _ask(self, labels: tuple[str, ...], select: str) -> SuiteSelection:
        how = self._request
        return SuiteSelection(self._suite, labels, select, how.timeout, how.test_timeout)

    def _do(
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
