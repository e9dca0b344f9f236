"""One candidate's diff: squashed, proved, checked, written.

Owns: the order of that for one candidate on one base. Must not know any check, nor how
a verdict was reached.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from ..catalog.catalog import Catalog
from ..compare.judging import settings_of
from ..compare.mutating import Mutating
from ..jobs.runs import Run
from ..model import (
    ApplyResult,
    Ground,
    MutationProof,
    RedGreenProof,
    Stack,
    WorkbenchError,
)
from ..report.schema import Report
from ..request import Request
from ..sources.provider import Provider
from . import gate, package
from .bases import Bases
from .checks import news, redgreen, table
from .checks.table import CheckContext
from .gate import CheckResult, CheckState
from .provenance import provenance_of
from .pull_request import Contents
from .squash import SquashedCommit, Squasher


class WrittenDiff(NamedTuple):
    """One diff that was written: what stands in it, and where it is.

    ``notes`` are what could not be had beside it; the diff is written all the same.
    """

    contents: Contents
    folder: str
    range_diff: str
    notes: tuple[str, ...] = ()


class DiffWriter:
    """Writes the diffs of one request.

    ``run`` does jobs; ``reasons`` are those of ``--allow``, by check.
    """

    def __init__(
        self,
        request: Request,
        catalog: Catalog,
        provider: Provider,
        bases: Bases,
        run: Run,
        reasons: dict[str, str],
        words: Callable[[Request], list[str]],
    ) -> None:
        self._request = request
        self._catalog = catalog
        self._provider = provider
        self._bases = bases
        self._run = run
        self._reasons = reasons
        self._words = words

    def write(self, stack: Stack, ground: Ground, report: Report) -> WrittenDiff:
        """Make the diff of one candidate on the ground's tree, and replace its folder.

        ``report`` holds the verdicts on every candidate that was asked for.
        """
        own = package.part_about(report, stack)
        squasher = Squasher(
            self._provider.home, self._catalog.upstream(ground.trees[0].base.upstream)
        )
        squashed = self._squashed(stack, ground, squasher)
        proof = redgreen.proof_of(squashed, own.candidates)
        mutation = self._mutation(squashed, ground, proof)
        context = CheckContext(self._provider, squasher, own.candidates, mutation)
        results = table.results(squashed, context)
        contents = Contents(
            squashed=squashed,
            checks=gate.with_allowances(results, self._reasons),
            proof=proof,
            mutation=mutation,
            report=own,
            made=provenance_of(
                squashed,
                ground,
                self._bases.now[squashed.upstream.name],
                self._request,
                self._words,
            ),
        )
        range_diff, no_range_diff = self._range_diff(squashed, squasher)
        entry, no_entry = self._missing_news(squashed, results)
        folder = package.write(self._provider.home, contents, range_diff, entry)
        notes = tuple(note for note in (no_range_diff, no_entry) if note)
        return WrittenDiff(contents, os.path.relpath(folder), range_diff, notes)

    def _mutation(
        self, squashed: SquashedCommit, ground: Ground, proof: RedGreenProof
    ) -> MutationProof:
        """What the tests that pass with the candidate notice of faults in its code."""
        if squashed.patched is None:
            return MutationProof(nothing="there is no diff to look at")
        how = settings_of(self._request)
        mutating = Mutating(self._provider, ground, squashed.patched, how)
        return mutating.proof((*proof.red, *proof.guards), self._run)

    def _squashed(self, stack: Stack, ground: Ground, squasher: Squasher) -> SquashedCommit:
        """The candidate as one commit; without one, the problems that it does not apply for."""
        base = ground.trees[0]
        candidates = self._catalog.in_order(stack)
        application = self._provider.apply_stack(base, stack, candidates)
        if application.tree is not None:
            return squasher.squash(stack, candidates, base, application.tree, application.applies)
        upstream = self._catalog.upstream(base.base.upstream)
        problems = application.problems
        return SquashedCommit(stack, upstream, tuple(candidates), base, ApplyResult.NO, problems)

    def _missing_news(
        self, squashed: SquashedCommit, results: list[CheckResult]
    ) -> tuple[news.BlurbReply | None, str]:
        """A first news entry where the check misses one; and why there is none."""
        state = next(each.state for each in results if each.name == table.NEWS)
        if state is not CheckState.WRONG or news.entries(squashed):
            return None, ""
        try:
            return news.suggestion(squashed, self._provider), ""
        except WorkbenchError as error:
            return None, f"no news entry could be made: {str(error).splitlines()[0]}"

    def _range_diff(self, squashed: SquashedCommit, squasher: Squasher) -> tuple[str, str]:
        """How the series differs from what it is without ``--onto``; and why that is not known."""
        before = self._bases.before.get(squashed.upstream.name)
        now = self._bases.now[squashed.upstream.name]
        if before is None or before == now or squashed.patched is None:
            return "", ""
        try:
            base = self._provider.base(before, squashed.upstream.name)
            old = self._provider.apply_stack(base, squashed.name, squashed.stack).tree
        except WorkbenchError as error:
            return "", f"no range-diff: {error}"
        if old is None:
            return "", f"no range-diff: {squashed.name} does not apply to {base.base}"
        return squasher.range_diff((base, old), (squashed.base, squashed.patched)), ""
