"""The Python of a tree that has to be built.

Owns: which sources a tree's build is made of, and where that is done. Must not know how.
Trees without patches are an upstream's own history: they are built in one folder that
moves along, so that each build takes what changed since the last one. A patch is a
stranger's, and what it makes a build do shall be part of no other: it goes on from a copy.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ..catalog import patchfile
from ..model import Tree
from ..pythons import builds, runtimes
from ..sources.provider import Provider
from ..upstreams import kind_of


def runtime_of(provider: Provider, tree: Tree, checkout: Path) -> runtimes.Runtime:
    """The Python that ``checkout`` is, built if it is not yet.

    Raises ``Unbuildable`` if that can not be done.
    """
    kind = kind_of(tree.base.project)
    paths = {p for patch in tree.patches for p in patchfile.check(patch.text, patch.name)}
    # One build serves every tree of a base that differs in library files alone.
    built = provider.take(tree.base) if paths and kind.is_library_only(paths) else tree
    assert kind.BUILDING is not None
    contents = provider.trees.contents(built)
    sources = builds.Sources(
        upstream=built.base.upstream,
        files={path: of for path, of in contents.items() if kind.is_built_from(path)},
        rules=kind.BUILDING,
        label=str(built.base),
    )
    where = provider.trees.moved_apart if built.patches else provider.trees.moved
    build = builds.provide(provider.home, sources, partial(where, built))
    return runtimes.of_sources(provider.home, checkout, build)
