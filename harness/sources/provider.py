"""Gets trees onto this machine: what a SPEC means, and the tree for a job.

Owns: the meaning of ``--django SPEC`` and ``--cpython SPEC``, and the way from a
base to a tree. Must not know suites, results, or the command line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from ..catalog.catalog import Candidate, Catalog
from ..model import (
    ApplyResult,
    Base,
    Interpreter,
    Patch,
    RequestError,
    Source,
    Tree,
    WorkbenchError,
)
from ..pythons import installs, interpreters
from ..system.home import Home
from ..trees.trees import Application, Trees
from . import SOURCES, git, sdist

VERSION = re.compile(r"\d+\.\d+(\.\d+)?((a|b|rc)\d+)?")
DEFAULT = "default"


class Spec(NamedTuple):
    """A SPEC that was read: a source, and the words for it."""

    source: Source
    wanted: str


class Supply:
    """Trees and interpreters for one workbench folder."""

    def __init__(self, home: Home, urls: dict[str, str]) -> None:
        self.home = home
        self.trees = Trees(home)
        self.urls = urls
        self._unobtainable: dict[str, str] = {}

    @cached_property
    def found(self) -> list[Interpreter]:
        """The interpreters of this machine."""
        return interpreters.find(self.home)

    def _got(self, minor: str) -> str:
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

    def read(self, spec: str, upstream: str) -> Spec:
        """What a SPEC means: ``SOURCE:WORDS``, a version, a path, a ref, or ``installed``."""
        prefix, colon, rest = spec.partition(":")
        if colon and prefix in set(Source):
            return Spec(Source(prefix), rest)
        if spec in (Source.INSTALLED, Source.DEB):
            return Spec(Source(spec), spec if spec == Source.INSTALLED else "")
        if ("/" in spec or spec == ".") and Path(spec).is_dir():
            return Spec(Source.PATH, spec)
        if VERSION.fullmatch(spec):
            if upstream != "cpython":
                return Spec(Source.SDIST, spec)
            own = [p for p in self.found if p.has_tests and spec in (p.version, p.minor)]
            return Spec(Source.INSTALLED if own else Source.DEB, spec)
        return Spec(Source.GIT, spec)

    def base(self, spec: str, upstream: str) -> Tree:
        """The tree of a base, brought here if it is not. ``default`` is the upstream's own."""
        if spec == DEFAULT and upstream == "django":
            minors = sorted({python.minor for python in self.found})
            return self.take(sdist.newest(upstream, minors, self.home))
        meant = self.read(Source.INSTALLED if spec == DEFAULT else spec, upstream)
        if meant.source is Source.GIT:
            return self.trees.fetch(self._git_base(meant.wanted, upstream))
        source = SOURCES[meant.source]
        return self.take(source.resolve(meant.wanted, upstream, self.home, self.found))

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
        made = self.apply(base, tree.candidate, tree.patches) if tree.patches else None
        tree_id = made.tree.tree if made and made.tree else base.tree
        if tree_id != tree.tree:
            raise WorkbenchError(f"{tree.base} is not the same here: {tree_id}, not {tree.tree}")
        return (made.tree if made else None) or base

    def apply(self, base: Tree, name: str, series: Sequence[Patch]) -> Application:
        """Apply a series; if it does not go on as it is, merge it three ways.

        The blobs for the merge are those of the release the patch was made for.
        """
        tried = self.trees.apply(base, name, tuple(series))
        if tried.applies is not ApplyResult.NO:
            return tried
        others = {patch.made_for for patch in series} - {"", base.base.version}
        if not any([self._ancestor(base, version) for version in sorted(others)]):
            return tried
        return self.trees.apply(base, name, tuple(series))

    def apply_stack(self, base: Tree, name: str, stack: Sequence[Candidate]) -> Application:
        """Apply candidates one after another, each by the text that fits the base best."""
        tree, how = base, ApplyResult.CLEAN
        for candidate in stack:
            tried: list[Application] = []
            for series in candidate.alternatives(base.base.version):
                tried.append(self.apply(tree, name, series))
                if tried[-1].tree is not None:
                    break
            best = tried[-1] if tried[-1].tree else tried[0]
            if best.tree is None:
                return best
            how = how if best.applies is ApplyResult.CLEAN else best.applies
            tree = best.tree
        return Application(how, tree)

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
        if base.upstream != "django":
            if base.source is Source.INSTALLED:
                return interpreters.for_cpython(base.version, self.found)
            minor = ".".join(base.version.split(".")[:2])
            same = [python for python in self.found if python.minor == minor]
            return same[-1] if same else Interpreter("", base.version, "built here", "", True)
        checkout = self.trees.checkout(tree)
        requires = interpreters.requires_python(checkout)
        version = base.version if VERSION.fullmatch(base.version) else _told_by(checkout)
        if among is not None:
            return interpreters.for_django(version, requires, wanted, among)
        try:
            return interpreters.for_django(version, requires, wanted, self.found)
        except interpreters.MissingInterpreter as lacking:
            if why := self._got(lacking.minor):
                raise interpreters.MissingInterpreter(f"{lacking}; {why}", lacking.minor) from None
        return interpreters.for_django(version, requires, wanted, self.found)

    def _ancestor(self, base: Tree, version: str) -> bool:
        """Bring the release that a patch was made for, where it can be had."""
        upstream = base.base.upstream
        try:
            self.base(version, upstream)
        except WorkbenchError:
            return False
        return True

    def _git_base(self, wanted: str, upstream: str) -> Base:
        remote = git.resolve(wanted, self.urls[upstream])
        try:
            commit = self.trees.commit_of(upstream, remote.url, remote.ref)
        except RequestError:
            raise
        except WorkbenchError as error:
            raise WorkbenchError(f"{error}{self._instead(upstream)}") from None
        label = remote.ref if remote.ref == commit else f"{remote.ref}@{commit[:10]}"
        return Base(upstream, label[:40], Source.GIT, f"{remote.url}@{commit}")

    def _instead(self, upstream: str) -> str:
        if upstream == "cpython":
            return "; `--cpython installed` needs no network"
        try:
            near = sdist.releases(upstream, self.home)[-3:]
        except WorkbenchError:
            return ""
        return f"; releases that would do: {', '.join(near)}"


def _told_by(checkout: Path) -> str:
    """The release that a Django checkout of a branch or commit is on the way to."""
    try:
        text = (checkout / "django/__init__.py").read_text("utf-8")
    except OSError:
        return ""
    found = re.search(r"^VERSION = \((\d+), (\d+), (\d+)", text, re.M)
    return ".".join(found.groups()) if found else ""


def stack_of(catalog: Catalog, name: str) -> list[Candidate]:
    """The candidates that ``a+b`` stands for, with what they stack on, each once."""
    ordered: list[Candidate] = []
    for each in name.split("+"):
        ordered += [c for c in catalog.with_below(catalog.get(each)) if c not in ordered]
    return ordered
