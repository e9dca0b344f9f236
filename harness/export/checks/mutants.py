"""Mutants: a patch's own tests notice small faults in its code.

Owns: how many they may miss, and how that is told. Must not know how mutants are made or
tried (``compare.mutating``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...catalog.candidate import Candidate, Survivor
from ...model import MutantFate, Mutation, MutationProof
from ..gate import CheckResult, not_asked, unknown, wrong_if_any

# Of so few that a tenth is none, one may be of no matter all the same.
MOST_SURVIVING = 0.1
LEAST = 1
ADVICE = (
    "add a test that fails for each (all of them: evidence/mutants.json), or say under "
    "[[survivors]] in candidate.toml why none has to"
)


def check(stack: Iterable[Candidate], proof: MutationProof) -> CheckResult:
    """Whether nearly all mutants are noticed, and there is a reason for each of the others."""
    if proof.nothing:
        return not_asked(proof.nothing)
    if proof.why:
        return unknown(proof.why)
    undecided = proof.of_fate(MutantFate.UNDECIDED)
    if undecided:
        return unknown(
            f"{len(undecided)} of {len(proof.mutations)} mutants could not be tried: "
            f"{undecided[0].by}",
            "run again",
        )
    survivors = proof.of_fate(MutantFate.SURVIVED)
    reasons = {_place(s): s for candidate in stack for s in candidate.about.survivors}
    return wrong_if_any(_findings(proof, survivors, reasons), ADVICE, _note(proof, reasons))


def _findings(
    proof: MutationProof, survivors: Sequence[Mutation], reasons: dict[tuple[str, str], Survivor]
) -> Iterator[str]:
    for each in survivors:
        if _named(each) not in reasons:
            yield f"{each.path}:{each.line}: no test notices that {each.mutation}: {each.text}"
    most = max(LEAST, int(MOST_SURVIVING * len(proof.mutations)))
    if len(survivors) > most:
        yield (
            f"{len(survivors)} of {len(proof.mutations)} mutants survive, and at most {most} may, "
            "with a reason"
        )


def _note(proof: MutationProof, reasons: dict[tuple[str, str], Survivor]) -> str:
    """What was tried; reasons that nothing needs any more are named, for who gave them."""
    survivors = {_named(each) for each in proof.of_fate(MutantFate.SURVIVED)}
    killed = len(proof.of_fate(MutantFate.KILLED))
    tried = len(proof.mutations)
    cut = f", of {proof.possible} evenly over the changed lines" if tried < proof.possible else ""
    said = f"{tried} mutants{cut}: {killed} noticed by {len(proof.tests)} tests"
    idle = [place for place in reasons if place not in survivors]
    if idle and tried == proof.possible:
        said += f"; needs no reason any more: {'; '.join(': '.join(place) for place in idle)}"
    return said


def _named(mutation: Mutation) -> tuple[str, str]:
    return mutation.text, mutation.mutation


def _place(survivor: Survivor) -> tuple[str, str]:
    return survivor.line, survivor.mutation
