"""The upstreams' rules for a commit's message, as their upstream.toml has them."""

from __future__ import annotations

import pytest
from support.tiny import PROJECT

from harness.catalog.catalog import Catalog
from harness.catalog.upstream import PullRequestRules
from harness.export.checks import messages

BODY = "\n\nThis says why.\n"


def rules(upstream: str) -> PullRequestRules:
    found = Catalog(PROJECT / "patches").upstream(upstream).pull_request
    assert found is not None
    return found


def said(upstream: str, message: str, number: int | None = None) -> list[str]:
    return list(messages.objections(message, rules(upstream), number))


@pytest.mark.parametrize(
    ("upstream", "subject"),
    [
        ("django", "Fixed #32472 -- Prevented runserver from truncating responses."),
        ("django", "Fixed #32472 -- Made runserver wait for clients."),
        ("django", "Refs #32472 -- Kept connections open."),
        ("cpython", "gh-123456: Read what clients still send before socketserver closes"),
        ("cpython", "gh-123456: Pass the length on"),
        ("cpython", "gh-123456: Need no length"),
    ],
)
def test_a_subject_by_the_rules(upstream: str, subject: str) -> None:
    assert said(upstream, subject + BODY) == []


@pytest.mark.parametrize(
    ("upstream", "subject", "problem"),
    [
        ("django", "Fixed #32472 -- Prevented truncation", "form"),
        ("django", "Fixes #32472 -- Prevented truncation.", "form"),
        ("django", "#32472 -- Prevented truncation.", "form"),
        ("django", "Fixed #32472 -- Prevents truncation.", "past tense"),
        ("django", "Fixed #32472 -- Preventing truncation.", "past tense"),
        ("django", "Fixed #32472 -- Need no length.", "past tense"),
        ("django", "Fixed #32472 -- prevented truncation.", "capital"),
        ("django", f"Fixed #32472 -- Prevented {'very ' * 10}long subjects.", "more than 72"),
        ("django", "WIP: Fixed #32472 -- Prevented truncation.", "unfinished"),
        ("cpython", "gh-123456: Prevent truncation.", "form"),
        ("cpython", "bpo-123456: Prevent truncation", "form"),
        ("cpython", "gh-123456: Prevented truncation", "imperative"),
        ("cpython", "gh-123456: Prevents truncation", "imperative"),
        ("cpython", "gh-123456: Preventing truncation", "imperative"),
        ("cpython", "fixup! gh-123456: Prevent truncation", "unfinished"),
    ],
)
def test_a_subject_against_the_rules(upstream: str, subject: str, problem: str) -> None:
    assert any(problem in each for each in said(upstream, subject + BODY))


def test_the_body_has_short_lines_and_a_blank_line_before_it() -> None:
    subject = "Fixed #1 -- Made it so."
    assert said("django", f"{subject}\nThis says why.\n") == ["the second line is not empty"]
    assert said("django", f"{subject}\n\n{'x' * 73}\n") == [
        "line 3 has 73 characters, more than 72"
    ]
    assert said("django", f"{subject}\n\nwhy \n") == ["line 3 ends in whitespace"]
    assert said("django", f"{subject}\n\nhttps://example.com/{'x' * 73}\n") == []


def test_trailers_say_not_why() -> None:
    trailer = "Co-authored-by: Another One <another@example.com>"
    assert not messages.has_body(f"Fixed #1 -- Made it so.\n\n{trailer}\n")
    assert messages.has_body(f"Fixed #1 -- Made it so.\n\nThis says why.\n\n{trailer}\n")


def test_the_ticket_is_the_candidates_own() -> None:
    subject = "Fixed #1 -- Made it so."
    assert said("django", subject + BODY, 1) == []
    assert said("django", subject + BODY, 2) == ["the subject names ticket 1, candidate.toml 2"]
    assert messages.ticket_number("django#32472", "django") == 32472
    assert messages.ticket_number("django#32472", "cpython") is None


def test_a_number_that_is_yet_to_be_had_is_zero() -> None:
    assert messages.number_in("gh-0: Prevent truncation", rules("cpython")) == 0
    assert messages.number_in("Prevent truncation", rules("cpython")) is None
