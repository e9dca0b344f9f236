"""What differs between two reports, and how it is told."""

from __future__ import annotations

import io

import msgspec
import pytest
from rich.console import Console
from support import reports
from support.reports import DJANGO
from support.values import change

from harness.judge.verdict import counts
from harness.model import (
    ApplyResult,
    BaseName,
    Change,
    ChangeKind,
    Conflict,
    FileReach,
    Judgement,
    Pair,
    PatchText,
    Reach,
    Stack,
    Status,
    Step,
    Verdict,
    Wait,
)
from harness.report import difference_words as words
from harness.report.difference import CandidateDifference, Differences
from harness.report.difference_texts import markdown, show
from harness.report.differences import compare
from harness.report.pages import differences as page
from harness.report.schema import Report

MADE = msgspec.structs.replace(
    reports.MADE, seconds=1.0, command="python -m harness test --patch v1.diff"
)
FIXES, BREAKS = Verdict.FIXES, Verdict.BREAKS
BROKEN = change(test="servers.A.test_it", reason="AssertionError: 1", group="one")
FIXED = change(ChangeKind.FIXED, Status.FAILED, Status.PASSED, test="servers.A.test_end")


def judged(
    *changes: Change, name: str = "django/a", version: str = "6.1.3", **fields: object
) -> Judgement:
    """A candidate with these changes; it breaks something if one of them is broken."""
    plain = Judgement(
        name=name,
        base=f"django {version}",
        applies=ApplyResult.CLEAN,
        verdict=BREAKS if any(each.kind is ChangeKind.BROKEN for each in changes) else FIXES,
        counts=counts(changes),
        changes=changes,
        tests=30,
        runs=6,
        stack=Stack.read(name),
        ground=(BaseName("django", version),),
    )
    return msgspec.structs.replace(plain, **fields)


def report(*candidates: Judgement, **fields: object) -> Report:
    return msgspec.structs.replace(Report(MADE, (DJANGO,), candidates), **fields)


def only(before: Judgement, after: Judgement) -> CandidateDifference:
    """What differs between two reports of one candidate."""
    (found,) = compare(report(before), report(after)).candidates
    return found


def titles(found: CandidateDifference) -> list[str]:
    return [group.title for group in words.groups(found)]


def test_a_report_does_not_differ_from_itself() -> None:
    same = report(judged(BROKEN, FIXED))
    found = compare(same, same)
    assert [each.is_same for each in found.candidates] == [True]
    assert not found.is_newly_breaking and not found.is_worse
    assert words.headline(found) == words.NOTHING


@pytest.mark.parametrize(
    ("before", "after", "title"),
    [
        ((), (BROKEN,), "newly broken"),
        ((BROKEN,), (), "no longer broken"),
        ((), (FIXED,), "newly fixed"),
        ((FIXED,), (), "no longer fixed"),
        ((FIXED,), (msgspec.structs.replace(BROKEN, test=FIXED.test),), "newly broken"),
        ((), (change(ChangeKind.FLAKY, confirmed=False),), "newly flaky"),
        ((), (change(confirmed=False),), "in B alone"),
        ((change(expected=True),), (), "in A alone"),
        ((change(confirmed=False),), (change(),), "newly broken"),
        ((change(expected=True),), (change(),), "newly broken"),
        ((BROKEN,), (msgspec.structs.replace(BROKEN, group="two"),), "otherwise than before"),
        (
            (BROKEN,),
            (msgspec.structs.replace(BROKEN, patched=Status.HUNG),),
            "otherwise than before",
        ),
    ],
)
def test_a_difference_is_told_by_what_it_means(
    before: tuple[Change, ...], after: tuple[Change, ...], title: str
) -> None:
    assert titles(only(judged(*before), judged(*after))) == [title]


def test_how_often_a_test_ran_makes_no_difference() -> None:
    more = msgspec.structs.replace(BROKEN, patched_runs={"failed": 9}, chance=0.0001)
    assert only(judged(BROKEN), judged(more)).is_same


@pytest.mark.parametrize(
    ("before", "after", "titled"),
    [
        (0.5, 2.0, ["otherwise than before"]),
        (0.5, 0.6, []),  # less than half as much again is not told of a patch either
        (0.001, 0.015, []),  # nor are a few milliseconds
    ],
)
def test_a_wait_differs_only_if_it_is_another_one_by_what_matters(
    before: float, after: float, titled: list[str]
) -> None:
    sides = [
        judged(change(ChangeKind.SLOWER, patched=Status.PASSED, wait=Wait("the end", 0.0, patched)))
        for patched in (before, after)
    ]
    assert titles(only(*sides)) == titled


def test_two_waits_of_one_test_are_two_changes() -> None:
    one, other = (
        change(ChangeKind.SLOWER, patched=Status.PASSED, wait=Wait(name, 0.0, 0.5))
        for name in ("the end", "a free server")
    )
    found = only(judged(one), judged(one, other))
    assert [each.change.wait for each in found.changes] == [other.wait]


