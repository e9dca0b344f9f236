"""Which candidates for two upstreams are tried together, by what came of each alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import msgspec
import pytest
from support.trials import comparison
from support.values import BASE, CPYTHON, PYTHON

from harness.compare.comparison import Comparison, RunSettings
from harness.compare.pairing import Pairing
from harness.compare.plan import Planner
from harness.model import (
    ApplyResult,
    Base,
    Ground,
    Judgement,
    Source,
    Stack,
    Tree,
    Verdict,
)

LIBRARY = Tree(Base(CPYTHON, "3.13.0", Source.INSTALLED, "3.13.0"), "e" * 40, "f" * 40)
ALONE, CROSSED = Ground((BASE,), PYTHON), Ground((BASE, LIBRARY), PYTHON)
DJANGO, PYTHONS = "django/a", "cpython/b"


def judged(name: str, verdict: Verdict, ground: Ground) -> tuple[Comparison, Judgement]:
    stack = Stack.read(name)
    found = Judgement(name, str(ground), ApplyResult.CLEAN, verdict, stack=stack)
    return msgspec.structs.replace(comparison(stack), ground=ground), found


def chosen(
    django: Verdict, cpython: Verdict, *, named: bool, both: bool = False
) -> list[tuple[str, str]]:
    """The pairs of one candidate of each, as text."""
    every = [judged(DJANGO, django, ALONE), judged(PYTHONS, cpython, CROSSED)]
    if both:
        every.append(judged(f"{PYTHONS}+{DJANGO}", Verdict.NEUTRAL, CROSSED))
    planner = cast(Planner, SimpleNamespace(are_named=named))
    pairing = Pairing(planner, RunSettings(), {})
    return [(str(stack), str(ground)) for stack, ground in pairing._chosen(every)]


PAIR = [(f"{DJANGO}+{PYTHONS}", "django 6.1.3 on cpython 3.13.0")]
FIXES, NEUTRAL, BREAKS = Verdict.FIXES, Verdict.NEUTRAL, Verdict.BREAKS


@pytest.mark.parametrize(
    ("django", "cpython", "named", "pairs"),
    [
        pytest.param(FIXES, FIXES, False, PAIR, id="both fix something"),
        pytest.param(FIXES, NEUTRAL, False, [], id="nobody named one that changes nothing"),
        pytest.param(FIXES, NEUTRAL, True, PAIR, id="somebody did"),
        pytest.param(FIXES, BREAKS, True, [], id="one is known for what it breaks"),
        pytest.param(FIXES, Verdict.INCONCLUSIVE, True, [], id="nobody knows what one does"),
    ],
)
def test_who_is_a_pair(
    django: Verdict, cpython: Verdict, named: bool, pairs: list[tuple[str, str]]
) -> None:
    assert chosen(django, cpython, named=named) == pairs


def test_a_stack_that_was_asked_for_is_compared_whatever_its_halves_do() -> None:
    asked = (f"{PYTHONS}+{DJANGO}", PAIR[0][1])
    assert chosen(BREAKS, BREAKS, named=True, both=True) == [asked]
