"""Which patch to merge, said from the verdicts alone. Pure.

Owns: the order among patches that break nothing, and the sentences a reviewer reads first.
Must not know terminals, Markdown or HTML. It compares what was judged and nothing else: what
no test sees (style, documentation, a maintainer's plans) it can not weigh, and it says so by
speaking of tests only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import NamedTuple

from ..model import Change, ChangeKind, Judgement, Verdict
from . import summary

MOST_NAMED = 4

TestId = tuple[str, str]


class Standing(Enum):
    """What all verdicts on one patch come to; the best first."""

    FIXES = auto()
    NEUTRAL = auto()
    OPEN = auto()
    BREAKS = auto()
    MISFIT = auto()


class Contender(NamedTuple):
    """One patch, over all bases that it was judged on.

    ``fixed``, ``own`` and ``broken`` are tests by suite and id, each counted once, however many
    bases it was seen on. ``own`` are those of ``fixed`` that the patch itself brings: a patch
    with many tests is no better for that.
    """

    name: str
    standing: Standing
    fixed: frozenset[TestId]
    own: frozenset[TestId]
    broken: frozenset[TestId]
    judged: tuple[Judgement, ...]

    @property
    def merit(self) -> tuple[int, int]:
        """How much it fixes: tests that others could fix as well, then its own."""
        return len(self.fixed - self.own), len(self.own)


def recommendation(candidates: Sequence[Judgement]) -> str:
    """All ``recommendations`` as one paragraph; empty if nothing was judged."""
    return " ".join(recommendations(candidates))


def recommendations(candidates: Sequence[Judgement]) -> list[str]:
    """Which patch to merge: a paragraph for each upstream, as patches to others do not compete.

    Patches to two upstreams at once compete with their like.
    """
    upstreams: dict[tuple[str, ...], list[Judgement]] = {}
    for judged in candidates:
        if not judged.control:
            upstreams.setdefault(judged.stack.upstreams, []).append(judged)
    return [_paragraph(names, contenders(each)) for names, each in upstreams.items()]


def contenders(candidates: Iterable[Judgement]) -> list[Contender]:
    """The patches, each with all its verdicts; those that fix most and break none come first."""
    patches: dict[str, list[Judgement]] = {}
    for judged in candidates:
        patches.setdefault(judged.name, []).append(judged)
    found = [_contender(tuple(each)) for each in patches.values()]
    return sorted(found, key=lambda each: (each.standing.value, *(-n for n in each.merit)))


def _contender(judged: tuple[Judgement, ...]) -> Contender:
    fixed, own, broken = set(), set(), set()
    for each in judged:
        for change in each.changes:
            if not change.confirmed or change.expected:
                continue
            test = (change.suite, change.test)
            if change.kind is ChangeKind.FIXED:
                fixed.add(test)
                if _is_own(change, each):
                    own.add(test)
            elif change.kind.is_worse:
                broken.add(test)
    return Contender(
        # Where upstreams are told apart, a patch's own name is enough.
        judged[0].stack.short or judged[0].name,
        _standing({each.verdict for each in judged}),
        frozenset(fixed),
        frozenset(own),
        frozenset(broken),
        judged,
    )


def _is_own(change: Change, judged: Judgement) -> bool:
    return change.test in judged.proof.red


def _standing(verdicts: set[Verdict]) -> Standing:
    """The worst counts, but that a base which the patch was not made for says nothing."""
    if verdicts == {Verdict.DOES_NOT_APPLY}:
        return Standing.MISFIT
    if Verdict.BREAKS in verdicts:
        return Standing.BREAKS
    if Verdict.INCONCLUSIVE in verdicts:
        return Standing.OPEN
    # Unproven on one base, as nothing there runs it, takes nothing from a fix on another.
    if Verdict.FIXES in verdicts:
        return Standing.FIXES
    return Standing.OPEN if Verdict.UNPROVEN in verdicts else Standing.NEUTRAL


def _paragraph(upstreams: tuple[str, ...], all_of_them: Sequence[Contender]) -> str:
    of = {standing: [c for c in all_of_them if c.standing is standing] for standing in Standing}
    parts = [_first(of[Standing.FIXES], len(all_of_them))]
    if broken := sorted(of[Standing.BREAKS], key=lambda each: -len(each.broken)):
        counts = [len(each.broken) for each in broken]
        if len(broken) == 1:
            parts.append(f"{broken[0].name} breaks {_tests(*counts)}.")
        else:
            parts.append(f"{_listed(broken, counts)} break tests.")
    for standing, (one, many) in {
        Standing.NEUTRAL: ("changes no test's outcome", "change no test's outcome"),
        Standing.OPEN: ("is not decided", "are not decided"),
        Standing.MISFIT: ("does not apply", "do not apply"),
    }.items():
        if each := of[standing]:
            parts.append(f"{_listed(each)} {many if len(each) > 1 else one}.")
    text = " ".join(filter(None, parts))
    return f"For {' and '.join(upstreams)}: {text}" if upstreams else text


def _first(fixing: Sequence[Contender], of: int) -> str:
    """What speaks for the best, what it costs, and what comes next."""
    if not fixing:
        return "no patch fixes a test without breaking others." if of > 1 else ""
    best = [each for each in fixing if each.merit == fixing[0].merit]
    names = _joined([each.name for each in best])
    tests = _fixed(best[0])
    if len(best) > 1:
        told = f"{names} fix most, {tests} each, and break none."
    elif of > 1:
        told = f"{names} fixes most, {tests}, and breaks none."
    else:
        told = f"{names} fixes {tests} and breaks none."
    costs = [text for each in best for text in _costs(each, each.name if len(best) > 1 else "It")]
    rest = fixing[len(best) :]
    after = f"Next: {_listed(rest, [len(each.fixed) for each in rest])}." if rest else ""
    return " ".join(filter(None, (told, *costs, after)))


def _fixed(each: Contender) -> str:
    """``58 tests (and 7 of its own)``, or ``3 tests (all its own)``."""
    others, own = each.merit
    if not own:
        return _tests(others)
    if others:
        return f"{_tests(others)} (and {own} of its own)"
    return f"{_tests(own)} ({'all ' if own > 1 else ''}its own)"


def _costs(each: Contender, subject: str) -> list[str]:
    """What a reviewer has to know of a patch that breaks nothing, before merging it."""
    said = []
    by_design = {(c.suite, c.test) for j in each.judged for c in j.changes if c.expected}
    if by_design:
        said.append(f"changes {_tests(len(by_design))} by design")
    steps = [
        change.wait.patched - change.wait.base
        for judged in each.judged
        for change in judged.changes
        if change.wait and change.kind is ChangeKind.SLOWER and change.confirmed
    ]
    if steps:
        said.append(f"makes somebody wait longer, by up to {summary.seconds(max(steps))}")
    for verdict, what in (
        (Verdict.UNPROVEN, "is not proved on"),
        (Verdict.DOES_NOT_APPLY, "does not apply to"),
    ):
        bases = [judged.base for judged in each.judged if judged.verdict is verdict]
        if bases:
            said.append(f"{what} {_joined(bases)}")
    reaches = [judged.reach for judged in each.judged if judged.reach is not None]
    if reaches and not any(reach.is_full for reach in reaches):
        said.append("has changed lines that no test ran")
    return [f"{subject} {_joined(said)}."] if said else []


def _listed(each: Sequence[Contender], numbers: Sequence[int] = ()) -> str:
    """``a (92), b (8) and 3 more``."""
    names = [one.name for one in each]
    if numbers:
        names = [f"{name} ({number})" for name, number in zip(names, numbers, strict=True)]
    more = len(names) - MOST_NAMED
    return _joined([*names[:MOST_NAMED], f"{more} more"] if more > 0 else names)


def _joined(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _tests(number: int) -> str:
    return f"{number} test{'' if number == 1 else 's'}"
