"""What each upstream's diffs are made on, and the trees for that.

Owns: the meaning of `--onto` beside the flags for a base, and everything that export
asks of a request's bases and of the planner. Must not know candidates' content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from ..catalog.catalog import Catalog
from ..compare.plan import Ground, Planner
from ..model import RequestError, Source, Tree, WorkbenchError
from ..request import Request
from ..sources.provider import DEFAULT, Supply, stack_of


class Bases(NamedTuple):
    """A SPEC for each upstream, without `--onto` and with it; what could not be had.

    An upstream that was left out with ``none`` has no SPEC.
    """

    before: dict[str, str]
    now: dict[str, str]
    notes: list[str]


def chosen(request: Request, catalog: Catalog, supply: Supply) -> Bases:
    """The one base of each upstream. ``RequestError`` if more than one is asked for."""
    notes: list[str] = []
    before: dict[str, str] = {}
    for name in catalog.upstreams:
        specs = _specs(request, name)
        if len(specs) > 1:
            raise RequestError(f"diffs are made on one base; give --{name} once")
        if specs:
            before[name] = specs[0]
    needed = _needed(request, before)
    onto = dict(_onto(text, catalog, needed) for text in request.onto)
    for upstream in catalog.upstreams.values():
        rules = upstream.pull_request
        wanted = upstream.name in needed - set(onto)
        if wanted and before.get(upstream.name) == DEFAULT and rules and rules.base:
            try:
                supply.base(rules.base, upstream.name)
            except WorkbenchError as error:
                notes.append(
                    f"{upstream.name}: {rules.base} can not be had, so its default is taken: "
                    f"{error}"
                )
            else:
                before[upstream.name] = rules.base
    return Bases(before, before | onto, notes)


def request_on(request: Request, specs: Mapping[str, str]) -> Request:
    """The request with these bases, and no others."""
    return msgspec.structs.replace(
        request,
        django=(specs["django"],) if "django" in specs else (),
        cpython=(specs["cpython"],) if "cpython" in specs else (),
    )


def request_to_judge(request: Request, names: Sequence[str], catalog: Catalog) -> Request:
    """The request for the verdicts on candidates.

    An interpreter that none of them patches is left out of it: no verdict is about that.
    """
    patched = {upstream for name in names for upstream in upstreams_of(catalog, name)}
    return request if "cpython" in patched else msgspec.structs.replace(request, cpython=())


def upstreams_of(catalog: Catalog, name: str) -> set[str]:
    """The upstreams that a stack patches."""
    return {candidate.upstream for candidate in stack_of(catalog, name)}


def ground_of(planner: Planner, upstream: str, spec: str) -> Ground:
    """The tree of an upstream's base, and the Python that runs it."""
    make = {"django": planner.django_ground, "cpython": planner.cpython_ground}
    return make[upstream](spec)


def python_version(ground: Ground) -> str:
    """The version of the Python that ran the tests: a built CPython runs its own."""
    base = ground.trees[0].base
    is_built = base.upstream == "cpython" and base.source is not Source.INSTALLED
    return base.version if is_built else ground.python.version


def flag(upstream: str, spec: str) -> str:
    """The words of the command line that ask for a base."""
    return f"--{upstream} {spec}"


def portable_spec(base: Tree, spec: str) -> str:
    """A SPEC that means the same base on any machine; a folder has no other name than its own."""
    if base.base.source is Source.GIT:
        return base.base.locator.rpartition("@")[2]
    return spec if base.base.source is Source.PATH else f"{base.base.source}:{base.base.version}"


def _specs(request: Request, upstream: str) -> tuple[str, ...]:
    return {"django": request.django, "cpython": request.cpython}[upstream]


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
