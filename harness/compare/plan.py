"""From a request to comparisons: trees, stacks, interpreters and shards.

Owns: which candidate is tried on which ground, by which suites. Must not know
results. What can not be had is a note; the rest of the work still goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec

from ..catalog import tickets
from ..catalog.candidate import Candidate
from ..catalog.catalog import Catalog
from ..model import (
    ApplyResult,
    Ground,
    Interpreter,
    Job,
    Judgement,
    Note,
    NoteKind,
    RequestError,
    Stack,
    Tree,
    Verdict,
    WorkbenchError,
    ground_name,
)
from ..pythons import tracing
from ..request import Request
from ..sources.provider import Provider
from ..suites import WIRE, regression
from ..trees.trees import Application
from ..upstreams import kind_of
from . import quickstart
from .by_hand import ByHand
from .changed_code import traced_files
from .comparison import Comparison
from .controls import controls_of
from .grounds import Grounds, left_out
from .patched_trees import PatchedTrees
from .selection import Selection
from .unseen import Unseen

UNSEEN = "{} was not judged: no test that was chosen, or is known, can see it"


def always(stack: Stack, ground: Ground) -> bool:
    """Every ground judges every stack that it can."""
    return True


class AppliedCandidate(NamedTuple):
    """One stack on one base."""

    stack: Stack
    base: Tree
    application: Application


class ApplyPlan(NamedTuple):
    """Every stack on every base of its upstreams, and what could not be had."""

    rows: tuple[AppliedCandidate, ...]
    notes: tuple[Note, ...]


class Plan(NamedTuple):
    """What there is to compare, what can not be, and why.

    ``beside`` are jobs whose results only stand beside the others': the control group.
    """

    bases: tuple[tuple[Tree, Interpreter], ...]
    comparisons: tuple[Comparison, ...]
    controls: tuple[Comparison, ...]
    unfit: tuple[Judgement, ...]
    notes: tuple[Note, ...]
    beside: tuple[Job, ...]


def on_python(plan: Plan, python: Interpreter) -> Plan | None:
    """The plan of one base for the same trees on another Python, which takes no time to make.

    None where it has to be made anew: what could not be had may be had there, and what runs
    of the change may be watched there, but was not to be watched here.
    """
    is_quiet = tracing.is_quiet(python)
    unwatched = is_quiet and not all(tracing.is_quiet(each.python) for each in plan.comparisons)
    if unwatched or any(note.kind.is_undone_work for note in plan.notes):
        return None
    comparisons = tuple(
        msgspec.structs.replace(
            each,
            ground=msgspec.structs.replace(each.ground, python=python),
            traced=each.traced if is_quiet else (),
        )
        for each in plan.comparisons
    )
    return Plan(
        bases=tuple((tree, python) for tree, _ in plan.bases),
        comparisons=comparisons,
        controls=tuple(controls_of(comparisons)),
        unfit=tuple(_renamed(each, python) for each in plan.unfit),
        notes=plan.notes,
        beside=tuple(msgspec.structs.replace(job, python=python) for job in plan.beside),
    )


def _renamed(judged: Judgement, python: Interpreter) -> Judgement:
    """A judgement without runs, of a ground that is called by its Python."""
    names = tuple(
        msgspec.structs.replace(name, python=python.version) if name.python else name
        for name in judged.ground
    )
    return msgspec.structs.replace(judged, ground=names, base=ground_name(names))


class Planner:
    """Plans one request."""

    def __init__(
        self,
        request: Request,
        provider: Provider,
        catalog: Catalog,
        is_wanted: Callable[[Stack, Ground], bool] = always,
    ) -> None:
        """``is_wanted`` narrows down which grounds judge which stacks."""
        self._request = request
        self._is_wanted = is_wanted
        self._provider = provider
        self._catalog = catalog
        for upstream in request.bases:
            if request.specs(upstream):
                provider.project(upstream)
        self._selection = Selection(request.suites, provider, catalog)
        self._by_hand = ByHand(provider)
        self.stacks, others = self._chosen()
        self._unseen = Unseen(catalog)
        self.patched = PatchedTrees(provider, catalog, request.fuzz)
        guess = quickstart.guessed(request, provider, catalog, self.stacks, self.patched)
        self._request = guess.request
        self._guesses = (*others, *guess.notes)
        self.grounds = Grounds(guess.request, provider, catalog, self.stacks)

    @property
    def guess(self) -> quickstart.Guess:
        """The request with the bases that were found for patches that came alone."""
        return quickstart.Guess(self._request, self._guesses)

    @property
    def are_named(self) -> bool:
        """Whether the user said which candidates are meant."""
        return self._request.is_named

    def applied(self) -> ApplyPlan:
        """Every candidate applied to every base of its upstream."""
        notes: list[Note] = [*self._guesses]
        bases: dict[str, list[Tree]] = {}
        for upstream in self.grounds.changed():
            found, missing = self.grounds.attempt(upstream, self._provider.base)
            bases[upstream] = found
            notes += missing
        rows = tuple(
            AppliedCandidate(stack, base, self.patched.apply(stack, base))
            for stack in self.stacks
            for upstream in stack.upstreams
            for base in bases[upstream]
        )
        for row in rows:
            for hunk in row.application.misplaced:
                notes.append(Note(NoteKind.HINT, f"{row.stack} on {row.base.base}: {hunk}"))
            note = self.patched.note(row.stack, row.base)
            notes += [note] if note else []
        return ApplyPlan(rows, tuple(notes))

    def plan(self) -> Plan:
        """Everything that `test` has to run."""
        grounds, missing = self.grounds.every(self._selection.may_judge)
        notes: list[Note] = [*self._guesses, *missing]
        bases = {g.trees[0].commit: (g.trees[0], g.python) for g in grounds if len(g.trees) == 1}
        comparisons: list[Comparison] = []
        unfit: list[Judgement] = []
        for stack in self.stacks:
            made, missing = self._comparisons(stack, grounds)
            notes += missing
            judged = [each for each in made if isinstance(each, Judgement)]
            fit = [each for each in made if isinstance(each, Comparison) and each.parts]
            comparisons += fit
            unfit += judged
            if not (fit or judged):
                why = [self._unseen.by_tests(stack, ground) for ground in grounds]
                notes.append(next(filter(None, why), left_out(UNSEEN.format(stack))))
        return Plan(
            bases=tuple(bases.values()),
            comparisons=tuple(comparisons),
            controls=tuple(controls_of(comparisons)),
            unfit=tuple(unfit),
            notes=tuple(notes),
            beside=tuple(self._control_group(comparisons)),
        )

    def compare(self, stack: Stack, ground: Ground) -> Comparison | Judgement:
        """A stack on a ground: what to run, or why it does not apply."""
        patched: list[Tree] = []
        notes: list[str] = []
        how = ApplyResult.CLEAN
        for tree in ground.trees:
            mine = stack.on(tree.base.upstream)
            if not mine.names:
                patched.append(tree)
                continue
            application = self.patched.apply(mine, tree)
            if application.tree is None:
                return Judgement(
                    name=str(stack),
                    base=str(ground),
                    applies=ApplyResult.NO,
                    verdict=Verdict.DOES_NOT_APPLY,
                    problems=tuple(map(str, application.problems)),
                    stack=stack,
                    ground=ground.names,
                )
            how = how if application.applies is ApplyResult.CLEAN else application.applies
            patched.append(application.tree)
            notes += map(str, application.misplaced)
        upstreams = [self._catalog.upstream(tree.base.upstream) for tree in ground.trees]
        below = self.patched.below(stack, ground)
        red = self.patched.red(stack, below, patched[0])
        for old, new in zip(below.trees, patched, strict=True):
            notes += self._by_hand.undefined_names(old, new)
        notes += self._by_hand.undone(stack, patched[0])
        parts = tuple(self._selection.parts(stack, below.trees, patched))
        is_quiet = tracing.is_quiet(ground.python)
        return Comparison(
            stack=stack,
            ground=below,
            patched_trees=tuple(patched),
            traced=traced_files(self._provider.trees, below.trees, patched) if is_quiet else (),
            red_trees=red.trees,
            imports=tuple(self._selection.imports(below.trees, patched)),
            edits=self._by_hand.edits(below.trees[0], patched[0]),
            own_tests=self._by_hand.own_tests(below.trees[0], patched[0]),
            notes=(*notes, *filter(None, [red.note])),
            parts=parts,
            red_labels=self._selection.own_labels(below.trees[0], patched[0], parts),
            applies=how,
            flips=tuple(f for c in self._catalog.in_order(stack) for f in c.about.flips),
            quarantine=tuple(q for upstream in upstreams for q in upstream.quarantine),
            bottom=ground.trees if below.trees != ground.trees else (),
        )

    def _chosen(self) -> tuple[tuple[Stack, ...], tuple[Note, ...]]:
        """The stacks that were asked for, or every candidate that somebody proposes for the
        ticket, and then where those for others are."""
        named = [name for name, specs in self._request.bases.items() if specs]
        strays = [
            *(self._catalog.add_stray(text, named, self._files) for text in self._request.patches),
            *self._series(named),
        ]
        asked = (*self._request.candidates, *(Stack((each.name,)) for each in strays))
        for stack in asked:
            self._catalog.in_order(stack)
            self._check_upstreams(stack)
        names, said = tickets.candidates_of(self._catalog, self._request.ticket)
        chosen = asked or tuple(Stack((name,)) for name in names)
        kept = tuple(s for s in chosen if all(self._request.specs(u) for u in s.upstreams))
        for stack in asked:
            if stack not in kept:
                raise RequestError(f"{stack} needs a base that was left out with `none`")
        notes = (Note(NoteKind.HINT, said),) if said and not asked else ()
        return kept, notes

    def _series(self, named: list[str]) -> list[Candidate]:
        if not self._request.each:
            add = self._catalog.add_series
            return [add(text, named, self._files) for text in self._request.series]
        if not self._request.series:
            raise RequestError("--each is about the patches of a --series; give one")
        each = self._catalog.add_each
        return [c for text in self._request.series for c in each(text, named, self._files)]

    def _files(self, upstream: str) -> frozenset[str]:
        """The paths in an upstream's first base; none if it can not be had."""
        try:
            bases = [self._provider.base(s, upstream) for s in self._request.specs(upstream)[:1]]
        except WorkbenchError:
            return frozenset()
        return frozenset(path for tree in bases for path in self._provider.trees.paths(tree))

    def _check_upstreams(self, stack: Stack) -> None:
        projects = [self._provider.project(upstream) for upstream in stack.upstreams]
        kinds = [kind_of(project).IS_INTERPRETER for project in projects]
        if kinds.count(True) > 1 or kinds.count(False) > 1:
            raise RequestError(
                f"{stack}: a stack is for one project, for one interpreter, or for one of each"
            )

    def _comparisons(
        self, stack: Stack, grounds: Iterable[Ground]
    ) -> tuple[list[Comparison | Judgement], list[Note]]:
        made: list[Comparison | Judgement] = []
        notes: list[Note] = []
        for ground in grounds:
            if not (self._is_judged_on(stack, ground) and self._is_wanted(stack, ground)):
                continue
            if self._unseen.in_tree(stack, ground):
                continue
            try:
                made.append(self.compare(stack, ground))
            except RequestError:
                raise
            except WorkbenchError as error:
                notes.append(left_out(f"{stack} on {ground}: {error}"))
        return made, notes

    def _is_judged_on(self, stack: Stack, ground: Ground) -> bool:
        upstreams = {tree.base.upstream for tree in ground.trees}
        if not upstreams.issuperset(stack.upstreams):
            return False
        if len(ground.trees) == 1 or len(stack.upstreams) > 1:
            return True
        # A patched interpreter is judged by what stands on it. Beside a stack on both
        # upstreams, the other half is judged on the same ground.
        if self.grounds.is_interpreter(stack.upstreams[0]):
            return True
        return any(is_half(stack, other) for other in self.stacks)

    def _control_group(self, comparisons: Iterable[Comparison]) -> Iterator[Job]:
        """The same tests on servers that nobody complains about: the judges of our tests."""
        wire = [c for c in comparisons if any(p.suite == WIRE for p in c.parts)]
        for server in regression.CONTROL_GROUP if wire else ():
            yield Job(
                suite=WIRE,
                trees=(),
                python=wire[0].python,
                labels=(server,),
                select=self._request.select,
                timeout=self._request.timeout,
                test_timeout=self._request.test_timeout,
            )


def is_half(stack: Stack, other: Stack) -> bool:
    """Whether ``stack`` is what ``other`` puts on one of its several upstreams."""
    return len(other.upstreams) > 1 and stack in map(other.on, other.upstreams)
