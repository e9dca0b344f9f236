"""The smallest set of changes, where some mean nothing without others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.judge import bisection, reduction
from harness.judge.bisection import Finding, Rules
from harness.model import Answer

Behaviour = Callable[[frozenset[str]], Answer]
SLOTS = 2


def searched(behaves: Behaviour, always: list[str], rest: list[str]) -> Finding:
    """A search over ``always`` with more and more of ``rest``."""
    rules = Rules(len(rest) + 1, assumed=True)
    record: dict[int, list[Answer]] = {}
    while states := bisection.due(record, rules, SLOTS):
        for state in states:
            record.setdefault(state, []).append(behaves(frozenset([*always, *rest[:state]])))
    found = bisection.finding(record, rules)
    assert found is not None
    return found


def needs(*wanted: str) -> Behaviour:
    """Bad if all of these are there."""
    return lambda there: Answer.BAD if there >= set(wanted) else Answer.GOOD


def importing(used: str, defined: str, then: Behaviour) -> Behaviour:
    """What uses a name can not be tried without what defines it."""

    def behaves(there: frozenset[str]) -> Answer:
        if used in there and defined not in there:
            return Answer.UNTESTABLE
        return then(there)

    return behaves


CASES: dict[str, tuple[Behaviour, set[str]]] = {
    "one": (needs("c"), {"c"}),
    "two": (needs("b", "e"), {"b", "e"}),
    "all": (needs(*"abcdef"), set("abcdef")),
    "one that does not import without another": (importing("e", "b", needs("e")), {"b", "e"}),
    "two, of which one imports the other": (importing("d", "a", needs("d", "a")), {"a", "d"}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_needed_alone_makes_the_change(case: str) -> None:
    behaves, wanted = CASES[case]
    needed, _ = reduction.smallest(
        list("abcdef"), lambda always, rest: searched(behaves, always, rest)
    )
    assert set(needed) == wanted
    assert behaves(frozenset(needed)) is Answer.BAD
