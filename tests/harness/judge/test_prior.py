"""How probable a commit is before anything was tried: only the order counts."""

from __future__ import annotations

import pytest

from harness.judge import prior
from harness.judge.prior import Candidate, Ran

SERVER, ADMIN = "django/server.py", "django/admin.py"
TEST = "servers.tests.GreetingTests.test_greets"
RAN = Ran(
    {SERVER: frozenset(['return "hello"'])},
    loaded=frozenset(["django/apps.py"]),
    paths=frozenset([SERVER, ADMIN, "django/apps.py"]),
)
WROTE = Candidate("Changed it.", [(SERVER, ['    return "hello"'], 1)])
TOUCHED = Candidate("Changed it.", [(SERVER, ["    # a comment"], 1)])
LOADED = Candidate("Changed it.", [("django/apps.py", ["x = 1"], 0)])
UNKNOWN = Candidate("Changed it.", [("django/gone.py", ["x = 1"], 0)])
NEVER_RUN = Candidate("Changed it.", [(ADMIN, ["x = 1"], 0)])
LEAST = round(prior.LEAST**prior.SHARPNESS, 6)
NOTHING = Candidate("Changed the documentation.", [])


def test_the_nearer_a_commit_is_to_what_ran_the_sooner_it_is_tried() -> None:
    found = prior.weights([WROTE, TOUCHED, LOADED, UNKNOWN, NEVER_RUN], RAN, TEST)
    assert list(found) == sorted(set(found), reverse=True)
    assert prior.weights([NOTHING], RAN, TEST) == (LEAST,)


def test_what_speaks_for_nothing_still_weighs_something() -> None:
    """Else a search would never come to it."""
    assert prior.weights([NEVER_RUN, NOTHING], RAN, TEST) == (LEAST, LEAST)


def test_a_line_is_known_again_wherever_it_is_indented() -> None:
    (indented, plain) = (
        Candidate("x", [(SERVER, [text], 0)]) for text in ('\treturn "hello"', 'return "hello"')
    )
    assert len(set(prior.weights([indented, plain], RAN, TEST))) == 1


def test_a_larger_change_of_a_file_that_ran_weighs_more() -> None:
    small, large = (Candidate("x", [(SERVER, ["# x"] * size, size)]) for size in (1, 50))
    light, heavy = prior.weights([small, large], RAN, TEST)
    assert light < heavy


@pytest.mark.parametrize("subject", ["Sped up greeting.", "GreetingView", "greeting_view"])
def test_words_that_the_subject_shares_with_the_test_weigh(subject: str) -> None:
    shared, plain = prior.weights([TOUCHED._replace(subject=subject), TOUCHED], RAN, TEST)
    assert shared == pytest.approx(plain * (1 + prior.PER_WORD) ** prior.SHARPNESS, rel=1e-3)


def test_words_that_every_subject_and_every_test_has_do_not() -> None:
    common = TOUCHED._replace(subject="Fixed the tests for that test.")
    assert len(set(prior.weights([common, TOUCHED], RAN, TEST))) == 1


def test_words_alone_speak_for_nothing() -> None:
    docs = Candidate("Documented greeting.", [(ADMIN, ["x = 1"], 0)])
    assert prior.weights([docs], RAN, TEST) == (LEAST,)


def test_only_what_the_test_did_not_load_can_not_matter() -> None:
    for commit in (WROTE, TOUCHED, LOADED, UNKNOWN):
        assert prior.can_matter(commit, RAN)
    for commit in (NEVER_RUN, NOTHING):
        assert not prior.can_matter(commit, RAN)
    both = Candidate("x", [*NEVER_RUN.changes, *LOADED.changes])
    assert prior.can_matter(both, RAN)


def test_where_nothing_was_watched_everything_can_matter() -> None:
    assert prior.can_matter(NEVER_RUN, Ran())
