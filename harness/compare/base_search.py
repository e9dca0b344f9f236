"""Looks for the newest release that patches apply to, with few downloads.

Owns: the order in which releases are tried, and how one is tried. Must not know what is
said of it. A trial writes commits and no files; a release that has to be fetched for it is
the dear part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from packaging.version import Version

from ..catalog.candidate import Candidate
from ..model import ApplyResult, Stack, Tree, WorkbenchError
from ..sources import offers
from ..sources.offers import Offer
from ..sources.provider import Provider
from ..trees import matching
from ..upstreams import kind_of
from .patched_trees import PatchedTrees

# As many as lie between the newest Django and the oldest that a distribution looks after.
MOST_FETCHED = 9


class Trial(NamedTuple):
    """How patches went onto a release: how many as they are, how many only otherwise.

    ``version`` is the tree's: an offer may stand for the newest of a series. ``is_there``
    says that the release has all of them already; ``is_made_for`` that git made them of the
    very files that it has.
    """

    offer: Offer
    version: str
    clean: int
    merged: int
    is_there: bool
    is_made_for: bool


class BaseSearch:
    """Tries the releases of one upstream for some stacks.

    ``tried`` are the trials so far, ``trouble`` is why a release could not be had, if one
    could not.
    """

    def __init__(
        self,
        upstream: str,
        stacks: Sequence[Stack],
        candidates: Sequence[Candidate],
        provider: Provider,
        patched: PatchedTrees,
    ) -> None:
        """``candidates`` are those of the stacks, in the order in which they are applied."""
        self._upstream = upstream
        self._stacks = stacks
        self._candidates = candidates
        self._provider = provider
        self._patched = patched
        self._trials: dict[Version, Trial | None] = {}
        self._fetched = 0
        self._patches = [p for c in candidates for p in c.alternatives("")[0]]
        self.trouble = ""
        project = provider.project(upstream)
        paths = {path for each in candidates for path in each.paths}
        needs_build = not kind_of(project).is_library_only(paths)
        self._offers = offers.releases(provider, project, needs_build)

    @property
    def tried(self) -> list[Trial]:
        """What came of the releases that could be had."""
        return [trial for trial in self._trials.values() if trial]

    def whole(self) -> Trial | None:
        """The first release that takes everything as it is, in the order of ``_order``."""
        for offer in self._order():
            trial = self._try(offer)
            if trial is not None and self._is_whole(trial):
                return trial
            if trial is not None and trial.is_there and (before := self._before(offer)):
                return before
        return None

    def _is_whole(self, trial: Trial) -> bool:
        return trial.clean == len(self._stacks)

    def _order(self) -> Iterator[Offer]:
        """The newest, those that the patches themselves speak of, then all by their age.

        Of older ones each that is here is tried, and the newest of each series.
        """
        yield from self._offers[:1]
        yield from (offer for offer in self._offers if self._is_made_for(offer))
        versions = {Version(text) for each in self._candidates for text in each.versions}
        for version in sorted(versions, reverse=True):
            series = [o for o in self._offers if o.series == (*version.release, 0)[:2]]
            fitting = [o for o in series if o.version <= version or len(version.release) < 3]
            yield from fitting[:1]
        seen: set[tuple[int, ...]] = set()
        for offer in self._offers:
            if offer.is_here or offer.series not in seen:
                yield offer
            seen.add(offer.series)

    def _before(self, offer: Offer) -> Trial | None:
        """The newest release of the same series that has not got the patches and takes them."""
        older = [o for o in self._offers if o.series == offer.series and o.version < offer.version]
        found = None
        low, high = 0, len(older)  # older[:low] have them, older[high:] have not
        while low < high:
            middle = (low + high) // 2
            trial = self._try(older[middle])
            if trial is None:
                break
            if trial.is_there:
                low = middle + 1
                continue
            high = middle
            found = trial if self._is_whole(trial) else found
        return found

    def _try(self, offer: Offer) -> Trial | None:
        """How the patches go onto a release; None if it can not be had, or is one too many."""
        if offer.version in self._trials:
            return self._trials[offer.version]
        if not offer.is_here and self._fetched == MOST_FETCHED:
            return None
        self._fetched += not offer.is_here
        self._trials[offer.version] = None
        tree = self._tree(offer)
        if tree is None:
            return None
        how = [self._patched.apply(stack, tree).applies for stack in self._stacks]
        clean, refused = how.count(ApplyResult.CLEAN), how.count(ApplyResult.NO)
        home, patches = self._provider.home, self._patches
        trial = Trial(
            offer,
            tree.base.version,
            clean,
            len(how) - clean - refused,
            is_there=not clean and matching.has_already(home, tree, patches),
            is_made_for=self._is_made_for(offer),
        )
        self._trials[offer.version] = trial
        return trial

    def _is_made_for(self, offer: Offer) -> bool:
        """Whether a release that is here has the very files that git made the patches of."""
        blobs = matching.blobs_before(self._patches)
        tree = self._tree(offer) if blobs and offer.is_here else None
        return tree is not None and matching.has_blobs(self._provider.home, tree, blobs)

    def _tree(self, offer: Offer) -> Tree | None:
        try:
            return self._provider.base(offer.spec, self._upstream)
        except WorkbenchError as error:
            self.trouble = self.trouble or str(error)
            return None