def test_what_is_newly_broken_comes_first() -> None:
    new = change(test="servers.Z.test_last")
    found = only(judged(BROKEN), judged(change(ChangeKind.FLAKY), FIXED, new))
    assert [each.change.test for each in found.changes][:2] == [new.test, BROKEN.test]
    assert [each.step for each in found.changes][:2] == [Step.CAME, Step.WENT]


def test_a_candidate_is_matched_by_name_though_the_base_is_another_and_that_is_said() -> None:
    after = report(
        judged(version="6.1.4"),
        bases=(msgspec.structs.replace(DJANGO, version="6.1.4", tree="c" * 40),),
    )
    found = compare(report(judged()), after)
    (candidate,) = found.candidates
    assert candidate.before and candidate.after
    assert "on another base: django 6.1.3 in A, django 6.1.4 in B" in words.facts(candidate)
    assert [(each.what, each.before, each.after) for each in found.conditions] == [
        ("django", "6.1.3", "6.1.4")
    ]


def test_of_several_bases_each_is_compared_with_its_own() -> None:
    before = report(judged(version="5.2"), judged(BROKEN, version="6.1"))
    after = report(judged(BROKEN, version="6.1"), judged(version="5.2"))
    assert all(each.is_same for each in compare(before, after).candidates)


def test_the_only_one_that_is_left_on_each_side_is_the_patch_under_another_name() -> None:
    before = report(judged(name="django/v1"), judged(name="django/b"))
    after = report(judged(BROKEN, name="django/v2"), judged(name="django/b"))
    first = compare(before, after).candidates[0]
    assert titles(first) == ["newly broken"]
    assert "django/v1 in A, the only one there that is not in B, is taken for it" in words.facts(
        first
    )


def test_candidates_of_two_upstreams_are_never_taken_for_each_other() -> None:
    found = compare(report(judged(name="django/v1")), report(judged(name="cpython/v2")))
    assert [(each.before is None, each.after is None) for each in found.candidates] == [
        (True, False),
        (False, True),
    ]


def test_candidates_that_came_and_went_are_told() -> None:
    before = report(judged(name="django/a"), judged(name="django/b"))
    after = report(judged(BROKEN, name="django/c"), judged(name="django/d"))
    found = compare(before, after)
    sides = [(each.side.name, words.verdicts(each)) for each in found.candidates]
    assert sides == [
        ("django/c", "not there → breaks"),
        ("django/d", "not there → fixes"),
        ("django/a", "fixes → not there"),
        ("django/b", "fixes → not there"),
    ]
    assert found.is_newly_breaking
    assert "✗ django/c on django 6.1.3, in B alone: breaks (1 broken of 30 tests)\n" in printed(
        found
    )


def test_a_patch_of_the_same_text_is_not_what_makes_a_difference() -> None:
    text = PatchText("django/a", "django", "0001.patch", "-a\n+b\n")
    other = msgspec.structs.replace(text, text="-a\n+c\n")
    same = only(judged(patches=(text,)), judged(BROKEN, patches=(text,)))
    assert same.has_same_text
    assert "the patch is the same: what differs is not its doing" in words.facts(same)
    assert only(judged(patches=(text,)), judged(patches=(other,))).has_same_text is False
    assert only(judged(), judged(patches=(other,))).has_same_text is None


def test_fewer_tests_are_said_because_what_went_may_not_have_run() -> None:
    found = only(judged(BROKEN), judged(tests=3))
    assert "30 tests in A, 3 in B; what is in A alone may not have been run" in words.facts(found)


def reached(*unreached: tuple[int, int], names: tuple[str, ...] = (), why: str = "") -> Reach:
    return Reach((FileReach("django", "a.py", 5, unreached=unreached, names=names, why=why),))


def test_reach_that_is_lost_or_gained_is_told() -> None:
    lost = only(judged(reach=reached()), judged(reach=reached((3, 4))))
    (line,) = lost.reach
    assert line.is_lost
    assert words.reach_line(line) == (
        "a.py: all of 5 changed statements run → lines 3-4 run by no test"
    )
    gained = only(judged(reach=reached(why="no coverage")), judged(reach=reached((3, 4))))
    assert gained.reach[0].is_gained


def test_lines_that_only_moved_are_the_same_and_those_of_another_function_are_not() -> None:
    moved = only(
        judged(reach=reached((3, 4), names=("f",))), judged(reach=reached((8, 9), names=("f",)))
    )
    assert moved.is_same
    other = only(
        judged(reach=reached((3, 4), names=("f",))), judged(reach=reached((8, 9), names=("g",)))
    )
    assert len(other.reach) == 1


def test_notes_and_problems_that_came_and_went_are_told() -> None:
    found = only(judged(notes=("old", "both")), judged(problems=("new",), notes=("both",)))
    assert (found.came, found.went) == (("new",), ("old",))
    whole = compare(report(notes=("old",)), report(hints=("new",)))
    assert (whole.came, whole.went) == (("new",), ("old",))


