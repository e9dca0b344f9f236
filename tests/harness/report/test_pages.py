"""A report for GitHub, for Trac and for a mail: a screen that answers, then the details.

GitHub's Markdown is read by a parser that others wrote. Trac's is too large for a test; what
these tests hold of it was seen in a real one (`notes/0016-reading-a-report.md`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import msgspec
import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len
from support.hostile import hostile
from support.tiny import TESTS
from support.values import change

from harness.report import formats, github, mail, schema, trac
from harness.report.schema import Report

SCREEN = 40
NAMES = ("github", "trac", "mail")
# What GitHub adds to Markdown, as far as it can turn a text into something else.
GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
TAGS = {"p", "ul", "li", "table", "thead", "tbody", "tr", "td", "th", "code"}
ODD = [
    "@maintainer",
    "#123",
    "GH-123",
    "owner/repo#1",
    "https://example.org/x",
    "www.example.org",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    ":boom:",
    "*a* _b_ __init__ ~~c~~",
    "[x](javascript:alert(1))",
    "![i](http://e/x.png)",
    "<script>alert(1)</script>",
    "<!-- x",
    "a | b || c",
    "```",
    "- item",
    "1. item",
    "# heading",
    "----",
    "> said",
    "TestCase.test_CamelCase[x-y]",
    "ticket:12 r12 {1} [123] [[Image(x)]] ''i'' '''b''' ^2^ ,,3,, !x",
]


@pytest.fixture
def report() -> Report:
    return schema.read(TESTS / "data" / "report.json")


@pytest.fixture
def large(report: Report) -> Report:
    """A report of 30 candidates with up to a hundred breakages each."""
    broken = tuple(
        change(
            test=f"servers.tests.TestCase.test_{number}[{'a' * 60}]", group=f"cause {number % 9}"
        )
        for number in range(300)
    )
    candidates = tuple(
        msgspec.structs.replace(
            report.candidates[0], name=f"django/candidate-{number}", changes=broken[number:]
        )
        for number in range(30)
    )
    return msgspec.structs.replace(report, candidates=candidates)


def rendered(markdown: str) -> str:
    return str(GFM.render(markdown))


def words_of(page: str) -> str:
    """What a reader sees of HTML."""
    return " ".join(html.unescape(re.sub("<[^>]*>", "", page)).split())


def tags_of(page: str) -> set[str]:
    return set(re.findall(r"</?([a-zA-Z0-9]+)", page))


@pytest.mark.parametrize("name", NAMES)
def test_each_form_begins_with_the_answer(report: Report, name: str) -> None:
    first = " ".join(formats.FORMATS[name](report).split()[:40])
    assert "django/chunked-encoding fixes most, 1 test, and breaks none." in first


@pytest.mark.parametrize("name", NAMES)
def test_the_verdicts_are_on_the_first_screen(report: Report, name: str) -> None:
    screen = "\n".join(formats.FORMATS[name](report).splitlines()[:SCREEN])
    for judged in report.candidates:
        assert judged.name in screen or name == "mail"
        assert judged.verdict in screen


@pytest.mark.parametrize("render", [github.render, trac.render])
def test_a_screen_holds_what_comes_before_the_details(
    large: Report, render: Callable[[Report], str]
) -> None:
    lines = render(large).splitlines()
    details = next(n for n, line in enumerate(lines) if line.startswith(("<details", "== ")))
    assert details <= SCREEN
    assert "… and 5 more; report.md has all." in lines[:details]


# GitHub ------------------------------------------------------------------------------------


def test_tables_are_tables_and_details_are_folded(report: Report) -> None:
    page = rendered(github.render(report))
    assert page.count("<table>") == 1 + len(report.matrices)
    assert "<td>✗</td>\n<td><code>django/peek-drain</code></td>" in page
    assert page.count("<details>") == page.count("</details>") == page.count("<summary>") > 3
    assert "||" not in words_of(page)


@pytest.mark.parametrize("odd", ODD)
def test_text_from_outside_stays_text(odd: str) -> None:
    shown = odd.replace("`", "'")
    for words in (github.text, github.code):
        row = next(iter(list(github.GITHUB.table(["x"], [[words(odd)]], 1))[2:]))
        for source in (words(odd), f"- {words(odd)}", f"| x |\n| --- |\n{row}"):
            page = rendered(source)
            assert words_of(page).removeprefix("x ") == " ".join(shown.split())
            assert tags_of(page) <= TAGS
            # Where GitHub would look for somebody to call: in what is not code.
            plain = words_of(re.sub("<code>.*?</code>", "", page))
            assert not re.search(r"[@#]|://|www\.|GH-|:boom:|[0-9a-f]{7}", plain)


def test_a_hostile_report_calls_nobody_on_github(report: Report) -> None:
    page = rendered(github.render(hostile(report, report.candidates[0].changes[0])))
    assert "<script" not in page
    assert "\x1b" not in page
    assert tags_of(page) <= {
        *(
            [
                "p",
                "ul",
                "li",
                "table",
                "thead",
                "tbody",
                "tr",
                "td",
                "th",
                "code",
                "strong",
                "details",
                "summary",
                "b",
            ]
        )
    }


def test_a_comment_has_the_size_that_github_takes(large: Report) -> None:
    assert len(github.render(large).encode()) <= github.COMMENT
    least = 12_000
    comment = github.render(large, least)
    assert len(comment.encode()) <= least
    assert rendered(comment).count("<table>") == 2
    (more,) = re.findall(r"(\d+) more sections do not fit here; report\.md has all", comment)
    assert int(more) + comment.count("<details>") == len(large.candidates) + 3
    whole = github.render(large, 8 * github.STEP_SUMMARY)
    assert "do not fit" not in whole
    assert "test_99[" in whole


def test_tests_of_a_group_go_before_sections_go(large: Report) -> None:
    some = msgspec.structs.replace(large, candidates=large.candidates[:6])
    comment = github.render(some)
    assert len(comment.encode()) <= github.COMMENT
    assert "do not fit" not in comment
    assert re.search(r"^- … and \d+ more; report\.md has all$", comment, re.MULTILINE)


# Trac --------------------------------------------------------------------------------------


def test_trac_gets_headings_and_tables(report: Report) -> None:
    lines = trac.render(report).splitlines()
    assert "||= =||=candidate=||=on=||=verdict=||=broken=||=fixed=||=flaky=||=slower=||" in (
        lines[2].replace("=by design=||", "")
    )
    assert any(line.startswith("|| ✗ || `django/peek-drain` || django 6.1.3 ||") for line in lines)
    assert any(line.startswith("== ✗ `django/peek-drain` on django 6.1.3") for line in lines)


@pytest.mark.parametrize("odd", ODD)
def test_what_trac_may_take_for_its_own_is_code(odd: str) -> None:
    for words in (trac.text(odd), trac.code(odd)):
        outside = "".join(words.split("`")[::2])
        assert words.count("`") % 2 == 0
        assert not re.search(r"[@#|<>^!\[\]{}*'~]|__|//|,,|--|\w:\w|\br\d|[a-z][A-Z]", outside)
        assert "||" not in words


def test_words_that_are_harmless_are_no_code() -> None:
    plain = "django/fix-32472 fixes most, 46 tests (and 19 of its own), by 2.17 s: 1.0 → 2.1 %"
    assert trac.text(plain) == plain
    assert github.text(plain) == plain


def test_a_hostile_report_stays_within_its_lines_in_trac(report: Report) -> None:
    text = trac.render(hostile(report, report.candidates[0].changes[0]))
    assert "\x1b" not in text
    for line in text.splitlines():
        assert re.match(r"$|\|\|.*\|\|$|== .* ==$| +\* |'''|\w|…", line), line
    assert len(trac.render(report).encode()) < trac.COMMENT


# A mail ------------------------------------------------------------------------------------


def test_a_mail_has_lines_of_72_columns_that_nobody_joins(large: Report, report: Report) -> None:
    for each in (large, report, hostile(report, report.candidates[0].changes[0])):
        lines = mail.render(each).splitlines()
        assert max(map(cell_len, lines)) <= mail.WIDTH
        assert not [line for line in lines if line != line.rstrip()]
        assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("line", ["From here on", ">said", "--", "."])
def test_no_line_of_a_mail_is_taken_for_something_else(report: Report, line: str) -> None:
    found = msgspec.structs.replace(report.candidates[0], name=line)
    text = mail.render(msgspec.structs.replace(report, candidates=(found,), pairs=()))
    assert not re.search(r"^(From |>|--$|\.$)", text, re.MULTILINE)
    assert mail.MISTAKEN.sub(" ", f"{line}\n") == f" {line}\n"
    assert (
        mail.MISTAKEN.sub(" ", "-- not a signature\nFromage\n") == "-- not a signature\nFromage\n"
    )
