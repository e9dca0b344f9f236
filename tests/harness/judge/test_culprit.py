"""What a commit's runs are worth, and when it is named."""

from __future__ import annotations

import msgspec
import pytest

from harness.judge import exact
from harness.judge.culprit import CommitName, Culprit, SideRuns, chance_of
from harness.model import Answer, Conclusion

COMMIT = CommitName("a" * 40, "Loud", "2024-05-31")


def side(**counts: int) -> SideRuns:
    return SideRuns(COMMIT, {name.replace("_", "-"): count for name, count in counts.items()})


CULPRIT = Culprit(("t",), Conclusion.FOUND, side(bad=3), side(good=3), 0.999)


def test_a_commit_is_called_by_its_id_and_subject() -> None:
    assert str(COMMIT) == "aaaaaaaaaa Loud"
    assert side(good=3).count(Answer.GOOD) == 3
    assert side(good=3).count(Answer.BAD) == 0


@pytest.mark.parametrize(
    ("before", "after", "first", "wanted"),
    [
        # A regression: what is steady before, and odd after it.
        (side(good=5), side(bad=5), Answer.GOOD, exact.chance(5, 5, 5)),
        (side(good=5), side(bad=3, good=2), Answer.GOOD, exact.chance(5, 3, 5)),
        # What does not exist yet can not fail as it does later.
        (side(not_yet=5), side(bad=5), Answer.GOOD, exact.chance(5, 5, 5)),
        # A mending, the other way round.
        (side(bad=5), side(good=5), Answer.BAD, exact.chance(5, 5, 5)),
        (side(not_yet=5), side(good=5), Answer.BAD, 1.0),
        # Runs before it that are not all alike prove nothing, nor do none.
        (side(good=4, bad=1), side(bad=5), Answer.GOOD, 1.0),
        (side(good=4, untestable=1), side(bad=5), Answer.GOOD, 1.0),
        (side(), side(bad=5), Answer.GOOD, 1.0),
        (side(good=5), side(untestable=5), Answer.GOOD, 1.0),
    ],
)
def test_how_likely_noise_would_look_like_that(
    before: SideRuns, after: SideRuns, first: Answer, wanted: float
) -> None:
    assert chance_of(before, after, first) == pytest.approx(wanted)


def test_one_of_several_is_not_named_unless_the_others_can_not_matter() -> None:
    several = msgspec.structs.replace(CULPRIT, conclusion=Conclusion.RANGE)
    assert CULPRIT.is_named
    assert not several.is_named
    assert msgspec.structs.replace(several, by_reach=True).is_named
