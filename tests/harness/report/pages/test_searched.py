"""The page of a search: the commit, its proof, and every probe, drawn and as a table."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from support.pages import HOSTILE, Page, read
from support.searched import ANSWERS, CULPRIT, PATCH, TEST, commit, culprit, report, search

from harness.judge.culprit import CulpritReport, TakenBack
from harness.judge.probes import bands
from harness.model import Answer, Conclusion
from harness.report.pages import searched
from harness.report.pages.signs import ANSWERS as SIGNS

HOME, FOLDER = Path("/home/.workbench"), Path("/home/.workbench/reports")


def page_of(found: CulpritReport) -> Page:
    return read(searched.of_commits(found, HOME, FOLDER, "../searches/x.jsonl"))


def test_the_commit_is_named_first_and_ready_to_be_copied() -> None:
    page = page_of(report())
    name = commit(CULPRIT)
    first, _, rest = page.text.partition("Proof")
    assert f"Regression in {name.id}. {name.subject}" in first
    assert f"<code>Regression in {name.id}.</code>" in page.html
    for fact in (name.id, "Ada", "2024-05-31", "99.90 %", "0.10 %", "AssertionError: 'HELLO'"):
        assert fact in first
    assert "and more" in rest or "and more" in first


def test_the_proof_is_told_with_signs() -> None:
    text = page_of(report()).text
    assert "✓ 5 good" in text
    assert "✗ 5 bad" in text
    assert "✓ taken back With its change taken back (3way)" in text
    assert "It changes by 1 of its 3 hunks." in text
    assert f"The same change on another branch: {commit(9)}" in text


@pytest.mark.parametrize(
    ("back", "sign"),
    [
        pytest.param(TakenBack("clean", 2, 1), "✗ taken back", id="still wrong"),
        pytest.param(TakenBack(why="the text there is another"), "? taken back", id="can not be"),
    ],
)
def test_what_is_no_proof_has_another_sign(back: TakenBack, sign: str) -> None:
    assert sign in page_of(report(culprit(taken_back=back))).text


def test_lines_of_the_patch_keep_their_first_letters() -> None:
    html = page_of(report()).html
    for kind, line in (("remove", "-a"), ("add", "+b"), ("head", "--- a/x.py"), ("hunk", "@@ ")):
        assert f'<span class="{kind}">{line}' in html
    assert PATCH.splitlines()[0] in html


def test_there_is_a_row_for_every_probe_with_a_place_of_its_own() -> None:
    page = page_of(report())
    assert len(page.places("probe")) == len(ANSWERS)
    for probe in search().probes:
        sign = SIGNS[probe.answer]
        row = (
            f"{probe.label} {probe.state} {sign.sign} {sign.word} {probe.attempt} "
            f"{probe.seconds:.2f} s hunks"
        )
        assert row in page.text
    # From the folder of the reports to that of the workbench.
    assert page.links.count("../a/log") == len(ANSWERS)
    assert "../searches/x.jsonl" in page.links


def test_a_row_says_what_was_left_after_it() -> None:
    assert bands(search())[-1] == (CULPRIT - 1, CULPRIT)
    text = page_of(report()).text
    assert "10: 1 to 10" in text
    assert "7: 4 to 10" in text
    assert "1: 6" in text


def test_the_plot_has_all_that_the_rows_have() -> None:
    html = page_of(report()).html
    drawing = html[html.index("<svg") : html.index("</svg>")]
    for answer in Answer:
        count = sum(each is answer for _, each in ANSWERS)
        assert drawing.count(f">{SIGNS[answer].sign}</text>") == count
    assert f"{len(ANSWERS)} probes of 11 states." in drawing
    assert "changes with 6666666666 Number 6" in drawing


def test_what_could_not_be_found_is_said() -> None:
    assert "servers.tests.Other.test_x: both ends pass" in page_of(report()).text


def test_a_range_is_no_regression_in_one_commit() -> None:
    found = culprit(conclusion=Conclusion.RANGE, between=(culprit().before, culprit().before))
    page = page_of(report(found))
    assert "One of 3 commits did it." in page.text
    assert "Regression in" not in page.text


def test_searches_for_other_tests_are_folded_below() -> None:
    page = page_of(report(searches=(search(), search("servers.tests.Other.test_y"))))
    assert "Searches for other tests" in page.text
    assert len(page.places("search")) == 2 * 2 - 1  # the culprit's table, a fold and its table


def test_the_ticket_and_the_commands_are_those_of_the_other_report() -> None:
    text = page_of(report()).text
    assert f"`{TEST}` fails in 5 of 5 runs at 6666666666" in text
    assert f"git bisect start {'a' * 40} {'0' * 40}" in text


def test_a_search_of_releases() -> None:
    kept = msgspec.structs.replace(search(), labels=tuple(f"4.2.{n}" for n in range(11)))
    html = searched.of_releases(kept, HOME, FOLDER, patch=PATCH, hunks="by 1 hunk", log="../x")
    page = read(html)
    assert "Which release changed it? 4.2.0 to 4.2.10" in page.text
    assert "changes with 4.2.6, and not with 4.2.5 in front of it" in page.text
    assert "by 1 hunk" in page.text


def test_hostile_text_does_nothing() -> None:
    """Whoever writes a commit or a test can write anything there."""
    evil = culprit(
        f"servers.{HOSTILE}",
        subject=HOSTILE,
        failure=f"{HOSTILE}\n{HOSTILE}",
        taken_back=TakenBack(why=HOSTILE),
        notes=(HOSTILE,),
    )
    found = report(
        evil,
        subject=HOSTILE,
        overlay=HOSTILE,
        notes=(HOSTILE,),
        searches=(search(f"servers.{HOSTILE}", HOSTILE, HOSTILE),),
    )
    page = page_of(found)
    assert page.tags["b"] == 0
    assert "49" not in page.text.split()
    assert "<script>alert(1)</script>" in page.text


def test_a_long_search_stays_small() -> None:
    kept = search(reason="x" * 300)
    many = msgspec.structs.replace(kept, probes=kept.probes[:1] * 3000)
    page = page_of(report(searches=(many,)))
    assert len(page.html) < 1_500_000
    assert "2000 more probes are in the log." in page.text
    assert "Only the first 150 are drawn." in page.html
