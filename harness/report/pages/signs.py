"""The sign and the tone of words that pages mark: no meaning is told by colour alone.

Owns: that table. Must not know pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...model import Answer, MutantFate, Presence, Suspicion


class Sign(NamedTuple):
    """A mark: its sign, its word, and its tone, one of ``charts.KINDS``."""

    sign: str
    word: str
    tone: str


ANSWERS: Mapping[Answer, Sign] = {
    Answer.GOOD: Sign("✓", "good", "good"),
    Answer.BAD: Sign("✗", "bad", "bad"),
    Answer.UNTESTABLE: Sign("?", "can not be tried", "warn"),
    Answer.NOT_YET: Sign("○", "can not exist yet", "info"),
}
PASSES: Mapping[Answer, Sign] = {
    **ANSWERS,
    Answer.GOOD: Sign("✓", "passes", "good"),
    Answer.BAD: Sign("✗", "fails", "bad"),
}
SUSPICIONS: Mapping[Suspicion, Sign] = {
    Suspicion.CONFIRMED: Sign("✗", Suspicion.CONFIRMED.value, "bad"),
    Suspicion.NOT_THE_CAUSE: Sign("✓", Suspicion.NOT_THE_CAUSE.value, "good"),
    Suspicion.UNTESTABLE: Sign("?", Suspicion.UNTESTABLE.value, "warn"),
}
PRESENCES: Mapping[Presence, Sign] = {
    Presence.APPEARED: Sign("✗", Presence.APPEARED.value, "bad"),
    Presence.DISAPPEARED: Sign("✓", Presence.DISAPPEARED.value, "good"),
    Presence.BOTH: Sign("=", Presence.BOTH.value, "plain"),
    Presence.NOWHERE: Sign("·", Presence.NOWHERE.value, "plain"),
    Presence.FLAKY: Sign("~", Presence.FLAKY.value, "warn"),
    Presence.UNTESTABLE: Sign("?", Presence.UNTESTABLE.value, "warn"),
}
FATES: Mapping[MutantFate, Sign] = {
    MutantFate.KILLED: Sign("✓", "noticed", "good"),
    MutantFate.SURVIVED: Sign("✗", "survived", "bad"),
    MutantFate.UNDECIDED: Sign("?", "undecided", "warn"),
}


def met(is_met: bool | None) -> Sign | None:
    """Whether an aim was met; nothing where there is none."""
    if is_met is None:
        return None
    return Sign("✓", "aim met", "good") if is_met else Sign("✗", "aim missed", "bad")
