"""What a patch does to the files that it touches, beside what its tests show.

Owns: which files are looked at, and the notes on them: tests that are changed by hand, those
of an earlier patch of the series among them, names that are left undefined, hunks that
went elsewhere. Must not know results; nothing is run here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial

from ..judge import testedits
from ..judge.byhand import EditedTest
from ..judge.changedtests import changed_tests
from ..judge.testedits import Files
from ..model import Project, Stack, Tree
from ..sources.provider import Provider
from ..upstreams import kind_of
from . import undefined

PYTHON = ".py"


class ByHand:
    """Looks at the patches of one request."""

    def __init__(self, provider: Provider) -> None:
        self._trees = provider.trees
        # Judged one by one, the patches of a series have most steps in common.
        self._files_between = cache(self._read)

    def edits(self, old: Tree, new: Tree) -> tuple[EditedTest, ...]:
        """The tests of the project that the step from one tree to the other changes by hand."""
        project = old.base.project
        found = testedits.edits(self._tests(project, old.commit, new.commit))
        return tuple(
            EditedTest(
                edit,
                _pattern(project, edit.path, edit.names),
                _pattern(project, edit.to_path, edit.to).removesuffix("*") if edit.to else "",
            )
            for edit in found
        )

    def own_tests(self, old: Tree, new: Tree) -> tuple[str, ...]:
        """Patterns of the ids of the tests that the step adds or changes."""
        project = old.base.project
        files = self._tests(project, old.commit, new.commit)
        return tuple(
            pattern
            for path, (before, after) in files.items()
            for pattern in changed_tests(before, after, partial(_pattern, project, path))
        )

    def undefined_names(self, old: Tree, new: Tree) -> Iterator[str]:
        """A note for each name that the step leaves undefined."""
        files = self._files_between(old.base.upstream, old.commit, new.commit)
        for path, (before, after) in files.items():
            for line, name in undefined.names(before, after):
                yield f"{path}, line {line}: the name `{name}` is not defined there"

    def undone(self, stack: Stack, new: Tree) -> Iterator[str]:
        """A note for each test that an earlier patch of the series brought, and one of the
        stack's takes away or turns off."""
        project = new.base.project
        brought: dict[tuple[str, tuple[str, ...]], str] = {}
        for step in self._trees.steps(new):
            files = self._tests(project, step.old, step.new)
            if step.patch.candidate in stack.names:
                for edit in testedits.edits(files):
                    earlier = brought.get((edit.path, edit.names))
                    if earlier and earlier != step.patch.name:
                        test = _pattern(project, edit.path, edit.names).removesuffix("*")
                        yield (
                            f"{step.patch.name}: {test}: {edit.kind} ({edit.path}:{edit.line}); "
                            f"{earlier} of the same series brought it"
                        )
            brought |= dict.fromkeys(testedits.added(files), step.patch.name)

    def _tests(self, project: Project, old: str, new: str) -> Files:
        folder = kind_of(project).tests_folder(project) + "/"
        files = self._files_between(project.name, old, new)
        return {path: texts for path, texts in files.items() if path.startswith(folder)}

    def _read(self, upstream: str, old: str, new: str) -> Files:
        paths = self._trees.paths_between(upstream, old, new)
        return {
            path: (
                self._trees.text_at(upstream, old, path),
                self._trees.text_at(upstream, new, path),
            )
            for path in paths
            if path.endswith(PYTHON)
        }


def module_patterns(project: Project, paths: Iterable[str]) -> dict[str, str]:
    """Patterns of the ids of all tests in files below the project's tests, by path."""
    folder = kind_of(project).tests_folder(project) + "/"
    mine = (path for path in paths if path.startswith(folder))
    return {path: kind_of(project).test_pattern(path, folder, ("*",)) for path in mine}


def _pattern(project: Project, path: str, names: Sequence[str]) -> str:
    kind = kind_of(project)
    return kind.test_pattern(path, kind.tests_folder(project) + "/", names)
