"""Candidates beside each other: whose tests pass on whose code, and what two do together. Pure.

Owns: these sentences and that table. Must not know terminals or Markdown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..model import Conflict, Pair, Stack, Swap
from .phrases import number_of, one_line, seconds, test_name


class SwapTable(NamedTuple):
    """Whose tests pass on whose code, on one ground: a row of cells for each owner of tests."""

    ground: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def swap_tables(swaps: Sequence[Swap]) -> list[SwapTable]:
    """The swaps as tables, one for each ground; a dot where nothing was tried."""
    tables = []
    for ground in dict.fromkeys(each.ground for each in swaps):
        here = {(each.tests_of, each.candidate): each for each in swaps if each.ground == ground}
        owners = list(dict.fromkeys(owner for owner, _ in here))
        others = list(dict.fromkeys(other for _, other in here))
        rows = tuple(
            (owner.short, *(_swap_cell(here.get((owner, other))) for other in others))
            for owner in owners
        )
        tables.append(SwapTable(ground, tuple(other.short for other in others), rows))
    return tables


def swap_lines(swaps: Sequence[Swap]) -> list[str]:
    """Whose tests pass on whose code, a sentence for each owner of tests on each ground."""
    owned: dict[tuple[str, Stack], list[Swap]] = {}
    for each in swaps:
        owned.setdefault((each.ground, each.tests_of), []).append(each)
    return [_swap_line(ground, owner, each) for (ground, owner), each in owned.items()]


def pair_line(pair: Pair) -> str:
    """What two candidates on two upstreams do to each other, in one sentence."""
    head = f"{pair.stack} on {pair.ground}"
    if pair.why:
        return f"{head}: could not be tried together: {pair.why}"
    number = len({each.test for each in pair.conflicts})
    if not number:
        tests = number_of(pair.tests, "test")
        return f"{head}: none of {tests} is worse than with its halves alone"
    return f"{head}: {number_of(number, 'test')} worse than its halves let expect"


def quiet_pairs_line(pairs: Sequence[Pair]) -> str:
    """What is told of pairs that do nothing to each other."""
    least, most = min(pair.tests for pair in pairs), max(pair.tests for pair in pairs)
    tests = f"{least} to {most}" if least != most else f"{least}"
    if len(pairs) == 1:
        return f"{pair_line(pairs[0])}."
    return (
        f"Two candidates together: in {len(pairs)} pairs none of {tests} tests is worse than with "
        "the halves alone."
    )


def conflict_line(conflict: Conflict) -> str:
    """``test_x: failed with both; absent on the base, alone passed and absent: REASON``."""
    name = test_name(conflict.test)
    if conflict.wait:
        base, *alone, both = map(seconds, conflict.seconds)
        name = f"{name}: {conflict.wait}"
    else:
        base, *alone, both = conflict.base, *conflict.halves, conflict.both
    said = f"{both} with both; {base} on the base, alone {' and '.join(alone)}"
    return f"{name}: {said}" + (f": {one_line(conflict.reason)}" if conflict.reason else "")


def _swap_cell(swap: Swap | None) -> str:
    if swap is None:
        return "."
    if swap.why:
        return "unfit"
    if not swap.failed:
        return "all"
    return f"{len(swap.tests) - len(swap.failed)}/{len(swap.tests)}"


def _swap_line(ground: str, owner: Stack, swaps: Sequence[Swap]) -> str:
    """``django/a on django 6.1.3, 8 tests: all pass on b, 2 on c, none on the other 7``."""
    by_number: dict[int, list[str]] = {}
    unfit = []
    for each in swaps:
        if each.why:
            unfit.append(each.candidate.short)
        else:
            passed = len(each.tests) - len(each.failed)
            by_number.setdefault(passed, []).append(each.candidate.short)
    total = max(len(each.tests) for each in swaps)
    said: list[str] = []
    for number in sorted(by_number, reverse=True):
        names = by_number[number]
        where = ", ".join(names)
        if not number and len(names) > 1:
            where = f"the other {len(names)}" if len(names) < len(swaps) else "any other"
        count = "all" if number == total else str(number or "none")
        said.append(f"{count}{' pass' * (not said)} on {where}")
    if unfit:
        said.append(f"they do not fit {', '.join(unfit)}")
    return f"{owner} on {ground}, {number_of(total, 'test')}: {'; '.join(said)}"
