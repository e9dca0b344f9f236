"""The page of `test`: what stands in it, whether scripts run or not."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest
from support.sighted import FIXED, GROUND, TEST, judged, report
from support.values import X

from harness.model import (
    ChangeKind,
    FileReach,
    Judgement,
    PatchText,
    RanLines,
    Reach,
    Run,
    Side,
    Stack,
    Status,
    Verdict,
)
from harness.report.pages import judged as page
from harness.report.pages import telling

PLAIN = {**FIXED, "test": "servers.Test.test_it"}
EVIL = "<script>alert(1)</script>\x1b[31m\x00\u202e'\"&amp;"


class Reader(HTMLParser):
    """What a browser would make of a page: ids, links into it, tags, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.others: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.text += " "
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "href" and value:
                (self.links if value.startswith("#") else self.others).append(value)
            if name == "src" or name.startswith("on"):
                self.others.append(f"{name}={value}")

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] not in (["style"], ["script"]):
            self.text += data


def read(html: str) -> Reader:
    return Reader(html)


def words(html: str) -> str:
    return " ".join(read(html).text.split())


def test_every_link_leads_to_a_place_in_the_page_and_no_place_is_there_twice() -> None:
    found = read(page.render(report()))
    assert {link.removeprefix("#") for link in found.links} <= {*found.ids, "main"}
    assert len(found.ids) == len(set(found.ids))
    assert not found.others


def test_a_verdict_has_a_sign_and_its_sentence() -> None:
    broken = {"test": "a.Test.test_it", "reason": "AssertionError: 1 != 2"}
    text = words(page.render(report(judged(X, Verdict.BREAKS, broken))))
    assert "✗ breaks" in text
    assert "It breaks tests that pass on the base." in text
    assert "AssertionError: N != N" in text, "changes stand under their cause"


def test_a_test_has_all_its_runs_its_traceback_and_the_command_for_it_alone() -> None:
    trail = (
        Run(Side.BASE, Status.FAILED, 0.01),
        Run(Side.BASE, Status.FAILED, 0.03),
        Run(Side.RED, Status.FAILED, 0.02, "another reason"),
        Run(Side.PATCHED, Status.PASSED, 2.0),
    )
    one = {
        **PLAIN,
        "kind": ChangeKind.BROKEN,
        "trail": trail,
        "detail": "Traceback: here",
        "log": "1",
        "log_end": "the log's end",
    }
    text = words(page.render(report(judged(X, Verdict.FIXES, one))))
    assert "base failed × 2 10.0 ms to 30.0 ms" in text
    assert (
        "red failed 20.0 ms : another reason" in text
        or "red failed 20.0 ms: another reason" in text
    )
    assert "patched passed 2.00 s" in text
    assert "Traceback: here" in text and "the log's end" in text
    assert "nox -s test -- " in text


def test_a_test_of_the_wire_leads_to_its_exchange() -> None:
    html = page.render(report())
    (target,) = re.findall(r'href="#([^"]+)">What was seen on the wire', html)
    assert f'id="{target}"' in html


def test_changed_lines_that_no_test_runs_are_marked_in_the_diff() -> None:
    ran = (RanLines(((1, 1),), (0,)),)
    reach = Reach((FileReach("django", "a.py", 2, unreached=((2, 2),), tests=(TEST,), ran=ran),))
    diff = "--- a/a.py\n+++ b/a.py\n@@ -0,0 +1,2 @@\n+one = 1\n+two = 2\n"
    patch = PatchText("django/x", "django", "x.patch", diff)
    text = words(page.render(report(judged(X, Verdict.UNPROVEN, reach=reach, patches=(patch,)))))
    assert "1 ✓ 1 +one = 1" in text
    assert "2 ✗ not run +two = 2" in text
    assert "✗ not run by any test: 2" in text


