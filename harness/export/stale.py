"""What a diff's evidence was made from, and whether that is still so.

Owns: ``evidence/made-from.json`` and comparing it with what there is now. Must not
know what the evidence says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ..catalog.catalog import Candidate, Catalog, Upstream
from ..jobs.store import RUNNERS, digest_of
from ..model import Source, Tree, Value, WorkbenchError
from ..sources.provider import Supply, stack_of
from ..suites import SUITES

FILE = Path("evidence") / "made-from.json"


class Provenance(Value, frozen=True):
    """Everything that decides about a diff and its evidence.

    ``spec`` is what the base was asked for as, ``base`` its tree id and ``patched`` that
    of the result; the others are SHA-256 of the patch that is sent, of the candidate's
    patches and description, of the tests that are the workbench's own, and of the
    upstream's rules. ``narrowed`` says what the verdict was restricted to, if it was.
    """

    name: str
    spec: str
    version: str
    source: str
    base: str
    patched: str
    patch: str
    patches: str
    tests: str
    rules: str
    python: str
    replay: str
    narrowed: str = ""


def patches_of(stack: Sequence[Candidate]) -> str:
    """A digest of candidates: every text, and what stands in candidate.toml."""
    return _digest([(each.name, each.about, sorted(each.patches.items())) for each in stack])


def tests() -> str:
    """A digest of what the workbench itself brings to tests: runners, and its own suite."""
    folders = dict.fromkeys([RUNNERS, *(f for suite in SUITES.values() for f in suite.FILES)])
    return _digest([digest_of(folder) for folder in folders])


def rules_of(upstream: Upstream) -> str:
    """A digest of ``upstream.toml``."""
    return _digest(upstream)


def read(folder: Path) -> Provenance | None:
    """What the diff in ``folder`` was made from; None if it does not say."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Provenance)
    except (OSError, msgspec.MsgspecError):
        return None


def why(made: Provenance, catalog: Catalog, supply: Supply) -> list[str]:
    """What has changed since: the base, the patches, the tests, the rules.

    A candidate that this folder of patches does not have is another folder's.
    """
    try:
        stack = stack_of(catalog, made.name)
    except WorkbenchError:
        return []
    upstream = catalog.upstream(stack[-1].upstream)
    changed = []
    try:
        base = supply.base(made.spec, upstream.name)
    except WorkbenchError:
        pass  # no network says nothing about the diff
    else:
        if base.tree != made.base:
            changed.append(
                f"its base is another: {made.spec} was {made.version}, is {_named(base)}"
            )
    if patches_of(stack) != made.patches:
        changed.append("its patches or its candidate.toml changed")
    if tests() != made.tests:
        changed.append("the workbench's tests changed")
    if rules_of(upstream) != made.rules:
        changed.append("the upstream's rules changed")
    return changed


def _named(base: Tree) -> str:
    changed = " with other files" if base.base.source is Source.PATH else ""
    return f"{base.base.version}{changed}"


def _digest(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()
