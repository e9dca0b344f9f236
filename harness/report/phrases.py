"""Names, numbers and steps of single tests, as every form of a report shows them. Pure.

Owns: how an id, a time, a share and a step are written. Must not know terminals or Markdown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ..model import Change
from ..system.digests import digest

LONGEST_ID, DIGITS = 200, 10
SHORT = 0.1  # seconds, below which they are told as milliseconds


def one_line(text: str) -> str:
    """Text from outside, as one line that can steer neither a terminal nor a reader of lines."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else " " for letter in text)


def test_name(test: str) -> str:
    """A test's id as it is shown, in one line; JSON has it whole.

    An id with parameters can have thousands of characters: such a one is cut, and ends
    with a digest that tells it from others with the same beginning.
    """
    name = one_line(test)
    if len(name) <= LONGEST_ID:
        return name
    return f"{name[: LONGEST_ID - DIGITS - 2]}…#{digest(test)[:DIGITS]}"


def number_of(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def seconds(*each: float) -> str:
    """``0.00 s → 0.50 s``, or where all is short ``0.5 ms → 43.9 ms``."""
    if max(each) < SHORT:
        return " → ".join(f"{one * 1000:.1f} ms" for one in each)
    return " → ".join(f"{one:.2f} s" for one in each)


def percent(share: float) -> str:
    """A confidence as a percentage, never rounded up to certainty."""
    return f"{math.floor(share * 10000) / 100 - (0.01 if share >= 1 else 0):.2f} %"


def run_counts(counts: Mapping[str, int]) -> str:
    """``passed 3`` or ``failed 1, passed 2``."""
    return ", ".join(f"{status} {number}" for status, number in counts.items())


def step(change: Change) -> str:
    """``passed 3 → error 3``: what the base did, and what the patched tree did.

    ``0.00 s → 0.50 s`` where that is how long they took for something."""
    if change.wait:
        return seconds(change.wait.base, change.wait.patched)
    return f"{run_counts(change.base_runs)} → {run_counts(change.patched_runs)}"


def kind_of_change(change: Change) -> str:
    """``broken``, or ``renamed to servers.tests.Test.test_new, tests/servers/tests.py:12``."""
    to = f" to {test_name(change.renamed_to)}" if change.renamed_to else ""
    place = f", {one_line(change.place)}" if change.place else ""
    sure = "" if change.confirmed else ", not confirmed"
    return f"{change.kind}{to}{place}{sure}"


def shared_reason(group: str, changes: Sequence[Change]) -> str:
    """The reason that all changes of a group give, if it says more than the group's name."""
    reasons = {change.reason for change in changes}
    return reasons.pop() if len(reasons) == 1 and group not in reasons else ""
