"""From a request to comparisons: trees, stacks, interpreters and shards.

Owns: which candidate is tried on which base, by which suites. Must not know
results. What can not be had is a note; the rest of the work still goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from ..catalog.catalog import Catalog
from ..judge import wire
from ..model import (
    ApplyResult,
    Interpreter,
    Job,
    Judgement,
    RequestError,
    Tree,
    Verdict,
    WorkbenchError,
)
from ..request import Request
from ..sources.provider import Supply, stack_of
from ..suites import SUITES, WIRE, regression
from ..trees.trees import Application
from .trial import CONTROL, Comparison, Part


class Ground(NamedTuple):
    """Trees that are a base together, and the Python that runs them."""

    trees: tuple[Tree, ...]
    python: Interpreter
    suites: tuple[str, ...]

    @property
    def name(self) -> str:
        """``django 6.1.3`` or ``django 6.1.3 on cpython 3.13.0``."""
        return " on ".join(str(tree.base) for tree in self.trees)


class AppliedCandidate(NamedTuple):
    """One candidate on one base."""

    name: str
    base: Tree
    application: Application


class Plan(NamedTuple):
    """What there is to compare, what can not be, and why."""

    bases: list[tuple[Tree, Interpreter]]
    comparisons: list[Comparison]
    controls: list[Comparison]
    unfit: list[Judgement]
    notes: list[str]
    beside: list[Job]


class Planner:
    """Plans one request."""

    def __init__(self, request: Request, supply: Supply, catalog: Catalog) -> None:
        self._request = request
        self._supply = supply
        self._catalog = catalog
        self.notes: list[str] = []
        self._suites = _suites(request)
        self.names = self._wanted()

    def applied(self) -> Iterator[AppliedCandidate]:
        """Every candidate applied to every base of its upstream."""
        bases = {upstream: self._bases(upstream) for upstream in self._catalog.upstreams}
        for name in self.names:
            for upstream in self._upstreams(name):
                for base in bases[upstream]:
                    yield AppliedCandidate(name, base, self._apply(name, base))

    def plan(self) -> Plan:
        """Everything that `test` has to run."""
        django, cpython = self._grounds()
        both = self._crossed(django, cpython)
        bases = {g.trees[0].commit: (g.trees[0], g.python) for g in (*django, *cpython)}
        comparisons: list[Comparison] = []
        unfit: list[Judgement] = []
        for name in self.names:
            for ground in self._where(name, django, cpython, both):
                made = self.compare(name, ground)
                if isinstance(made, Judgement):
                    unfit.append(made)
                elif made.parts:
                    comparisons.append(made)
            if name not in {c.name for c in comparisons} | {judged.name for judged in unfit}:
                self.notes.append(f"{name} was not judged: no suite that was chosen runs on it")
        used = {(c.base_trees, c.python, c.parts): c for c in comparisons}
        controls = [self._control(comparison) for comparison in used.values()]
        beside = self._control_group(comparisons)
        return Plan(list(bases.values()), comparisons, controls, unfit, self.notes, beside)

    def _wanted(self) -> list[str]:
        strays = [self._catalog.add_stray(text).name for text in self._request.patches]
        asked = [*self._request.candidates, *strays]
        for name in asked:
            stack_of(self._catalog, name)
        # What takes a commit back is for `bisect`: it is no fix that anybody proposes.
        fixes = [c.name for c in self._catalog.candidates.values() if c.about.reverts is None]
        chosen = asked or fixes
        kept = [n for n in chosen if all(self._request_has(u) for u in self._upstreams(n))]
        for name in asked:
            if name not in kept:
                raise RequestError(f"{name} needs a base that was left out with `none`")
        return kept

    def _request_has(self, upstream: str) -> bool:
        return bool({"django": self._request.django, "cpython": self._request.cpython}[upstream])

    def _upstreams(self, name: str) -> list[str]:
        return list(dict.fromkeys(part.partition("/")[0] for part in name.split("+")))

    def _bases(self, upstream: str) -> list[Tree]:
        specs = {"django": self._request.django, "cpython": self._request.cpython}[upstream]
        needed = any(upstream in self._upstreams(name) for name in self.names)
        found = []
        for spec in specs if needed else ():
            try:
                found.append(self._supply.base(spec, upstream))
            except RequestError:
                raise
            except WorkbenchError as error:
                self.notes.append(f"{upstream} {spec}: {error}")
        return found

    def _grounds(self) -> tuple[list[Ground], list[Ground]]:
        specs = self._request.django if self._of("django") else ()
        django = [g for spec in specs if (g := self._attempt(self.django_ground, spec))]
        needed = any("cpython" in self._upstreams(name) for name in self.names)
        cpython = [
            ground
            for spec in (self._request.cpython if needed else ())
            if (ground := self._attempt(self.cpython_ground, spec))
        ]
        return django, cpython

    def _attempt(self, make: Callable[[str], Ground], spec: str) -> Ground | None:
        try:
            return make(spec)
        except RequestError:
            raise
        except WorkbenchError as error:
            self.notes.append(f"{spec}: {error}")
            return None

    def django_ground(self, spec: str) -> Ground:
        """A Django base with the Python that runs it."""
        tree = self._supply.base(spec, "django")
        python = self._supply.python_for(tree, self._request.python or None)
        return Ground((tree,), python, self._of("django"))

    def cpython_ground(self, spec: str) -> Ground:
        """A CPython base; an installed one only runs with its own Python."""
        tree = self._supply.base(spec, "cpython")
        python = self._supply.python_for(tree)
        return Ground((tree,), python, self._of("cpython"))

    def _crossed(self, django: list[Ground], cpython: list[Ground]) -> list[Ground]:
        """Django's tests on a CPython tree: Django inherits from its servers."""
        crossed = []
        for mine in django:
            for ground in cpython:
                tree = mine.trees[0]
                try:
                    if not ground.python.path:
                        raise WorkbenchError(f"no Python {ground.python.version} is installed")
                    self._supply.python_for(tree, among=[ground.python])
                except WorkbenchError as error:
                    said = str(error).partition(";")[0]
                    self.notes.append(f"{tree.base} on {ground.name} is left out: {said}")
                    continue
                crossed.append(Ground((tree, ground.trees[0]), ground.python, self._of("django")))
        return crossed

    def _of(self, upstream: str) -> tuple[str, ...]:
        return tuple(
            suite for suite in self._suites if SUITES[suite.partition(":")[0]].runs_on(upstream)
        )

    def _where(
        self, name: str, django: list[Ground], cpython: list[Ground], both: list[Ground]
    ) -> list[Ground]:
        upstreams = self._upstreams(name)
        if len(upstreams) > 1:
            return both
        own = django if upstreams == ["django"] else cpython
        # Beside a stack on both upstreams, its Django half is judged on the same ground.
        wanted = upstreams == ["cpython"] or wire.is_half(name, self.names)
        return [*own, *both] if wanted else own

    def compare(self, name: str, ground: Ground) -> Comparison | Judgement:
        """A stack on a ground: what to run, or why it does not apply."""
        patched: list[Tree] = []
        how = ApplyResult.CLEAN
        for tree in ground.trees:
            mine = [p for p in name.split("+") if p.startswith(f"{tree.base.upstream}/")]
            if not mine:
                patched.append(tree)
                continue
            application = self._apply("+".join(mine), tree)
            if application.tree is None:
                return Judgement(
                    name=name,
                    base=ground.name,
                    applies=ApplyResult.NO,
                    verdict=Verdict.DOES_NOT_APPLY,
                    problems=tuple(map(str, application.problems)),
                )
            how = how if application.applies is ApplyResult.CLEAN else application.applies
            patched.append(application.tree)
        return Comparison(
            name=name,
            base=ground.name,
            base_trees=ground.trees,
            patched_trees=tuple(patched),
            python=ground.python,
            parts=self._parts(ground),
            applies=how,
            flips=tuple(f for c in stack_of(self._catalog, name) for f in c.about.flips),
            quarantine=tuple(
                q
                for tree in ground.trees
                for q in self._catalog.upstream(tree.base.upstream).quarantine
            ),
        )

    def _control(self, comparison: Comparison) -> Comparison:
        return msgspec.structs.replace(
            comparison,
            name=CONTROL,
            patched_trees=comparison.base_trees,
            flips=(),
            applies=ApplyResult.CLEAN,
        )

    def _control_group(self, comparisons: list[Comparison]) -> list[Job]:
        """The same tests on servers that nobody complains about: the judges of our tests."""
        wire = [c for c in comparisons if any(p.suite == WIRE for p in c.parts)]
        return [
            Job(
                suite=WIRE,
                trees=(),
                python=wire[0].python,
                labels=(server,),
                select=self._request.select,
                timeout=self._request.timeout,
                test_timeout=self._request.test_timeout,
            )
            for server in (regression.CONTROL_GROUP if wire else ())
        ]

    def _apply(self, name: str, base: Tree) -> Application:
        return self._supply.apply_stack(base, name, stack_of(self._catalog, name))

    def _parts(self, ground: Ground) -> tuple[Part, ...]:
        labels: dict[str, list[str]] = {}
        for suite in ground.suites:
            name, _, label = suite.partition(":")
            labels.setdefault(name, []).extend([label] if label else [])
        checkout = self._supply.trees.checkout(ground.trees[0])
        return tuple(
            Part(name, shard)
            for name, wanted in labels.items()
            for shard in SUITES[name].shards(checkout, tuple(wanted))
        )


def _suites(request: Request) -> tuple[str, ...]:
    chosen = request.suites or tuple(SUITES)
    for suite in chosen:
        if suite.partition(":")[0] not in SUITES:
            raise RequestError(f"no suite {suite!r}; known are: {', '.join(SUITES)}")
    return chosen
