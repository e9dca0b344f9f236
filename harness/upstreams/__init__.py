"""The kinds of project that can be patched: one module for each, listed in one dict.

What is special about one upstream stands here and in ``patches/``, and nowhere else.
A new kind is one new module with everything that ``UpstreamKind`` names, and one line
in ``KINDS``. Owns: that list and that protocol. Must not know: how a tree is got, how a
suite is run, what a verdict is.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ..catalog.upstream import Upstream
from ..model import Interpreter, Project, RequestError, Source
from . import cpython, django, pytest_project
from .building import BuildRules
from .command import PlainCommand
from .untested import Untested

__all__ = ["KINDS", "PlainCommand", "UpstreamKind", "check", "kind_of"]


class UpstreamKind(Protocol):
    """What the workbench asks about a project of one kind."""

    SOURCES: tuple[Source, ...]
    """Where its trees come from; the first is the default's."""
    IS_INTERPRETER: bool
    """Whether its tree is a Python, on which trees of other projects can stand."""
    IS_INSTALLED: bool
    """Whether its tests expect it to be installed: what they start has to import it too."""
    SUITE: str
    """The suite that runs its own tests, by its name in ``harness.suites.SUITES``."""
    LAB_FAMILY: str
    """The family of its servers in the wire lab (``harness.lab.kinds``); empty: none."""
    LOAD_SERVER: str
    """Which of these servers a load is put on to measure what a patch costs; empty: none."""
    OLDEST: str
    """The release series that a history begins with; empty: with all that there is."""
    LAB_CODE: tuple[str, ...]
    """Patterns of the paths in which these servers are: what touches them is for the wire."""
    IMPORT_SETUP: str
    """The program of ``harness.suites`` that makes its modules importable; empty: none."""
    UNTESTED: tuple[Untested, ...]
    """What no test can see, and what can; a path goes by the first class that it is in."""
    BUILDING: BuildRules | None
    """How its sources are built step by step; None where nothing is built."""
    REAL_OBJECTS: tuple[type, ...]
    """What its test doubles stand in for. A double that lacks what these have says
    something about the test, and nothing about the code."""

    def index_name(self, project: Project) -> str:
        """What the project is called on package indexes."""
        ...

    def release_source(self, version: str, found: Sequence[Interpreter]) -> Source:
        """Where a release comes from that was named by its number alone.

        ``found`` are the interpreters of this machine.
        """
        ...

    def version_of(self, folder: Path, project: Project) -> str:
        """The version of the tree in ``folder``.

        Raises ``OSError`` or ``ValueError`` if there is no tree of this project.
        """
        ...

    def pythons(self, version: str) -> tuple[str, str] | None:
        """The oldest and the newest Python (``3.8``, ``3.11``) that a release is known to
        run on, where that stands in no metadata of it."""
        ...

    def requirements(self, folder: Path, python: Interpreter, project: Project) -> tuple[str, ...]:
        """What the tests of the tree in ``folder`` need to be installed on ``python``."""
        ...

    def import_path(self, folder: Path) -> tuple[Path, ...]:
        """The folders of a checkout from which the project is imported."""
        ...

    def imported_as(self, path: str, folder: Path, project: Project) -> tuple[str, str] | None:
        """The folder of the tree in ``folder`` from which the Python file at ``path`` is
        imported, and its dotted name; None for one that is not meant to be imported."""
        ...

    def patchable(self, source: Source) -> tuple[str, ...]:
        """Patterns of the paths that a tree from that source has; empty: all of them."""
        ...

    def is_library_only(self, paths: Iterable[str]) -> bool:
        """Whether changes to these paths need nothing to be built again."""
        ...

    def is_built_from(self, path: str) -> bool:
        """Whether a build reads that path; if it alone differs, results of builds may."""
        ...

    def labels_of(self, paths: Iterable[str], tests: str) -> tuple[str, ...]:
        """What its suite calls the test modules at ``paths`` below the folder ``tests``."""
        ...

    def tests_folder(self, project: Project) -> str:
        """The folder of its tests, as a path in a tree."""
        ...

    def labels_touched(
        self, paths: Iterable[str], folder: Path, project: Project
    ) -> tuple[str, ...]:
        """The labels of its suite that a change of ``paths`` asks for, of those that the
        tree in ``folder`` has: touched tests, tests of that name, tests that import it.

        ``all`` where no smaller part is known; empty where no test can see the change.
        """
        ...

    def modules_of(self, paths: Iterable[str]) -> tuple[str, ...]:
        """What trees that stand on it import of these paths; empty: nothing stands on it."""
        ...

    def label_of_test(self, test: str) -> str:
        """The label of its suite under which a test of that id runs; empty: no such id."""
        ...

    def test_pattern(self, path: str, tests: str, names: Sequence[str]) -> str:
        """A pattern (``fnmatch``) of the ids that tests in a file have.

        ``path`` is the file's, below the folder ``tests``; ``names`` are those of a class
        and a method, or of a function. A name may be ``*``.
        """
        ...

    def debian_packages(self, wanted: str) -> tuple[str, ...]:
        """Debian's source packages that may hold the version ``wanted``; empty means any."""
        ...

    def lab_tree(self, folder: Path) -> Path | None:
        """The tree that the lab's servers of its family are made from; None where they
        need nothing but the tree's Python."""
        ...

    def plain_command(self, folder: Path, labels: Sequence[str]) -> PlainCommand:
        """How one would run these labels by hand, without the workbench."""
        ...


KINDS: Mapping[str, UpstreamKind] = {
    "django": django,
    "cpython": cpython,
    "pytest_project": pytest_project,
}


def kind_of(project: Project) -> UpstreamKind:
    """The plug-in for a project. Raises ``RequestError`` if there is none of that name."""
    try:
        return KINDS[project.kind]
    except KeyError:
        raise RequestError(_unknown(project.name, project.kind)) from None


def check(upstreams: Iterable[Upstream]) -> None:
    """Raise ``RequestError`` for the first upstream of a kind that there is not."""
    for upstream in upstreams:
        kind_of(upstream.project)


def _unknown(name: str, kind: str) -> str:
    near = difflib.get_close_matches(kind, KINDS, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(KINDS)}"
    return f"patches/{name}/upstream.toml: there is no kind {kind!r}; {hint}"
