"""What to run for a stack on a ground: what was asked for, what it names, what it touches.

Owns: that choice. Must not know how a suite's labels look, nor results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from ..catalog.catalog import Catalog
from ..model import Project, RequestError, Stack, Tree, WorkbenchError
from ..sources.provider import Provider
from ..suites import IMPORTS, SUITES, WIRE, imports, own_suite
from ..upstreams import kind_of, touched
from .comparison import Part, overlap

# A suite, and the label of it that is wanted; empty: what the stack names or touches.
Wanted = tuple[str, str]


class Selection:
    """The suites that judge stacks."""

    def __init__(self, asked: Sequence[str], provider: Provider, catalog: Catalog) -> None:
        """``asked`` are suites as the command line names them.

        Raises ``RequestError`` for one that there is not.
        """
        self._asked = _checked(asked, "")
        self._provider = provider
        self._catalog = catalog

    def may_judge(self, upstream: str) -> bool:
        """Whether a suite that was asked for runs on that upstream's trees."""
        project = self._provider.project(upstream)
        return not self._asked or any(SUITES[name].runs_on(project) for name, _ in self._asked)

    def parts(self, stack: Stack, base: Sequence[Tree], patched: Sequence[Tree]) -> list[Part]:
        """The shards that judge a stack, which turns the trees ``base`` into ``patched``.

        Raises ``RequestError`` for a suite or a label that there can not be, ``WorkbenchError``
        for one that these trees have not.
        """
        subject = base[0]
        project = subject.base.project
        labels: dict[str, list[str]] = {}
        for name, label in self._wanted(stack, base, patched):
            if SUITES[name].runs_on(project):
                labels.setdefault(name, []).extend([label] if label else [])
        trees = self._provider.trees
        here, there = trees.checkout(subject), partial(trees.checkout, patched[0])
        return [
            part
            for name, wanted in labels.items()
            for part in _parts(name, project, here, there, tuple(dict.fromkeys(wanted)))
        ]

    def imports(self, base: Sequence[Tree], patched: Sequence[Tree]) -> Iterator[Part]:
        """What asks whether the touched Python files that are still there can be imported."""
        labels: list[str] = []
        for old, new in zip(base, patched, strict=True):
            paths = self._provider.trees.changed_paths(old, new)
            code = [path for path in paths if path.endswith(imports.PYTHON)]
            there = self._provider.trees.paths(new) if code else frozenset()
            labels += [f"{old.base.upstream}:{path}" for path in code if path in there]
        yield from (Part(IMPORTS, (*labels,)) for _ in labels[:1])

    def own_labels(self, base: Tree, patched: Tree, parts: Iterable[Part]) -> tuple[str, ...]:
        """The labels of the tests that a patch touches; none if others may use what it does.

        That is where a touched file, such as a helper, belongs to none of ``parts``.
        """
        project = base.base.project
        kind = kind_of(project)
        folder = f"{kind.tests_folder(project)}/"
        judging = [label for part in parts for label in part.labels]
        found: list[str] = []
        for path in self._provider.trees.changed_paths(base, patched):
            if path.startswith(folder):
                labels = kind.labels_of([path], folder)
                if not any(overlap(mine, each) for mine in labels for each in judging):
                    return ()
                found += labels
        return tuple(dict.fromkeys(found))

    def _wanted(
        self, stack: Stack, base: Sequence[Tree], patched: Sequence[Tree]
    ) -> Iterator[Wanted]:
        asked = {name for name, _ in self._asked}
        yield from ((name, label) for name, label in self._asked if label or name == WIRE)
        open_suites = asked - {name for name, label in self._asked if label} - {WIRE}
        known = self._named(stack)
        own = own_suite(base[0].base.project)
        if not known:
            known = list(self._touched(base, patched))
        elif own not in {name for name, _ in known}:
            # It says nothing of this project's tests, which run all the same.
            known += [each for each in self._touched(base, patched) if each[0] == own]
        yield from ((n, label) for n, label in known if not asked or n in open_suites)

    def _named(self, stack: Stack) -> list[Wanted]:
        """The suites of the ``candidate.toml`` of every part of the stack."""
        return [
            each
            for candidate in self._catalog.in_order(stack)
            for each in _checked(candidate.about.suites, f"{candidate.name}: ")
        ]

    def _touched(self, base: Sequence[Tree], patched: Sequence[Tree]) -> Iterator[Wanted]:
        """What the touched paths ask for, by the plug-ins of their upstreams."""
        subject = base[0]
        kind = kind_of(subject.base.project)
        checkout = self._provider.trees.checkout(subject)
        paths: list[str] = []
        # A folder of tests that the patch brings is in its own tree only.
        checkouts = [checkout, self._provider.trees.checkout(patched[0])]
        for old, new in zip(base, patched, strict=True):
            changed = self._provider.trees.changed_paths(old, new)
            below = kind_of(old.base.project)
            if old is subject:
                paths += changed
            else:
                # The subject stands on it: what imports the changed modules is touched, too.
                paths += touched.importers(checkout, below.modules_of(changed))
            if any(fnmatchcase(path, code) for path in changed for code in below.LAB_CODE):
                yield WIRE, ""
        project = subject.base.project
        for each in dict.fromkeys(checkouts):
            for label in kind.labels_touched(paths, each, project):
                yield own_suite(project), label


def _parts(
    name: str,
    project: Project,
    base: Path,
    checked_out: Callable[[], Path],
    labels: tuple[str, ...],
) -> Iterator[Part]:
    """The shards of a suite on the checkouts of the base and of the patched tree.

    The latter is written only if it can have more. Raises ``WorkbenchError`` for a label
    that neither has.
    """
    suite = SUITES[name]
    here = tuple(label for label in labels if suite.has(project, base, label))
    shards = suite.shards(project, base, here) if here or not labels else []
    yield from (Part(name, shard) for shard in shards)
    known = {label for shard in shards for label in shard}
    if name == WIRE or (labels and known.issuperset(labels)):
        return
    patched = checked_out()
    there = tuple(label for label in labels if suite.has(project, patched, label))
    for label in labels:
        if label not in (*here, *there):
            raise WorkbenchError(f"{name}:{label}: this tree of {project.name} has no such tests")
    if patched != base and (there or not labels):
        every = (label for shard in suite.shards(project, patched, there) for label in shard)
        fresh = tuple(label for label in every if label not in known)
        if fresh:
            yield Part(name, fresh, is_new=True)


def _checked(suites: Iterable[str], whose: str) -> list[Wanted]:
    """Names and labels of suites, as ``NAME[:LABEL]`` gives them."""
    split: list[Wanted] = []
    for suite in suites:
        name, _, label = suite.partition(":")
        known = [each for each in SUITES if each != IMPORTS]
        if name not in known:
            raise RequestError(f"{whose}no suite {suite!r}; known are: {', '.join(known)}")
        split.append((name, label))
    return split
