"""What each upstream's diffs are made on.

Owns: the meaning of `--onto` beside `--django` and `--cpython`, and how a base is called
on another machine. Must not know candidates' content.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..catalog.catalog import Catalog
from ..compare.plan import Ground
from ..model import RequestError, Source, Tree, WorkbenchError
from ..request import Request
from ..sources.provider import DEFAULT, Supply


class Bases(NamedTuple):
    """A SPEC for each upstream, without `--onto` and with it; what could not be had."""

    before: dict[str, str]
    now: dict[str, str]
    notes: list[str]


def chosen(request: Request, catalog: Catalog, supply: Supply) -> Bases:
    """The one base of each upstream. ``RequestError`` if more than one is asked for."""
    notes: list[str] = []
    before: dict[str, str] = {}
    for name in catalog.upstreams:
        asked = {"django": request.django, "cpython": request.cpython}[name]
        if len(asked) > 1:
            raise RequestError(f"diffs are made on one base; give --{name} once")
        if asked:
            before[name] = asked[0]
    needed = _needed(request, before)
    onto = dict(_onto(text, catalog, needed) for text in request.onto)
    for upstream in catalog.upstreams.values():
        rules = upstream.pull_request
        wanted = upstream.name in needed - set(onto)
        if wanted and before.get(upstream.name) == DEFAULT and rules and rules.base:
            before[upstream.name] = _own_base(upstream.name, rules.base, supply, notes)
    return Bases(before, before | onto, notes)


def _own_base(upstream: str, spec: str, supply: Supply, notes: list[str]) -> str:
    try:
        supply.base(spec, upstream)
    except WorkbenchError as error:
        notes.append(f"{upstream}: {spec} can not be had, so its default is taken: {error}")
        return DEFAULT
    return spec


def _needed(request: Request, specs: Mapping[str, str]) -> set[str]:
    """The upstreams of what was asked for; all of them if that was nothing."""
    names = [part for name in request.candidates for part in name.split("+")]
    return {name.partition("/")[0] for name in names} or set(specs)


def _onto(text: str, catalog: Catalog, needed: set[str]) -> tuple[str, str]:
    upstream, equals, spec = text.partition("=")
    if equals and upstream in catalog.upstreams:
        return upstream, spec
    if len(needed) != 1:
        names = " or ".join(f"{name}={text}" for name in sorted(needed))
        raise RequestError(f"--onto {text} is for which upstream? say --onto {names}")
    return next(iter(needed)), text


def python_of(ground: Ground) -> str:
    """A CPython that is made from sources runs its own tests."""
    base = ground.trees[0].base
    made = base.upstream == "cpython" and base.source is not Source.INSTALLED
    return base.version if made else ground.python.version


def exactly(base: Tree, spec: str) -> str:
    """The base as it is called on any machine; a folder has no other name than its own."""
    if base.base.source is Source.GIT:
        return base.base.locator.rpartition("@")[2]
    return spec if base.base.source is Source.PATH else f"{base.base.source}:{base.base.version}"
