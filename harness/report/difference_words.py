"""The sentences that every rendering of a comparison of two reports shares. Pure.

Owns: wording, and which differences are told together. Must not know terminals, Markdown or
HTML. The earlier report is A and the later one B, as on the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..model import Change, ChangeKind, FileReach, Step, Verdict
from . import summary
from .difference import (
    CandidateDifference,
    ChangeDifference,
    ConflictDifference,
    Differences,
    ReachDifference,
)
from .pages.tones import BAD, GOOD, PLAIN, WARN

LIMITS = "These differ as well, so that what follows need not be the patch's doing:"
NOTHING = "No candidate differs."


class Group(NamedTuple):
    """Differences that are told together; ``tone`` is good, bad, warn or plain."""

    title: str
    tone: str
    found: tuple[ChangeDifference, ...]


def _is(kind: ChangeKind, change: Change | None) -> bool:
    return bool(change and change.kind is kind and change.confirmed and not change.expected)


def _comes(kind: ChangeKind) -> Callable[[ChangeDifference], bool]:
    return lambda each: _is(kind, each.after) and not _is(kind, each.before)


def _goes(kind: ChangeKind) -> Callable[[ChangeDifference], bool]:
    return lambda each: _is(kind, each.before) and not _is(kind, each.after)


# A difference is told in the first group that it is of.
GROUPS: tuple[tuple[str, str, Callable[[ChangeDifference], bool]], ...] = (
    ("newly broken", BAD, lambda each: each.is_newly_broken),
    ("no longer fixed", BAD, _goes(ChangeKind.FIXED)),
    ("newly fixed", GOOD, _comes(ChangeKind.FIXED)),
    ("no longer broken", GOOD, lambda each: each.is_no_longer_broken),
    ("newly flaky", WARN, lambda each: _flaky(each.after) and not _flaky(each.before)),
    ("newly slower", WARN, _comes(ChangeKind.SLOWER)),
    ("no longer slower", GOOD, _goes(ChangeKind.SLOWER)),
    ("in B alone", PLAIN, lambda each: each.step is Step.CAME),
    ("in A alone", PLAIN, lambda each: each.step is Step.WENT),
    ("otherwise than before", PLAIN, lambda each: True),
)


def _flaky(change: Change | None) -> bool:
    return bool(change and change.kind is ChangeKind.FLAKY)


def groups(found: CandidateDifference) -> list[Group]:
    """A candidate's differences by what they mean, the worst first."""
    told: dict[str, list[ChangeDifference]] = {}
    for each in found.changes:
        title = next(title for title, _, fits in GROUPS if fits(each))
        told.setdefault(title, []).append(each)
    return [Group(title, tone, tuple(told[title])) for title, tone, _ in GROUPS if title in told]


def headline(found: Differences) -> str:
    """What came of the comparison, in one sentence."""
    every = [change for each in found.candidates for change in each.changes]
    broken = sum(change.is_newly_broken for change in every)
    both = [each for each in found.candidates if each.is_in_both]
    turned = [each for each in both if _verdicts(each)[0] != _verdicts(each)[1]]
    came = sum(each.before is None for each in found.candidates)
    went = sum(each.after is None for each in found.candidates)
    said = [
        f"{number} {what}"
        for number, what in (
            (broken, "newly broken tests" if broken > 1 else "newly broken test"),
            (len(turned), "with another verdict"),
            (came, "in B alone"),
            (went, "in A alone"),
        )
        if number
    ]
    changed = sum(not each.is_same for each in both)
    if not (said or changed or found.conflicts):
        return NOTHING
    return ", ".join([_how_many(changed, len(both)), *said]) + "."


def _how_many(changed: int, both: int) -> str:
    if both == 0:
        return "No candidate is in both reports"
    if both == 1:
        return f"The only candidate in both reports {'differs' if changed else 'is the same'}"
    return f"{changed or 'None'} of {both} candidates in both reports differ" + "s" * (changed == 1)


