"""The projects that stand on what a patch of an interpreter touches, found by their imports.

Owns: which projects of ``impact.toml`` judge which stack, the request that has their tests run,
and what came of each. Must not know one interpreter or project, nor how jobs are carried out.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from ..catalog.catalog import Catalog
from ..catalog.impact import Dependent
from ..judge import impact
from ..judge.impact import BaseTests
from ..model import (
    BaseName,
    ChangedLines,
    Ground,
    Impact,
    ImpactState,
    Judgement,
    ModuleUse,
    Note,
    NoteKind,
    Project,
    ProjectImpact,
    RequestError,
    Stack,
    Tree,
    Verdict,
    WorkbenchError,
)
from ..pythons import environments
from ..request import DEFAULT, Request
from ..sources.provider import Provider
from ..suites import SUITES, own_suite
from ..upstreams import kind_of, touched
from .changed_code import changed_code
from .comparison import Comparison
from .plan import Planner

ALL = "all"
STOPPED = "the run was stopped"
IMPORTS_NONE = "it imports none of them"


class Chosen(NamedTuple):
    """The projects that judge one stack on one interpreter.

    ``modules`` are those that the stack touches and what stands on them, ``changed`` are its
    statements; there is nothing of it where the stack does not apply.
    """

    stack: Stack
    interpreter: Tree
    applies: bool
    modules: tuple[str, ...] = ()
    projects: tuple[ProjectImpact, ...] = ()
    changed: tuple[ChangedLines, ...] = ()


class Found(NamedTuple):
    """A project's release: the ``folders`` in which imports count, or ``why`` there is none
    that can be tested."""

    version: str
    folders: tuple[Path, ...] = ()
    why: str = ""


class Study:
    """Who stands on what stacks touch: a request, and how its results are read.

    ``request``, ``provider`` and ``catalog`` are what was given, with these projects in them.
    """

    def __init__(
        self, request: Request, catalog: Catalog, provider_of: Callable[[Catalog], Provider]
    ) -> None:
        """Raises ``RequestError`` for a project that is on no list, and for a stack that is
        for no interpreter with a list."""
        self.catalog = catalog
        self._listed = {
            each.name: each for known in catalog.impact_lists.values() for each in known.project
        }
        self._check_names(request.projects)
        for known in catalog.impact_lists.values():
            for each in known.project:
                catalog.adopt(each.upstream(known.kind, catalog.upstreams.get(each.name)))
        self.provider = provider_of(catalog)
        self._interpreters = [
            name
            for name in catalog.impact_lists
            if kind_of(self.provider.project(name)).IS_INTERPRETER
        ]
        self._named = request.projects
        asked = self._asked(request)
        planner = Planner(asked, self.provider, catalog)
        self._check_stacks(planner.stacks)
        rows = planner.applied().rows
        # Several stacks on one interpreter ask for the same project.
        self._trees: dict[tuple[str, str], Found] = {}
        self._chosen = [
            self._choose(row.stack, row.base, row.application.tree, request) for row in rows
        ]
        self.request = self._completed(asked, request)

    def is_judged_on(self, stack: Stack, ground: Ground) -> bool:
        """Whether a ground is a project that was chosen for a stack."""
        return any(
            each.stack == stack
            and each.interpreter == ground.trees[-1]
            and any(_is_open(p) and p.project == ground.names[0].upstream for p in each.projects)
            for each in self._chosen
        )

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was left out, and why."""
        notes = []
        for each in self._chosen:
            there = {project.project for project in each.projects}
            none = [name for name in self._wanted(each.interpreter) if name not in there]
            if each.applies and none:
                text = f"{each.stack}: {', '.join(none)}: {_none_of(each.modules)}"
                notes.append(Note(NoteKind.HINT, text))
        return tuple(notes)

    def impacts(
        self,
        judged: Sequence[tuple[Comparison, Judgement]],
        tests_of: Callable[[Comparison], BaseTests],
        partial: bool = False,
    ) -> list[Impact]:
        """What came of every stack; ``tests_of`` tells how tests did on a comparison's base."""
        found: list[Impact] = []
        for each in self._chosen:
            projects: list[ProjectImpact] = []
            reached = []
            for project in each.projects:
                mine = [
                    pair
                    for pair in judged
                    if pair[0].stack == each.stack
                    and pair[0].ground.trees[-1] == each.interpreter
                    and pair[1].ground[0].upstream == project.project
                ]
                if not mine or not _is_open(project):
                    why = STOPPED if partial and _is_open(project) else ""
                    projects.append(msgspec.structs.replace(project, why=project.why or why))
                    continue
                comparison, judgement = mine[0]
                files = impact.reached_of(each.changed, judgement.reach)
                tests = tests_of(comparison)
                projects.append(impact.project_impact(project, judgement, tests, files))
                reached += [files] * projects[-1].state.is_evidence
            files = impact.together(each.changed, reached)
            base = each.interpreter.base
            verdict = impact.verdict_of(projects, files)
            found.append(
                Impact(
                    stack=each.stack,
                    ground=BaseName(base.upstream, base.version),
                    verdict=verdict if each.applies else Verdict.DOES_NOT_APPLY,
                    projects=tuple(projects),
                    files=files,
                    modules=each.modules,
                )
            )
        return found

    def _check_names(self, names: Iterable[str]) -> None:
        known = list(self._listed)
        for name in names:
            if name not in known:
                near = difflib.get_close_matches(name.lower(), known, 3)
                hint = (
                    f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
                )
                raise RequestError(f"no impact.toml in {self.catalog.folder} has {name!r}; {hint}")

    def _asked(self, request: Request) -> Request:
        """The request for the interpreters alone, with their candidates if none was named."""
        if not self._interpreters:
            raise RequestError(
                f"no interpreter in {self.catalog.folder} has an impact.toml, the list of projects "
                "that stand on it; patches/cpython/impact.toml is one"
            )
        mine = tuple(
            Stack((each.name,))
            for each in self.catalog.candidates.values()
            if each.upstream in self._interpreters and each.about.reverts is None
        )
        is_named = request.candidates or request.patches or request.series
        bases: dict[str, tuple[str, ...]] = {}
        for name in self._interpreters:
            if name in request.bases:
                bases[name] = request.bases[name]
            elif request.python:
                bases[name] = (request.python,)
        return msgspec.structs.replace(
            request,
            bases=bases,
            python="",
            candidates=request.candidates if is_named else mine,
            budget=request.budget or 0.0,
        )

    def _check_stacks(self, stacks: Iterable[Stack]) -> None:
        for stack in stacks:
            if not set(stack.upstreams) <= set(self._interpreters):
                raise RequestError(
                    f"{stack}: impact is for patches of {', '.join(self._interpreters)}, whose "
                    "dependents are listed; `test` judges the others"
                )

    def _wanted(self, interpreter: Tree) -> list[str]:
        """The projects that are asked for, of the list of an interpreter."""
        listed = self.catalog.impact_lists[interpreter.base.upstream].project
        return [each.name for each in listed if each.name in (self._named or [each.name])]

    def _choose(self, stack: Stack, base: Tree, patched: Tree | None, request: Request) -> Chosen:
        if patched is None:
            return Chosen(stack, base, applies=False)
        through = self._modules(base, patched)
        projects = []
        for name in self._wanted(base):
            found = self._found(self._listed[name], base, request)
            why = found.why
            uses = _uses(found.folders, through)
            if found.folders and not uses:
                if name not in self._named:
                    continue
                why = IMPORTS_NONE
            state = ImpactState.NO_EVIDENCE if why == IMPORTS_NONE else ImpactState.UNTESTABLE
            projects.append(ProjectImpact(name, found.version, state, why, uses))
        code = changed_code(self.provider.trees, base, patched).statements
        changed = tuple(
            ChangedLines(f"{base.base.upstream}:{path}", tuple(each.first for each in statements))
            for path, statements in code.items()
        )
        return Chosen(stack, base, True, tuple(through), tuple(projects), changed)

    def _modules(self, base: Tree, patched: Tree) -> dict[str, str]:
        """The touched modules, and those of the library that stand on them, with on which."""
        kind = kind_of(base.base.project)
        own = kind.modules_of(self.provider.trees.changed_paths(base, patched))
        checkout = self.provider.trees.checkout(base)
        return dict.fromkeys(own, "") | touched.standing_on(checkout, own, kind.modules_of)

    def _found(self, listed: Dependent, interpreter: Tree, request: Request) -> Found:
        """The project's release, if its tests can be run on an interpreter."""
        key = (listed.name, interpreter.commit)
        if key not in self._trees:
            self._trees[key] = self._find(listed, interpreter, request)
        return self._trees[key]

    def _find(self, listed: Dependent, interpreter: Tree, request: Request) -> Found:
        spec = self._spec(listed, request)
        try:
            tree = self.provider.base(spec, listed.name)
        except WorkbenchError as error:
            return Found(listed.version, why=str(error))
        project = tree.base.project
        try:
            python = self.provider.python_for(interpreter)
            self.provider.python_for(tree, among=[python])
            checkout = self.provider.trees.checkout(tree)
            SUITES[own_suite(project)].shards(project, checkout, ())
            # What can not be installed is known before anything runs, and no test has a network.
            wanted = kind_of(project).requirements(checkout, python, project)
            installed = environments.provide(self.provider.home, python, wanted).site_packages
        except WorkbenchError as error:
            return Found(tree.base.version, why=" ".join(str(error).split()))
        helpers = (installed / name for name in listed.helpers)
        return Found(tree.base.version, (checkout, *helpers))

    def _spec(self, listed: Dependent, request: Request) -> str:
        return (*request.bases.get(listed.name, ()), listed.version or DEFAULT)[0]

    def _completed(self, asked: Request, request: Request) -> Request:
        """The request with the projects that can be tested, and all of their tests."""
        names = {
            each.project for chosen in self._chosen for each in chosen.projects if _is_open(each)
        }
        others = {*self.catalog.upstreams} - {*self._interpreters}
        bases = {**asked.bases, **dict.fromkeys(sorted(others), ())}
        bases |= {name: (self._spec(self._listed[name], request),) for name in sorted(names)}
        suites = dict.fromkeys(_everything(self.provider.project(name)) for name in sorted(names))
        return msgspec.structs.replace(asked, bases=bases, suites=tuple(suites))


def _is_open(project: ProjectImpact) -> bool:
    """Whether nothing is in the way of running its tests."""
    return not project.why


def _everything(project: Project) -> str:
    return f"{own_suite(project)}:{ALL}"


def _uses(folders: Sequence[Path], through: dict[str, str]) -> tuple[ModuleUse, ...]:
    """What is imported in the first folder, a project, and in the others, its helpers."""
    found: dict[str, list[str]] = {}
    for folder in folders:
        whose = "" if folder is folders[0] else f"{folder.name}/"
        for name, files in touched.importers_of_each(folder, through).items():
            found.setdefault(name, []).extend(f"{whose}{file}" for file in files)
    names = [name for name in through if name in found]
    return tuple(ModuleUse(name, tuple(found[name]), through[name]) for name in names)


def _none_of(modules: Sequence[str]) -> str:
    return f"not run, they import none of {', '.join(modules)}"
