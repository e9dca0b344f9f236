"""Where else to look for a test that runs some code: further parts of a project's own suite.

Owns: the order in which they are tried, from near to far. Must not know traces or results.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..model import RequestError, Tree, WorkbenchError
from ..sources.provider import Provider
from ..suites import SUITES, own_suite
from ..upstreams import kind_of, touched
from .comparison import Part

MOST_FILES = 12
ALL = "all"


class Step(NamedTuple):
    """Parts that are tried together, and what they are in words.

    ``whole`` says that nothing is left after them.
    """

    what: str
    parts: tuple[Part, ...]
    whole: bool = False


class Widening:
    """The tests of one tree that may run some code of it."""

    def __init__(self, provider: Provider, subject: Tree) -> None:
        """``subject`` is the tree whose tests are run."""
        self._project = subject.base.project
        self._kind = kind_of(self._project)
        self._suite = own_suite(self._project)
        self._checkout = provider.trees.checkout(subject)
        self._folder = f"{self._kind.tests_folder(self._project)}/"
        self._tests = self._checkout / self._folder

    def step(self, number: int, names: Sequence[str], modules: Sequence[str]) -> Step | None:
        """A step by its number, from 0 on; None after the last.

        ``names`` are functions and classes around the code that nothing ran, ``modules``
        what its files are imported as.
        """
        if number == 0:
            files = touched.naming(self._tests, names)
            return Step("the tests that name the code", self._files(files))
        if number == 1:
            files = touched.importers(self._tests, modules)
            return Step("the tests that import the file", self._files(files))
        if number == 2:
            return Step("the whole suite", self._parts((ALL,)), whole=True)
        return None

    def labels_of_tests(self, tests: Iterable[str]) -> tuple[Part, ...]:
        """The parts in which these tests run, of the nearest kind that the suite has."""
        labels = dict.fromkeys(filter(None, map(self._kind.label_of_test, tests)))
        return tuple(Part(self._suite, (label,)) for label in labels)

    def _files(self, files: Sequence[str]) -> tuple[Part, ...]:
        """A part for each of these files of tests, the first ones."""
        paths = [f"{self._folder}{file}" for file in files]
        labels = self._kind.labels_of(paths, self._folder)[:MOST_FILES]
        return tuple(part for label in labels for part in self._parts((label,)))

    def _parts(self, labels: tuple[str, ...]) -> tuple[Part, ...]:
        try:
            shards = SUITES[self._suite].shards(self._project, self._checkout, labels)
        except (RequestError, WorkbenchError):
            return ()
        return tuple(Part(self._suite, shard) for shard in shards)
