"""One range of commits, searched for the commit with which tests changed.

Owns: the order of it: both ends, what the failing tests ran at the bad one, the rest by that.
Must not know why these tests are searched, nor what proves a commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..catalog.upstream import Upstream
from ..jobs.runs import Run
from ..judge import prior
from ..judge.bisection import Rules
from ..judge.prior import Candidate, Ran
from ..judge.probes import Search
from ..model import Answer, Interpreter, Result, Tree
from ..pythons import tracing
from ..request import Request
from ..sources.provider import Provider
from ..suites import command
from ..trees.history import History
from ..upstreams import kind_of
from . import reached
from .failures import Failures, code_folders
from .overlay.values import Overlay
from .ranges import CommitRange
from .reached import Watch
from .searcher import Searcher
from .selection import SuiteSelection
from .states import Sequenced, State
from .states.alone import Alone
from .states.commits import Commits
from .states.overlaid import Overlaid

# So many commits that tell nothing, and those that are left before them are not tried.
SKIPS = 12


class Red(NamedTuple):
    """The bad end as it was run to find out which tests are searched."""

    state: State
    result: Result


class Question(NamedTuple):
    """What is searched: tests, how they are run, and what is taken along."""

    upstream: Upstream
    suite: SuiteSelection
    tests: tuple[str, ...]
    overlay: Overlay | None = None
    red: Red | None = None


class Line:
    """A range of commits, and what was found out about each."""

    def __init__(
        self,
        question: Question,
        history: History,
        found: CommitRange,
        watch: Watch,
        request: Request,
        provider: Provider,
        run: Run,
    ) -> None:
        self.question = question
        self.history = history
        self.commits = found.line
        self.first = found.first
        self.provider = provider
        self._run = run
        self._request = request
        self._watch = watch
        self._code = code_folders(question.upstream)
        self._bare = Commits(provider, history, found.line, request.python)
        self.states = self.over(self._bare)
        last = len(found.line) - 1
        self.bad = last if found.first is Answer.GOOD else 0
        self.failures = Failures(question.suite.suite, self._code, any_failure=request.any_failure)
        # A build takes all cores, and each state that is tried beside the best one costs another.
        is_built = kind_of(question.upstream.project).BUILDING is not None
        self.most = 1 if is_built else request.jobs
        self.searcher = Searcher(
            self.states, question.suite, run, self.most, self.failures, self.bad
        )
        self.ran = Ran()
        self.interpreter: Interpreter | None = None

    @property
    def own(self) -> tuple[str, ...]:
        """The folders of the upstream's own code."""
        return self._code.own

    def over(self, bare: Sequenced) -> Sequenced | Overlaid:
        """A sequence with the tests over it that are taken along, if any are."""
        overlay, tests = self.question.overlay, self.question.tests
        if overlay is None:
            return bare
        return Overlaid(bare, overlay, tests, self.provider)

    def search(self) -> dict[str, Search]:
        """Search for every test until each has a finding."""
        trees, tests = self.provider.trees, self.question.tests
        ends = [self.states.tree(index) for index in (0, len(self.commits) - 1)]
        worst = ends[-1 if self.bad else 0]
        if not kind_of(self.question.upstream.project).IS_INTERPRETER:
            # Every other checkout shares its files, and its bytecode.
            trees.use_as_model(worst)
            trees.checkout(worst)
        self.interpreter = self._bare.settle_python(ends)
        quiet = self.interpreter is not None and tracing.is_quiet(self.interpreter)
        red = self.question.red
        if red is not None and red.state.python == self.interpreter and red.state.trees == (worst,):
            self.searcher.seed(self.bad, red.state, red.result)
        # A command is its own judge, and watching it would tell of all that it starts.
        is_test = self.question.suite.suite != command.NAME
        self.searcher.try_ends(tests, self._watch.files if is_test else (), counts=quiet)
        ids = self.searcher.record.ids(self.bad)
        there = [ids.get(test, test) for test in tests]
        self.ran = reached.ran(trees, self._watch, self.searcher.trace, there)
        return self.searcher.find({test: self._rules(test) for test in tests})

    def candidate(self, index: int) -> Candidate:
        """A commit as it is weighed."""
        commit = self.commits[index]
        return Candidate(commit.subject, self._watch.changes.get(commit.id, ()))

    def can_matter(self) -> int | None:
        """How many commits touch what the failing tests run; None if nobody knows."""
        if not self.ran.paths:
            return None
        return sum(self.matters(index) for index in range(1, len(self.commits)))

    def matters(self, index: int) -> bool:
        """Whether a commit touches what the failing tests run, as far as was watched."""
        return prior.can_matter(self.candidate(index), self.ran)

    def state_of(self, tree: Tree) -> State:
        """A tree of no commit, with the tests over it as at the bad end.

        Raises ``WorkbenchError`` if they do not fit.
        """
        way = self.searcher.record.way_number(self.bad)
        alone = self.over(Alone(tree, self._bare.python_for, self._bare.release))
        return alone.at(0, way)

    def bare_tree(self, index: int) -> Tree:
        """The tree of a commit as it is."""
        return self._bare.tree(index)

    def _rules(self, test: str) -> Rules:
        indexes: Iterable[int] = range(1, len(self.commits))
        weights = prior.weights(map(self.candidate, indexes), self.ran, test)
        return Rules(
            size=len(self.commits),
            first=self.first,
            noise=self._request.noise,
            weights=(0.0, *weights),
            assumed=self.question.overlay is not None,
            skips=SKIPS,
        )
