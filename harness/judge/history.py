"""How behaviours change from release to release. Pure.

Owns: which tests turn between two neighbours, and how turns are told together.
May know only ``model`` and the matrix. What can not be tried says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import Answer, Conclusion, Matrix, Scene, Value
from . import wire


class ReleaseColumn(Value, frozen=True):
    """One release of the table: its number, and the Python that ran it."""

    version: str
    python: str


class BehaviourChange(Value, frozen=True):
    """Tests of one behaviour over one link that turn with the same release.

    ``first`` is the first release that has the new behaviour and ``last`` the
    last one known to have the old; ``to`` is what the tests do since. Where
    ``conclusion`` is a range, the releases between could not be tried. The
    ``confidence`` is that of the least certain of the tests.
    """

    behaviour: str
    link: str
    last: str
    first: str
    to: Answer
    conclusion: Conclusion
    confidence: float
    tests: tuple[str, ...]


class History(Value, frozen=True):
    """The table of one upstream, and every change of behaviour in it."""

    upstream: str
    columns: tuple[ReleaseColumn, ...]
    matrix: Matrix | None
    turns: tuple[BehaviourChange, ...]
    notes: tuple[str, ...] = ()
    runs: int = 0
    seconds: float = 0.0


def turned(old: Mapping[str, Answer], new: Mapping[str, Answer]) -> dict[str, Answer]:
    """Tests that answer otherwise on the newer of two releases, with the older's answer."""
    return {
        test: answer
        for test, answer in old.items()
        if answer.is_sure and test in new and new[test].is_sure and new[test] is not answer
    }


def merged(single: Sequence[BehaviourChange]) -> list[BehaviourChange]:
    """Turns of single tests, joined where behaviour, link, releases and direction are the same."""
    joined: dict[tuple[str, ...], list[BehaviourChange]] = {}
    for turn in single:
        key = (turn.behaviour, turn.link, turn.last, turn.first, turn.to)
        joined.setdefault(key, []).append(turn)
    return [
        BehaviourChange(
            behaviour=of[0].behaviour,
            link=of[0].link,
            last=of[0].last,
            first=of[0].first,
            to=of[0].to,
            conclusion=of[0].conclusion,
            confidence=min(turn.confidence for turn in of),
            tests=tuple(sorted(test for turn in of for test in turn.tests)),
        )
        for of in joined.values()
    ]


def change_of(
    test: str,
    scene: Scene | None,
    last: str,
    first: str,
    to: Answer,
    conclusion: Conclusion,
    confidence: float,
) -> BehaviourChange:
    """The turn of a single test, which stands in the table where its ``scene`` says."""
    behaviour, link = wire.row_key(test, scene)
    return BehaviourChange(behaviour, link, last, first, to, conclusion, confidence, (test,))