def test_what_limits_a_conclusion_is_said_first() -> None:
    after = report(
        judged(BROKEN),
        made=msgspec.structs.replace(MADE, workbench="2", effort="quick", partial=True),
        bases=(msgspec.structs.replace(DJANGO, tree="c" * 40, python="3.14.0"),),
    )
    found = compare(report(judged()), after)
    assert [each.what for each in found.conditions] == [
        "the tree of django 6.1.3",
        "the Python that runs django",
        "the run",
        "the workbench",
        "effort",
    ]
    for text in (printed(found), markdown(found), page.render(found)):
        assert text.index(words.LIMITS.partition("'")[0]) < text.index("django/a")


def test_when_and_how_a_report_was_made_does_not_limit_anything() -> None:
    made = msgspec.structs.replace(MADE, at="2022", command="python -m harness test", seconds=9.0)
    assert compare(report(), report(made=made)).conditions == ()


PASSED, FAILED = Status.PASSED, Status.FAILED
CONFLICT = Conflict("django", "servers.A.test_both", PASSED, (PASSED, PASSED), FAILED)
TOGETHER = Pair(Stack.read("django/a+cpython/b"), "django 6.1.3", 9, (CONFLICT,), runs=3)


def test_what_two_candidates_do_to_each_other_counts_as_newly_broken() -> None:
    found = compare(report(), report(pairs=(TOGETHER,)))
    assert [each.step for each in found.conflicts] == [Step.CAME]
    assert found.is_newly_breaking
    back = compare(report(pairs=(TOGETHER,)), report())
    assert [each.step for each in back.conflicts] == [Step.WENT]
    assert not back.is_newly_breaking


@pytest.mark.parametrize(
    ("before", "after", "is_breaking", "is_worse"),
    [
        (judged(BROKEN), judged(BROKEN), False, False),  # it was broken yesterday
        (judged(), judged(BROKEN), True, True),
        (judged(), judged(verdict=Verdict.UNPROVEN), False, True),
        (judged(verdict=Verdict.UNPROVEN), judged(verdict=Verdict.INCONCLUSIVE), False, False),
        (judged(BROKEN), judged(), False, False),
    ],
)
def test_only_what_is_new_is_held_against_the_later_report(
    before: Judgement, after: Judgement, is_breaking: bool, is_worse: bool
) -> None:
    found = compare(report(before), report(after))
    assert (found.is_newly_breaking, found.is_worse) == (is_breaking, is_worse)


HOSTILE = "servers.<script>alert(1)</script>.`|\x1b[31m\x00\u202e.test_it"
ALL = (
    report(judged(FIXED), judged(name="django/same")),
    report(
        judged(
            msgspec.structs.replace(BROKEN, test=HOSTILE, reason=HOSTILE),
            notes=(HOSTILE,),
            reach=reached(),
        ),
        judged(name="django/same"),
        pairs=(TOGETHER,),
    ),
)


def printed(found: Differences) -> str:
    stream = io.StringIO()
    show(found, Console(file=stream, width=80))
    return stream.getvalue()


def test_the_terminal_has_a_sign_for_every_colour_and_says_what_is_the_same() -> None:
    text = printed(compare(*ALL))
    assert "✗ django/a on django 6.1.3: fixes → breaks\n" in text
    assert "  ✗ newly broken (1)\n" in text
    assert "  ✗ no longer fixed (1)\n" in text
    assert "    servers.A.test_end: was fixed (failed 3 → passed 3)\n" in text
    assert text.endswith("The same in both: django/same.\n")


def test_a_long_list_says_how_much_is_not_shown_and_where_it_is() -> None:
    many = [change(test=f"servers.A.test_{number}") for number in range(20)]
    text = printed(compare(report(judged()), report(judged(*many))))
    assert "… and 8 more; comparison.html has all" in text


def test_text_from_upstream_can_do_nothing_in_any_form() -> None:
    found = compare(*ALL)
    shown, for_a_ticket, html = printed(found), markdown(found), page.render(found)
    for text in (shown, for_a_ticket, html):
        assert not {"\x1b", "\x00", "\u202e"} & set(text)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
    lines = [line for line in for_a_ticket.splitlines() if "<script>" in line]
    # As code, in which nothing ends it and no cell of a table begins.
    assert lines and all(line.count("`") == 2 and "|" not in line for line in lines)


def test_the_json_can_be_read_back() -> None:
    found = compare(*ALL)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Differences) == found


def test_tracebacks_and_logs_are_not_repeated_in_a_comparison() -> None:
    long = msgspec.structs.replace(BROKEN, detail="x" * 999, log_end="x" * 999, log="logs/1")
    assert (
        "xxx" not in msgspec.json.encode(compare(report(judged()), report(judged(long)))).decode()
    )
