"""CPython's news entry: whether there is one, what it is called, and how it is worded.

What its text may say is asked of blurb itself, which comes from the package index.
"""

from __future__ import annotations

import os

import pytest
from support.exporting import squashed
from support.values import DJANGO

from harness.export.checks import news
from harness.export.gate import CheckResult, CheckState
from harness.export.squash import SquashedCommit
from harness.sources.provider import Provider
from harness.system.home import Home

ENTRY = "Misc/NEWS.d/next/Library/2026-11-22-12-00-00.gh-issue-123456.qG7vXc.rst"
TEXT = "Servers of :mod:`socketserver` no longer cut off the end of a response.\n"
MESSAGE = "gh-123456: Read what clients still send\n\nClients lost the end of a response.\n"


def a_diff(*files: tuple[str, str], message: str = MESSAGE) -> SquashedCommit:
    """A diff that makes these files, for CPython."""
    return squashed("cpython", *files, message=message)


CODE = ("Lib/socketserver.py", "x = 1\n")


@pytest.fixture
def supply(home: Home) -> Provider:
    return Provider(home, {"django": DJANGO})


@pytest.fixture
def with_blurb(supply: Provider) -> Provider:
    """With a package index that has blurb, or the test is skipped."""
    probe = news.check(a_diff(CODE, (ENTRY, TEXT)), supply)
    if probe.state is CheckState.UNKNOWN:
        pytest.skip(f"needs blurb: {probe.findings[0]}")
    return supply


def test_a_change_that_users_notice_needs_an_entry(supply: Provider) -> None:
    result = news.check(a_diff(CODE), supply)
    assert result.state is CheckState.WRONG
    assert result.findings == ("Lib/socketserver.py changes and no entry says so",)
    assert "blurb add -i 123456 -s Library" in result.advice


@pytest.mark.parametrize("path", ["Lib/test/test_socketserver.py", "Doc/library/wsgiref.rst"])
def test_a_change_that_nobody_notices_needs_none(supply: Provider, path: str) -> None:
    assert news.check(a_diff((path, "x\n")), supply).state is CheckState.NOT_ASKED


def wrong(result: CheckResult) -> str:
    assert result.state is CheckState.WRONG
    return " ".join(result.findings)


@pytest.mark.real
def test_an_entry_by_the_rules(with_blurb: Provider) -> None:
    assert news.check(a_diff(CODE, (ENTRY, TEXT)), with_blurb).state is CheckState.FINE


@pytest.mark.real
def test_a_number_that_is_yet_to_be_had(with_blurb: Provider) -> None:
    entry, message = (text.replace("123456", "0") for text in (ENTRY, MESSAGE))
    result = news.check(a_diff(CODE, (entry, TEXT), message=message), with_blurb)
    assert result.state is CheckState.FINE


@pytest.mark.real
@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (ENTRY, f"- {TEXT}", "can't start with '- '"),
        (ENTRY, f"gh-123456: {TEXT}", "can't start with 'gh-'"),
        (ENTRY, "\n", "must not be empty"),
        (ENTRY, f"{TEXT}\n{TEXT}", "more than one paragraph"),
        (ENTRY.replace("123456", "123457"), TEXT, "its number is 123457, the commit's is 123456"),
        (ENTRY.replace("Library", "Libraries"), TEXT, "Unknown section Libraries"),
        (ENTRY.replace("2026-11-22-12-00-00.", ""), TEXT, "not a name as blurb makes it"),
    ],
    ids=["dash", "number first", "empty", "paragraphs", "other number", "section", "name"],
)
def test_an_entry_against_the_rules(with_blurb: Provider, path: str, text: str, said: str) -> None:
    assert said in wrong(news.check(a_diff(CODE, (path, text)), with_blurb))


@pytest.mark.real
def test_blurb_makes_a_first_entry_that_it_accepts(with_blurb: Provider) -> None:
    made = news.suggestion(a_diff(CODE), with_blurb)
    assert made.text == "Clients lost the end of a response.\n"
    assert os.path.dirname(made.path) == "Misc/NEWS.d/next/Library"
    assert news.check(a_diff(CODE, (made.path, made.text)), with_blurb).state is CheckState.FINE


def test_the_advice_is_the_upstreams_own_guide(supply: Provider) -> None:
    nameless = ("Misc/NEWS.d/next/Library/entry.rst", TEXT)
    result = news.check(a_diff(CODE, nameless), supply)
    assert wrong(result) == f"{nameless[0]}: not a name as blurb makes it"
    assert result.advice == (
        "see https://devguide.python.org/core-team/committing/#how-to-add-a-news-entry"
    )