def _verdicts(found: CandidateDifference) -> tuple[Verdict | None, Verdict | None]:
    before, after = found.before, found.after
    return (before.verdict if before else None), (after.verdict if after else None)


def verdicts(found: CandidateDifference) -> str:
    """``fixes → breaks``, or what it is in both."""
    words = [str(each) if each else "not there" for each in _verdicts(found)]
    return words[0] if words[0] == words[1] else " → ".join(words)


def alone_line(found: CandidateDifference) -> str:
    """``django/x on django 6.1.3, in B alone: breaks (2 broken of 30 tests)``."""
    side = found.side
    where = "in B alone" if found.after else "in A alone"
    how = f"{side.worse} broken of {side.tests} tests" if side.tests else "no test ran"
    return f"{side.name} on {side.base}, {where}: {side.verdict} ({how})"


def facts(found: CandidateDifference) -> Iterator[str]:
    """What limits or explains the differences of one candidate, a line each."""
    before, after = found.before, found.after
    if before is None or after is None:
        return
    if before.name != after.name:
        yield f"{before.name} in A, the only one there that is not in B, is taken for it"
    if before.base != after.base:
        yield f"on another base: {before.base} in A, {after.base} in B"
    if found.has_same_text:
        yield "the patch is the same: what differs is not its doing"
    if before.applies is not after.applies:
        yield f"applies: {summary.APPLIES[before.applies]} → {summary.APPLIES[after.applies]}"
    if before.tests != after.tests:
        fewer = "; what is in A alone may not have been run" if after.tests < before.tests else ""
        yield f"{before.tests} tests in A, {after.tests} in B{fewer}"


def change_line(each: ChangeDifference) -> str:
    """``test_x: broken (passed 3 → failed 3)``, with what it was before where that differs."""
    waited = f", {summary.one_line(each.change.wait.name)}" if each.change.wait else ""
    name = summary.test_name(each.change.test) + waited
    if each.before is None or each.after is None:
        was = "" if each.after else "was "
        return f"{name}: {was}{_said(each.change)}"
    kinds = [summary.kind_of_change(change) for change in (each.before, each.after)]
    steps = [summary.step(change) for change in (each.before, each.after)]
    if kinds[0] != kinds[1]:
        return f"{name}: {kinds[0]} → {kinds[1]} ({steps[1]})"
    return f"{name}: {kinds[1]} ({steps[1]}; in A {steps[0]})"


def reason_line(each: ChangeDifference) -> str:
    """Why a test goes wrong, where that is news; empty where it is not."""
    after, before = each.after, each.before
    if after is None or not after.reason or (before and before.reason == after.reason):
        return ""
    return summary.one_line(after.reason)


def _said(change: Change) -> str:
    return f"{summary.kind_of_change(change)} ({summary.step(change)})"


def reach_line(each: ReachDifference) -> str:
    """``a.py: all 5 changed statements run → lines 3-4 run by no test``."""
    return f"{summary.one_line(each.path)}: {_ran(each.before)} → {_ran(each.after)}"


def reach_tone(each: ReachDifference) -> str:
    """Bad where tests run less than before, good where they run more."""
    return WARN if each.is_lost else GOOD if each.is_gained else PLAIN


def _ran(file: FileReach | None) -> str:
    if file is None:
        return "not changed"
    if file.why:
        return summary.one_line(f"not known, {file.why}")
    if file.unreached:
        return f"{summary.unreached(file)} run by no test"
    return f"all of {file.statements} changed statements run"


def conflict_line(each: ConflictDifference) -> str:
    """What two candidates do to each other in one of the reports alone."""
    where = "in B alone" if each.step is Step.CAME else "no longer"
    return f"{each.stack}, {where}: {summary.conflict_line(each.conflict)}"


def conflict_tone(each: ConflictDifference) -> str:
    """Bad where it came, good where it went."""
    return BAD if each.step is Step.CAME else GOOD
