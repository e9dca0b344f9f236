"""A patch that came alone: on which base it is judged, and what is said of that.

Owns: for which upstreams a base is looked for, and the words. Must not know suites, nor
how releases are tried. ``--base`` and its short forms are never overruled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from packaging.version import Version

from ..catalog.candidate import Candidate
from ..catalog.catalog import Catalog
from ..model import Note, NoteKind, Stack
from ..request import Request
from ..sources.offers import Offer
from ..sources.provider import Provider
from .base_search import BaseSearch, Trial
from .patched_trees import PatchedTrees


class Guess(NamedTuple):
    """A request whose bases are named, and what is to be said of those that were guessed."""

    request: Request
    notes: tuple[Note, ...]


def guessed(
    request: Request,
    provider: Provider,
    catalog: Catalog,
    stacks: Sequence[Stack],
    patched: PatchedTrees,
) -> Guess:
    """The request with a base for each upstream that only a patch from anywhere names.

    What stands on such an upstream and was not asked for is left out. A request that
    names candidates is left as it is. What was mended to take a patch in is said as well.
    """
    texts = [f"{each.name}: {text}" for each in _in_order(stacks, catalog) for text in each.remarks]
    bases = dict(request.bases)
    is_alone = (request.patches or request.series) and not request.candidates
    for upstream in dict.fromkeys(name for stack in stacks for name in stack.upstreams):
        if upstream in request.bases or not is_alone:
            continue
        mine = [stack for stack in stacks if upstream in stack.upstreams]
        search = BaseSearch(upstream, mine, _in_order(mine, catalog), provider, patched)
        base, text = _base_of(search, upstream, mine)
        texts.append(text)
        if base is not None:
            bases[upstream] = (base.spec,)
        for other in catalog.upstream(upstream).dependents:
            if other not in bases:
                bases[other] = ()
                texts.append(
                    f"{other}, whose tests judge {upstream} as well, is left out for speed; "
                    f"--base {other}=VERSION takes it in"
                )
    notes = tuple(Note(NoteKind.HINT, text) for text in texts)
    return Guess(msgspec.structs.replace(request, bases=bases), notes)


def _in_order(stacks: Sequence[Stack], catalog: Catalog) -> list[Candidate]:
    """The candidates of the stacks, with what they stack on, each once."""
    found = {each.name: each for stack in stacks for each in catalog.in_order(stack)}
    return list(found.values())


def _base_of(
    search: BaseSearch, upstream: str, stacks: Sequence[Stack]
) -> tuple[Offer | None, str]:
    """The release to judge on, and why it is that one; None if there is none to try."""
    what = str(stacks[0]) if len(stacks) == 1 else "every patch"
    found = search.whole()
    if found is not None:
        return found.offer, _why(found, search.tried, upstream, what)
    if not search.tried:
        return None, f"no base was found for {what}: {search.trouble or 'no release is known'}"
    most = max(search.tried, key=lambda each: (each.clean, each.merged, Version(each.version)))
    others = _named(search.tried, but=most)
    instead = f"--base {upstream}=VERSION names another"
    if most.clean + most.merged:
        some = f"{most.clean + most.merged} of {len(stacks)} patches"
        how = f"takes {some}" if len(stacks) > 1 else f"can be merged with {what}"
        text = f"{upstream} {most.version} {how}, and no release tried does more{others}"
        return most.offer, f"{text}; {instead}"
    tried = _named(search.tried)
    return most.offer, f"{what} applies to no release that was tried{tried}; {instead}"


def _why(found: Trial, tried: Iterable[Trial], upstream: str, what: str) -> str:
    newer = _named(t for t in tried if Version(t.version) > Version(found.version))
    base = f"{upstream} {found.version}"
    if newer and found.is_made_for:
        return f"{base} is the base: git made {what} of the files that it has{newer}"
    # Only an index says which is the newest of all.
    which = "release tried" if newer or not found.offer.is_of_index else "release"
    return f"{base} is the base: the newest {which} that takes {what}{newer}"


def _named(trials: Iterable[Trial], but: Trial | None = None) -> str:
    """Releases that were not taken and why, in brackets, the newest first."""
    others = [trial for trial in trials if trial is not but]
    others.sort(key=lambda trial: Version(trial.version), reverse=True)
    there = ", ".join(dict.fromkeys(each.version for each in others if each.is_there))
    refuse = ", ".join(dict.fromkeys(each.version for each in others if not each.is_there))
    said = [f"already in {there}"] * bool(there) + [f"refused by {refuse}"] * bool(refuse)
    return f" ({'; '.join(said)})" if said else ""
