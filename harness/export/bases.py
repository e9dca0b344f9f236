"""What each upstream's diffs are made on, and the trees for that.

Owns: the meaning of ``--onto`` beside the flags for a base, and everything that export
asks of a request's bases and of the planner. Must not know candidates' content.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from ..catalog.catalog import Catalog
from ..model import Ground, RequestError, Source, Tree, WorkbenchError
from ..request import DEFAULT, Request
from ..sources.provider import Provider
from ..upstreams import kind_of


class Bases(NamedTuple):
    """A SPEC for each upstream, without ``--onto`` and with it; what could not be had.

    An upstream that was left out with ``none`` has no SPEC.
    """

    before: dict[str, str]
    now: dict[str, str]
    notes: list[str]


def chosen(request: Request, catalog: Catalog, provider: Provider) -> Bases:
    """The one base of each upstream. ``RequestError`` if more than one is asked for."""
    notes: list[str] = []
    before: dict[str, str] = {}
    for name in catalog.upstreams:
        specs = request.specs(name)
        if len(specs) > 1:
            raise RequestError(f"diffs are made on one base; give --base {name}=SPEC once")
        if specs:
            before[name] = specs[0]
    needed = _needed(request, before)
    onto = dict(_onto(text, catalog, needed) for text in request.onto)
    for upstream in catalog.upstreams.values():
        rules = upstream.pull_request
        wanted = upstream.name in needed - set(onto)
        if wanted and before.get(upstream.name) == DEFAULT and rules and rules.base:
            try:
                provider.base(rules.base, upstream.name)
            except WorkbenchError as error:
                notes.append(
                    f"{upstream.name}: {rules.base} can not be had, so its default is taken: "
                    f"{error}"
                )
            else:
                before[upstream.name] = rules.base
    return Bases(before, before | onto, notes)


def request_on(request: Request, specs: Mapping[str, str]) -> Request:
    """The request with these bases; an upstream without a SPEC is left out."""
    left_out: dict[str, tuple[str, ...]] = {name: () for name in request.bases}
    # An upstream that nobody named judges where it would without being named.
    only = {n: (spec,) for n, spec in specs.items() if spec != DEFAULT or n in request.bases}
    return msgspec.structs.replace(request, bases={**left_out, **only})


def python_version(ground: Ground) -> str:
    """The version of the Python that ran the tests: an interpreter that is built runs its own."""
    base = ground.trees[0].base
    is_built = kind_of(base.project).IS_INTERPRETER and base.source is not Source.INSTALLED
    return base.version if is_built else ground.python.version


def flag(upstream: str, spec: str) -> str:
    """The words of the command line that ask for a base."""
    return f"--base {upstream}={spec}"


def portable_spec(base: Tree, spec: str) -> str:
    """A SPEC that means the same base on any machine; a folder has no other name than its own."""
    if base.base.source is Source.GIT:
        return base.base.locator.rpartition("@")[2]
    return spec if base.base.source is Source.PATH else f"{base.base.source}:{base.base.version}"


def _needed(request: Request, specs: Mapping[str, str]) -> set[str]:
    """The upstreams of what was asked for; all of them if that was nothing."""
    return {u for stack in request.candidates for u in stack.upstreams} or set(specs)


def _onto(text: str, catalog: Catalog, needed: set[str]) -> tuple[str, str]:
    upstream, equals, spec = text.partition("=")
    if equals and upstream in catalog.upstreams:
        return upstream, spec
    if len(needed) != 1:
        names = " or ".join(f"{name}={text}" for name in sorted(needed))
        raise RequestError(f"--onto {text} is for which upstream? say --onto {names}")
    return next(iter(needed)), text
