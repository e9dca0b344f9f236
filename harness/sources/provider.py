"""Gets trees onto this machine: the base that a SPEC means, and the tree of a job.

Owns: the way from a base to a tree, and to the Python that runs it. Must not know
suites, results, or the command line. Whoever wants a tree or an interpreter asks here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import msgspec

from ..catalog.candidate import Candidate
from ..catalog.catalog import Catalog
from ..model import (
    ApplyResult,
    Base,
    Interpreter,
    Patch,
    Project,
    RequestError,
    Source,
    Stack,
    Tree,
    WorkbenchError,
)
from ..pythons import installs, interpreters
from ..request import DEFAULT
from ..system.home import Home
from ..trees.scope import Misplaced
from ..trees.trees import Application, Trees
from ..upstreams import check, kind_of, metadata
from . import SOURCES, git, sdist, spec


class Provider:
    """Trees and interpreters for one workbench folder.

    ``projects`` are the upstreams by name; a job's own trees carry theirs with them.
    """

    def __init__(self, home: Home, projects: Mapping[str, Project]) -> None:
        self.home = home
        self.trees = Trees(home)
        self.projects = projects
        self._unobtainable: dict[str, str] = {}

    @classmethod
    def of(cls, home: Home, catalog: Catalog, mirrors: Mapping[str, str]) -> Provider:
        """For the upstreams of a catalog; ``mirrors`` are other URLs to fetch from with git.

        Raises ``RequestError`` for an upstream whose kind nobody knows.
        """
        check(catalog.upstreams.values())
        for name in mirrors:
            catalog.upstream(name)
        projects = {name: upstream.project for name, upstream in catalog.upstreams.items()}
        return cls(home, {n: _at(p, mirrors.get(n, p.url)) for n, p in projects.items()})

    @cached_property
    def found(self) -> list[Interpreter]:
        """The interpreters of this machine."""
        return interpreters.find(self.home)

    def project(self, name: str) -> Project:
        """The upstream of that name; ``RequestError`` names the known ones."""
        try:
            return self.projects[name]
        except KeyError:
            known = ", ".join(self.projects)
            raise RequestError(f"no upstream {name!r}; known are: {known}") from None

    def base(self, text: str, upstream: str) -> Tree:
        """The tree of a base, brought here if it is not. ``default`` is the upstream's own."""
        return self._tree_of(text, self.project(upstream))

    def take(self, base: Base) -> Tree:
        """The base's tree; its content is fetched when it is not here yet."""
        if base.source is Source.GIT:
            return self.trees.fetch(base)
        # A folder may have changed since it was last looked at.
        known = None if base.source is Source.PATH else self.trees.known(base)
        if known is not None:
            return known
        source = SOURCES[base.source]
        return self.trees.take_in(base, source.files(base, self.home, self.found))

    def provide(self, tree: Tree) -> Tree:
        """A job's tree, made again here if it has to be; the same tree id or an error."""
        if self.trees.has(tree):
            return tree
        base = self.take(tree.base)
        made = self.apply(base, tree.stack, tree.patches) if tree.patches else None
        tree_id = made.tree.tree if made and made.tree else base.tree
        if tree_id != tree.tree:
            raise WorkbenchError(f"{tree.base} is not the same here: {tree_id}, not {tree.tree}")
        return (made.tree if made else None) or base

    def apply(self, base: Tree, stack: Stack, series: Sequence[Patch]) -> Application:
        """Apply a series; if it does not go on as it is, merge it three ways.

        The blobs for the merge are those of the release the patch was made for.
        """
        patchable = kind_of(base.base.project).patchable(base.base.source)
        tried = self.trees.apply(base, stack, tuple(series), patchable)
        if tried.applies is not ApplyResult.NO:
            return tried
        others = {patch.made_for for patch in series} - {"", base.base.version}
        if not any([self._ancestor(base, version) for version in sorted(others)]):
            return tried
        return self.trees.apply(base, stack, tuple(series), patchable)

    def apply_stack(self, base: Tree, stack: Stack, candidates: Sequence[Candidate]) -> Application:
        """Apply candidates one after another, each by the text that fits the base best.

        ``stack`` is what the result is called; ``candidates`` are its own and those below.
        """
        tree, how = base, ApplyResult.CLEAN
        version = self._version(base) if any(each.about.variant for each in candidates) else ""
        misplaced: list[Misplaced] = []
        for candidate in candidates:
            tried: list[Application] = []
            for series in candidate.alternatives(version):
                tried.append(self.apply(tree, stack, series))
                if tried[-1].tree is not None:
                    break
            best = tried[-1] if tried[-1].tree else tried[0]
            if best.tree is None:
                return best
            how = how if best.applies is ApplyResult.CLEAN else best.applies
            tree = best.tree
            misplaced += best.misplaced
        return Application(how, tree, misplaced=tuple(misplaced))

    def python_for(
        self,
        tree: Tree,
        wanted: str | None = None,
        among: Sequence[Interpreter] | None = None,
    ) -> Interpreter:
        """The interpreter that runs a tree: the newest that fits, or the one that is wanted.

        One that the machine lacks is got with uv. ``among`` are the interpreters
        to choose from, if not all that were found. Raises ``WorkbenchError`` if
        there is none.
        """
        base = tree.base
        kind = kind_of(base.project)
        if kind.IS_INTERPRETER:
            return self._own_python(tree)
        checkout = self.trees.checkout(tree)
        requires = base.project.python or metadata.requires_python(checkout)
        version = self._version(tree)
        need = interpreters.Need(f"{base.upstream} {version}", requires, kind.pythons(version))
        if among is not None:
            return interpreters.choose(need, wanted, among)
        try:
            return interpreters.choose(need, wanted, self.found)
        except interpreters.MissingInterpreter as lacking:
            if why := self._install(lacking.minor):
                raise interpreters.MissingInterpreter(f"{lacking}; {why}", lacking.minor) from None
        return interpreters.choose(need, wanted, self.found)

    def same_python(self, wanted: Interpreter, *, any_micro: bool = False) -> Interpreter:
        """The interpreter of this machine that stands for one of another machine's.

        It is of the same version; ``any_micro`` says that the same minor version will do. One
        that is not here is got with uv. Raises ``WorkbenchError`` if it can not be had.
        """
        if not wanted.path:
            return wanted  # it is built from a tree
        found = self._same_as(wanted, any_micro)
        if found is None and not self._install(wanted.version):
            found = self._same_as(wanted, any_micro)
        if found is None:
            raise WorkbenchError(f"it has no Python {wanted.version}")
        return found

    def _same_as(self, wanted: Interpreter, any_micro: bool) -> Interpreter | None:
        def distance(python: Interpreter) -> tuple[bool, bool, bool]:
            is_exact = (python.path, python.build) == (wanted.path, wanted.build)
            return python.version != wanted.version, not is_exact, not python.has_tests

        same = [p for p in self.found if p.version == wanted.version]
        if any_micro:
            same += [p for p in self.found if p.minor == wanted.minor]
        return min(same, key=distance, default=None)

    def _version(self, tree: Tree) -> str:
        """What a tree calls itself, where it is no release; empty if that can not be read."""
        base = tree.base
        if spec.VERSION.fullmatch(base.version):
            return base.version
        try:
            return kind_of(base.project).version_of(self.trees.checkout(tree), base.project)
        except (OSError, ValueError):
            return ""

    def _own_python(self, tree: Tree) -> Interpreter:
        """An installed library runs with its own Python; what is built here brings one along,
        and an installed one of its minor version stands for it where something is installed."""
        base = tree.base
        if base.source is Source.INSTALLED:
            return interpreters.of_version(base.version, self.found)
        # A commit or a folder says what it is on the way to.
        own = Interpreter("", self._version(tree) or base.version, "built here", "", True)
        same = [python for python in self.found if python.minor == own.minor]
        return same[-1] if same else own

    def _install(self, minor: str) -> str:
        """Have uv install that Python, asked once; why it can not, or nothing."""
        if minor not in self._unobtainable:
            try:
                installs.get(self.home, minor)
            except WorkbenchError as error:
                self._unobtainable[minor] = str(error)
            else:
                self._unobtainable[minor] = ""
                self.found = interpreters.find(self.home)
        return self._unobtainable[minor]

    def _tree_of(self, text: str, project: Project) -> Tree:
        if text == DEFAULT:
            source = kind_of(project).SOURCES[0]
            if source is Source.SDIST:
                minors = sorted({python.minor for python in self.found})
                return self.take(sdist.newest(project, minors, self.home))
            text = source
        meant = spec.read(text, project, self.found)
        if meant.source is Source.GIT:
            return self.trees.fetch(self._git_base(meant.words, project))
        source_module = SOURCES[meant.source]
        return self.take(source_module.resolve(meant.words, project, self.home, self.found))

    def _ancestor(self, base: Tree, version: str) -> bool:
        """Bring the release that a patch was made for, where it can be had."""
        try:
            self._tree_of(version, base.base.project)
        except WorkbenchError:
            return False
        return True

    def _git_base(self, wanted: str, project: Project) -> Base:
        remote = git.resolve(wanted, project.url)
        if not remote.url:
            raise RequestError(
                f"{wanted!r} is no release of {project.name}, and patches/{project.name}/"
                f"upstream.toml names no git repository; give --mirror {project.name}=URL"
            )
        try:
            commit = self.trees.commit_of(project.name, remote.url, remote.ref)
        except RequestError:
            raise
        except WorkbenchError as error:
            raise WorkbenchError(f"{error}{self._instead(project)}") from None
        label = remote.ref if remote.ref == commit else f"{remote.ref}@{commit[:10]}"
        return Base(project, label[:40], Source.GIT, f"{remote.url}@{commit}")

    def _instead(self, project: Project) -> str:
        if Source.INSTALLED in kind_of(project).SOURCES:
            return f"; `--base {project.name}={Source.INSTALLED}` needs no network"
        try:
            near = sdist.releases(project, self.home)[-3:]
        except WorkbenchError:
            return ""
        return f"; releases that would do: {', '.join(near)}"


def _at(project: Project, url: str) -> Project:
    return msgspec.structs.replace(project, url=url)
