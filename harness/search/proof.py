"""What proves a culprit: more runs, its change taken back, and the hunks that do it.

Owns: these trials. Must not know how a culprit was found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from ..jobs.runs import Run
from ..judge import reduction
from ..judge.bisection import Finding, Rules
from ..judge.culprit import Culprit, CulpritHunks, SideRuns, TakenBack, chance_of
from ..model import (
    Answer,
    ApplyResult,
    CandidateName,
    Conclusion,
    Job,
    Patch,
    Result,
    Stack,
    Tree,
    WorkbenchError,
)
from ..request import Request
from . import names
from .line import Line
from .searcher import Searcher
from .states import State, hunks
from .states.hunks import Hunk, Hunks

BACK = "taken-back"
TIMES = 2  # runs of the bad end without the culprit's change
MOST_HUNKS = 400
APPEARED = "what the tests are about came with it"


@dataclass(frozen=True)
class Proof:
    """Proves what was found on one line of commits, by jobs of ``run``."""

    line: Line
    request: Request
    run: Run

    def of(self, culprit: Culprit, before: int, after: int) -> Culprit:
        """A culprit with its proof; ``after`` is where it is on the line, ``before`` the
        commit in front of it that was tried."""
        line = self.line
        line.searcher.again((before, after), self.request.repeat)
        there, here = (side_runs(line, culprit.tests, index) for index in (before, after))
        needed = self._hunks(culprit.tests, before, after)
        other_way = self._other_way(culprit.tests, before, after)
        return msgspec.structs.replace(
            culprit,
            before=there,
            culprit=here,
            chance=chance_of(there, here, line.first),
            hunks=needed,
            interpreter=self._interpreter(culprit.tests, before, after),
            notes=(*culprit.notes, *other_way),
            taken_back=TakenBack(why=APPEARED)
            if culprit.appeared
            else self._taken_back(culprit.tests, after, needed),
            equals=tuple(
                names.name_of(line.history, each)
                for each in line.history.equal_commits(line.commits[after].id, line.commits[0].id)
            ),
        )

    def _other_way(self, tests: Sequence[str], before: int, after: int) -> tuple[str, ...]:
        """What to say if the tests were laid over the two in two ways, and that matters.

        A function that is moved keeps the set-up that a commit has, whole files bring theirs.
        """
        line = self.line
        way = line.searcher.record.way_number(after)
        if way == line.searcher.record.way_number(before):
            return ()
        name = line.commits[before].id[:10]
        try:
            state = line.states.at(before, way)
        except WorkbenchError as error:
            return (f"{name} was tried in another way: {error}",)
        answers = self._runs(tests, state)
        said = {answer for test in tests for answer in answers[test]}
        if said <= {Answer.GOOD, Answer.NOT_YET} or line.first is Answer.BAD:
            return ()
        words = ", ".join(sorted(map(str, said)))
        return (f"{name} is {words} with the tests laid over it as over the other ({state.way})",)

    def _interpreter(self, tests: Sequence[str], before: int, after: int) -> str:
        """What to say if the two are run by two Pythons, and the Python makes the change."""
        line = self.line
        states = [line.searcher.state(index) for index in (before, after)]
        there, here = (state.python for state in states)
        if there == here:
            return ""
        changed = states[0]._replace(python=here)
        answers = self._runs(tests, changed)
        if all(
            set(answers[test]) == set(line.searcher.record.answers(test, after)) for test in tests
        ):
            return (
                f"{line.commits[before].id[:10]} does the same on Python {here.version}, which "
                f"runs {line.commits[after].id[:10]}, as that: the Python makes the change"
            )
        return ""

    def _taken_back(
        self, tests: Sequence[str], after: int, needed: CulpritHunks | None
    ) -> TakenBack:
        """What the tests do at the bad end without the culprit's change.

        Where it can not be taken back as a whole, the hunks that matter may.
        """
        line = self.line
        if line.first is Answer.BAD:
            return TakenBack(why="the change that was found is a mending")
        commit = line.bare_tree(after)
        parent = line.history.tree(line.history.parents(commit.commit)[0])
        whole = line.provider.trees.difference(commit, parent, *line.own)
        text = needed.patch if needed is not None else ""
        found = self._without(tests, whole, is_reversed=True)
        if found.how or not text:
            return found
        part = self._without(tests, text, is_reversed=False, only_hunks=True)
        return part if part.how else found

    def _without(
        self, tests: Sequence[str], text: str, *, is_reversed: bool, only_hunks: bool = False
    ) -> TakenBack:
        line = self.line
        bad = line.bare_tree(line.bad)
        name = CandidateName(bad.base.upstream, BACK)
        back = text if is_reversed else hunks.reversed_patch(text)
        if not back:
            return TakenBack(why="it changes nothing but tests and documentation")
        made = line.provider.trees.apply(bad, Stack((name,)), (Patch(name, f"{BACK}.patch", back),))
        if made.tree is None:
            return TakenBack(why=str(made.problems[0]).partition(": ")[2])
        how = "clean" if made.applies is ApplyResult.CLEAN else str(made.applies)
        try:
            answers = self._answers(tests, made.tree)
        except WorkbenchError as error:
            return TakenBack(why=str(error))
        passes = sum(set(answers[test]) == {Answer.GOOD} for test in tests)
        return TakenBack(how, len(tests), passes, only_hunks)

    def _answers(self, tests: Sequence[str], tree: Tree) -> dict[str, list[Answer]]:
        """What the tests do on a tree, laid over it as they were at the bad end."""
        return self._runs(tests, self.line.state_of(tree))

    def _runs(self, tests: Sequence[str], state: State) -> dict[str, list[Answer]]:
        line = self.line
        jobs = [line.question.suite.job(state, number) for number in range(1, TIMES + 1)]
        found: dict[str, list[Answer]] = {test: [] for test in tests}

        def follow(job: Job, result: Result) -> Sequence[Job]:
            for test in tests:
                there = state.tests.get(test, test)
                found[test].append(line.failures.answer(test, there, result)[0])
            return ()

        self.run(jobs, follow)
        line.states.release(state)
        return found

    def _hunks(self, tests: Sequence[str], before: int, after: int) -> CulpritHunks | None:
        """The smallest part of the culprit that makes its parent fail as it does."""
        line, trees = self.line, self.line.provider.trees
        if after - before != 1:
            return None
        old, new = line.bare_tree(before), line.bare_tree(after)
        order = hunks.cut(trees.difference(old, new, *line.own))
        if not order:
            return CulpritHunks(0, 0, "", why="it changes no text file of the upstream's own code")
        if len(order) > MOST_HUNKS:
            return CulpritHunks(
                0, len(order), "", why=f"more than {MOST_HUNKS} hunks are not tried"
            )
        if len(order) == 1:
            return CulpritHunks(1, 1, hunks.joined(order))
        runs: list[int] = []

        def search_with(always: list[Hunk], rest: list[Hunk]) -> Finding:
            found, count = self._search_hunks(tests[0], old, always, rest, order)
            runs.append(count)
            return found

        needed, findings = reduction.smallest(order, search_with)
        # After the first one, a search that finds nothing has seen what is needed alone fail.
        if not findings[0].conclusion.is_boundary or any(
            found.conclusion not in (Conclusion.FOUND, Conclusion.RANGE, Conclusion.SAME)
            for found in findings
        ):
            why = f"the hunks alone do not make the change ({findings[-1].conclusion})"
            return CulpritHunks(0, len(order), "", sum(runs), why)
        patch = hunks.joined(sorted(needed, key=order.index))
        return CulpritHunks(len(needed), len(order), patch, sum(runs))

    def _search_hunks(
        self, test: str, old: Tree, always: list[Hunk], rest: list[Hunk], order: list[Hunk]
    ) -> tuple[Finding, int]:
        line = self.line
        bare = Hunks(line.provider, old, always, rest, order, self.request.python, line.interpreter)
        states = line.over(bare)
        last = len(bare.labels) - 1
        bad = last if line.first is Answer.GOOD else 0
        searcher = Searcher(
            states,
            line.question.suite,
            self.run,
            line.most,
            line.failures,
            bad,
            is_known=True,
        )
        # Some hunks do not even import without others, which are needed as well then.
        rules = Rules(len(bare.labels), line.first, self.request.noise, assumed=True)
        return searcher.find({test: rules})[test].finding, searcher.runs


def side_runs(line: Line, tests: Sequence[str], index: int) -> SideRuns:
    """What the runs of a commit said of all these tests together.

    Where they disagree in one run, that run told nothing.
    """
    name = names.name_of(line.history, line.commits[index])
    if index not in line.searcher.record.tried:
        return SideRuns(name, {})
    rows = zip(*(line.searcher.record.answers(test, index) for test in tests), strict=True)
    together = [row[0] if len(set(row)) == 1 else Answer.UNTESTABLE for row in rows]
    counts = {str(answer): count for answer, count in Counter(together).items()}
    why = (
        ""
        if Answer.GOOD in together or Answer.BAD in together
        else line.searcher.record.reason(tests[0], index)
    )
    return SideRuns(name, counts, line.searcher.record.way(index), why)