def test_text_from_outside_stays_text() -> None:
    """In a name, a reason, a traceback, a log, a diff, a note, a command."""
    one = {
        **FIXED,
        **{name: EVIL for name in ("test", "reason", "detail", "log_end", "note", "group")},
        "kind": ChangeKind.BROKEN,
    }
    patch = PatchText(EVIL, EVIL, EVIL, EVIL)
    plain = report(
        judged(X, Verdict.BREAKS, one, patches=(patch,), notes=(EVIL,), problems=(EVIL,))
    )
    evil = msgspec.structs.replace(
        plain, notes=(EVIL,), hints=(EVIL,), made=msgspec.structs.replace(plain.made, command=EVIL)
    )
    html = page.render(evil)
    found = read(html)
    assert found.tags.count("script") == 1, "the page's own"
    assert "alert(1)" in found.text
    assert not {"\x1b", "\x00", "\u202e"}.intersection(html)
    html.encode("utf-8")


def test_a_group_of_thousands_is_told_in_part_and_named_whole() -> None:
    many = [{**FIXED, "test": f"a.Test.test_{number}"} for number in range(telling.MOST_TOLD + 9)]
    html = page.render(report(judged(X, Verdict.FIXES, *many)))
    assert html.count('class="fold told"') == telling.MOST_TOLD
    assert "and 9 more" in html and f"test_{telling.MOST_TOLD + 8}" in html
    places = [ident for ident in read(html).ids if ident.startswith("t-")]
    assert len(set(places)) == len(many), "there is a link to each"


def test_candidates_of_several_bases_stand_under_their_base() -> None:
    other: Judgement = msgspec.structs.replace(judged(X, Verdict.NEUTRAL), base="django 5.2.1")
    found = read(page.render(report(judged(X, Verdict.FIXES, FIXED), other)))
    text = " ".join(found.text.split())
    assert text.index(f"On {GROUND}") < text.index("On django 5.2.1")
    assert len(found.ids) == len(set(found.ids))


def test_a_partial_report_says_so_first() -> None:
    made = msgspec.structs.replace(report().made, partial=True)
    text = words(page.render(report(made=made)))
    assert text.index("This report is partial") < text.index("It fixes")


def test_a_report_of_an_older_workbench_without_evidence_is_shown() -> None:
    bare = report(judged(Stack(), Verdict.NEUTRAL), matrices=(), sightings=())
    assert "changes no test's outcome" in words(page.render(bare))


def test_the_same_text_is_told_once_and_linked_to() -> None:
    """Hundreds of tests of one job have its log, and there are megabytes of it."""
    same = {"detail": "the same end", "log": "logs/1", "log_end": "the same log"}
    two = [
        {**PLAIN, **same, "kind": ChangeKind.BROKEN, "test": f"a.Test.test_{number}"}
        for number in range(2)
    ]
    html = page.render(report(judged(X, Verdict.FIXES, *two)))
    assert html.count("the same end") == html.count("the same log") == 1
    assert "It ended as this one" in words(html)


def test_a_page_bears_only_so_much_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "MOST_TEXT", 20)
    long = {**PLAIN, "detail": "x" * 30}
    assert telling.NO_ROOM in words(page.render(report(judged(X, Verdict.FIXES, long))))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((FileReach("django", "a.py", 2),), "all of 2"),
        ((FileReach("django", "a.py", 2, unreached=((2, 2),)),), "not all of 2"),
        ((FileReach("django", "a.c", why="it is no Python"),), "not known"),
        ((FileReach("django", "a.py"),), "no statement"),
    ],
)
def test_the_table_says_what_is_known_of_the_changed_code(
    files: tuple[FileReach, ...], said: str
) -> None:
    """An empty cell would look as if there were nothing to say."""
    html = page.render(report(judged(X, Verdict.UNPROVEN, reach=Reach(files))))
    assert f"<td>{said}</td>" in html


def test_a_test_that_is_only_named_is_found_by_its_kind() -> None:
    many = [{**FIXED, "test": f"a.Test.test_{number}"} for number in range(telling.MOST_TOLD + 1)]
    html = page.render(report(judged(X, Verdict.FIXES, *many)))
    assert html.count('data-kind="fixed"') == len(many)
