"""Whether the evidence of a diff is still true, and marking where it is not.

Owns: comparing what a diff was made from with what there is now. Must not know what
the evidence says.
"""

from __future__ import annotations

from collections.abc import Collection

from ..catalog.catalog import Catalog
from ..model import Source, Stack, Tree, WorkbenchError
from ..sources.provider import Provider
from . import package, provenance
from .provenance import Provenance


def mark_stale_diffs(
    catalog: Catalog, provider: Provider, but: Collection[Stack] = ()
) -> dict[str, list[str]]:
    """Mark the diffs that were made before and are no longer true; the reasons, by name.

    ``but`` are those that were made just now.
    """
    stale = {}
    for folder in package.folders(provider.home):
        made = provenance.read(folder)
        if made is None or made.stack in but:
            continue
        reasons = reasons_against(made, catalog, provider)
        if reasons:
            package.mark_stale(folder, reasons)
            stale[made.name] = reasons
    return stale


def reasons_against(made: Provenance, catalog: Catalog, provider: Provider) -> list[str]:
    """What has changed since a diff was made: the base, the patches, the tests, the rules.

    A candidate that this folder of patches does not have is another folder's.
    """
    try:
        stack = catalog.in_order(made.stack)
    except WorkbenchError:
        return []
    upstream = catalog.upstream(stack[-1].upstream)
    changed = []
    try:
        base = provider.base(made.spec, upstream.name)
    except WorkbenchError:
        pass  # no network says nothing about the diff
    else:
        if base.tree != made.base:
            changed.append(
                f"its base is another: {made.spec} was {made.version}, is {_name_of(base)}"
            )
    if provenance.digest_of_candidates(stack) != made.patches:
        changed.append("its patches or its candidate.toml changed")
    if provenance.digest_of_tests() != made.tests:
        changed.append("the workbench's tests changed")
    if provenance.digest_of_rules(upstream) != made.rules:
        changed.append("the upstream's rules changed")
    return changed


def _name_of(base: Tree) -> str:
    changed = " with other files" if base.base.source is Source.PATH else ""
    return f"{base.base.version}{changed}"
