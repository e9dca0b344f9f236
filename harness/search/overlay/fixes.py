"""A change of the upstream cut in two: its tests, to be taken along, and its code.

Owns: that cut, of a patch from anywhere and of a commit. Must not know states.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from ...catalog import patchfile, strays
from ...catalog.strays import Stray, TreeFiles
from ...catalog.upstream import Upstream
from ...model import CandidateName, Patch, Project, RequestError, Stack, Tree
from ...sources.provider import Provider
from ...trees.history import history_of
from ...upstreams import kind_of
from ...upstreams.untested import classes_of
from .values import Fix, OverlaidFile, Overlay

FIX = "fix"
TESTS, CODE = "tests.patch", "fix.patch"
NO_TESTS = "{}: it changes nothing below {}/, where the tests of {} are; name what has a test"


def of_patch(path: Path, upstream: Upstream, bad: Tree, provider: Provider) -> Fix:
    """The patch in a file, cut; its tests are applied to ``bad``, to have them whole.

    Raises ``RequestError`` if there is no patch in it, or if its tests do not apply there.
    """
    project = upstream.project
    tests: list[Patch] = []
    code: list[Patch] = []
    for stray in strays.in_file(path):
        placed = stray.placed(upstream, _files_of(bad, provider))
        tests += _part(placed, upstream, is_test_of(project), TESTS)
        code += _part(placed, upstream, _code_of(project), CODE)
    overlay = _applied(tuple(tests), path, bad, provider) if tests else None
    return Fix(overlay, tuple(code))


def of_commit(words: str, project: Project, provider: Provider) -> Fix:
    """A commit of the upstream's history, cut; what it is compared with is its first parent.

    Raises ``RequestError`` if there is no such commit, or nothing before it.
    """
    trees, name = provider.trees, project.name
    history = history_of(provider.home, project)
    commit = history.commit(words)
    parent = history.commit(f"{commit}^")
    paths = trees.paths_between(name, parent, commit)
    mine = list(filter(is_test_of(project), paths))
    old, new = (trees.files.texts_at(name, each, mine) for each in (parent, commit))
    files = tuple(OverlaidFile(path, old[path], new[path]) for path in mine)
    rest = list(filter(_code_of(project), paths))
    label = CandidateName(name, FIX), CODE
    code = (trees.files.patch_between(name, (parent, commit), rest, *label),) if rest else ()
    return Fix(Overlay(files, f"commit {commit[:10]}", commit) if files else None, code)


def tests_of(fix: Fix, words: str, project: Project) -> Overlay:
    """Its tests. Raises ``RequestError`` if it has none."""
    if fix.overlay is None:
        folder = kind_of(project).tests_folder(project)
        raise RequestError(NO_TESTS.format(words, folder, project.name))
    return fix.overlay


def is_test_of(project: Project) -> Callable[[str], bool]:
    """Whether a path is below the upstream's folder of tests."""
    folder = f"{kind_of(project).tests_folder(project)}/"
    return lambda path: path.startswith(folder)


def _code_of(project: Project) -> Callable[[str], bool]:
    """Whether a test could see what is changed at a path that is no test's: documentation
    is left out, since it may not apply elsewhere and decides nothing."""
    mine, table = is_test_of(project), kind_of(project).UNTESTED
    return lambda path: not mine(path) and not classes_of([path], table)


def _part(
    stray: Stray, upstream: Upstream, is_wanted: Callable[[str], bool], name: str
) -> list[Patch]:
    """The part of a patch that changes some files; none if it changes none of them."""
    part = stray.part_for(upstream, is_wanted)
    if part is None:
        return []
    text = part.text_for(upstream)
    patchfile.check(text, stray.name)
    return [Patch(CandidateName(upstream.name, FIX), name, text, encoding=part.patch.encoding)]


def _applied(series: tuple[Patch, ...], path: Path, bad: Tree, provider: Provider) -> Overlay:
    made = provider.apply(bad, Stack((series[0].candidate,)), series)
    if made.tree is None:
        why = next(iter(made.problems), "git refused it")
        raise RequestError(f"{path}: its tests do not apply to {bad.base}: {why}")
    paths = provider.trees.changed_paths(bad, made.tree)
    old, new = (provider.trees.files.texts(tree, paths) for tree in (bad, made.tree))
    files = tuple(OverlaidFile(each, old[each], new[each]) for each in paths)
    return Overlay(files, path.name)


def _files_of(bad: Tree, provider: Provider) -> TreeFiles:
    def files(upstream: str) -> Collection[str]:
        return provider.trees.paths(bad) if upstream == bad.base.upstream else ()

    return files
