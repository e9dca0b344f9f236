"""The page of diffs: how each stands, its proof, its mutants, its texts."""

from __future__ import annotations

from pathlib import Path

import msgspec
from support.pages import HOSTILE, Page, read
from support.searched import PATCH
from support.written import FINE, MADE, WRONG, diff

from harness.export import page
from harness.export.gate import CheckState
from harness.export.writer import WrittenDiff
from harness.model import Stack

FOLDER = Path("/home/.workbench/reports")


def page_of(*diffs: WrittenDiff, outdated: dict[str, list[str]] | None = None) -> Page:
    return read(page.page_of(diffs, outdated or {}, [], FOLDER))


def test_how_each_stands_comes_first() -> None:
    other = diff(FINE, WRONG)
    named = other.contents.squashed._replace(name=Stack.read("django/other"))
    text = page_of(diff(), other._replace(contents=other.contents._replace(squashed=named))).text
    first = text.partition("✓ ready to be sent")[0]
    assert "1 of 2 ready." in first
    assert "✓ ready ·" in first
    assert "✗ not ready message" in first


def test_what_stands_in_the_way_has_its_advice() -> None:
    page = page_of(diff(FINE, WRONG))
    assert "message: it has no body → amend it" in page.text
    assert "applies ✓ fine cleanly" in page.text
    assert "message ✗ wrong it has no body → amend it" in page.text
    # The table of all leads to the check.
    (place,) = (each for each in page.places("check") if page.links.count(f"#{each}") == 2)
    assert place


def test_a_check_that_was_let_through_says_why() -> None:
    allowed = msgspec.structs.replace(WRONG, state=CheckState.ALLOWED, reason="it is a typo")
    assert "message ! let through it is a typo." in page_of(diff(allowed)).text


def test_red_and_green_are_told_in_words_and_signs() -> None:
    text = page_of(diff()).text
    assert "servers.test_red ✗ fails ✓ passes proves it" in text
    assert "servers.test_guard ✓ passes ✓ passes holds what must stay" in text
    assert "servers.test_unloaded ? can not be loaded ✓ passes proves nothing" in text
    assert "servers.test_failing ? not known ✗ fails it is late" in text


def test_survivors_come_first_with_their_reasons() -> None:
    text = page_of(diff()).text
    assert "1 of 3 small faults in its code are noticed by 1 of its tests; 5 are possible" in text
    places = [
        text.index(each)
        for each in (
            "django/server.py:7 return x it returns None ✗ survived the caller asks twice",
            "django/server.py:8 other it returns None ✗ survived no reason is given",
            "django/server.py:1 return x it returns None ✓ noticed servers.test_red",
        )
    ]
    assert places == sorted(places)


def test_lines_of_the_diff_keep_their_first_letters() -> None:
    page = page_of(diff())
    assert '<span class="add">+b\n</span>' in page.html
    assert '<span class="remove">-a\n</span>' in page.html
    # From the folder of the reports to that of the diff.
    assert "../diffs/django/x/0001-it.patch" in page.links
    assert "../diffs/django/x/PULL_REQUEST.md" in page.links


def test_the_text_for_the_form_and_the_command_are_there() -> None:
    text = page_of(diff()).text
    assert "**Ready** to be sent, made on django 6.1.3" in text
    assert MADE.replay in text


def test_stale_diffs_are_listed() -> None:
    text = page_of(outdated={"django/old": ["its base is another", "the rules changed"]}).text
    assert "django/old: its base is another; the rules changed" in text
    assert "No candidate's verdict is good" in text


def test_hostile_text_does_nothing() -> None:
    evil = msgspec.structs.replace(WRONG, findings=(HOSTILE,), advice=HOSTILE, note=HOSTILE)
    page = page_of(diff(evil, text=HOSTILE), outdated={HOSTILE: [HOSTILE]})
    assert page.tags["b"] == 0
    assert "<script>alert(1)</script>" in page.text


def test_a_huge_diff_stays_small() -> None:
    huge = PATCH + f"+{'x' * 100}\n" * 50_000
    plain = diff()
    contents = plain.contents._replace(squashed=plain.contents.squashed._replace(plain=huge))
    page = page_of(plain._replace(contents=contents))
    assert len(page.html) < 1_000_000
    assert "and 47,006 more lines" in page.text
