"""A culprit and its proof, as it is shown, and as it is pasted into a ticket."""

from __future__ import annotations

import io

import msgspec
import pytest
from rich.console import Console

from harness.judge.culprit import (
    ByHand,
    CommitName,
    Culprit,
    CulpritHunks,
    CulpritReport,
    SideRuns,
    TakenBack,
    Unfound,
)
from harness.model import Answer, Conclusion
from harness.report import culprits

TEST = "servers.tests.GreetingTests.test_greets"
OLD, PARENT, MIDDLE, COMMIT, NEW = (
    CommitName(letter * 40, subject, "2024-05-31")
    for letter, subject in zip("01234", ("Old", "Parent", "Middle", "Loud", "New"), strict=True)
)
PATCH = "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n"
FOUND = Culprit(
    tests=(TEST,),
    conclusion=Conclusion.FOUND,
    culprit=SideRuns(COMMIT, {"bad": 5}, "hunks"),
    before=SideRuns(PARENT, {"good": 5}, "module"),
    confidence=0.999,
    failure="AssertionError: 'HELLO' != 'hello'\nand more",
    chance=0.001,
    taken_back=TakenBack("3way", 1, 1),
    hunks=CulpritHunks(1, 3, PATCH),
)
REPORT = CulpritReport(
    upstream="django",
    good=OLD,
    bad=NEW,
    first=Answer.GOOD,
    python="3.13.0",
    overlay="commit abcdef",
    commits=512,
    can_matter=40,
    culprits=(FOUND,),
    probes=12,
    runs=20,
    seconds=9.0,
    proof_seconds=3.0,
    by_hand=ByHand(f"run {TEST}"),
)
BETWEEN = (SideRuns(MIDDLE, {"untestable": 1}, why="no such module"),)
BY_RANGE: dict[str, object] = {
    "conclusion": Conclusion.RANGE,
    "between": BETWEEN,
    "taken_back": None,
    "hunks": None,
}
REGRESSION = f"Regression in {COMMIT.id}."


def with_culprit(report: CulpritReport, **fields: object) -> CulpritReport:
    return msgspec.structs.replace(
        report, culprits=(msgspec.structs.replace(report.culprits[0], **fields),)
    )


def shown(report: CulpritReport) -> str:
    out = io.StringIO()
    culprits.show(report, Console(file=out, width=120, no_color=True))
    return out.getvalue()


def ticket(report: CulpritReport) -> str:
    return culprits.ticket(report.culprits[0], report)


def markdown(report: CulpritReport) -> str:
    return culprits.markdown(report)


def test_a_culprit_with_everything() -> None:
    assert shown(REPORT).splitlines() == [
        TEST,
        "  changes with 3333333333 Loud",
        "  1111111111 Parent: 5 good, with the tests laid over it by module",
        "  3333333333 Loud: 5 bad, with the tests laid over it by hunks",
        "  it fails so: AssertionError: 'HELLO' != 'hello' and more",
        "  confidence 99.90 %",
        "  noise would look like these runs in 0.10 % of cases at most",
        "  With its change taken back (3way) at 4444444444, the bad end, the test passes",
        "  by 1 of its 3 hunks:",
        *(f"    {line}" for line in PATCH.splitlines()),
        f"  {REGRESSION}",
        "512 commits, 40 of which can matter; 12 runs in 9.0 s on Python 3.13.0, "
        "and 8 for the proof in 3.0 s",
    ]


def test_its_ticket_is_one_paragraph_that_ends_as_triagers_write_it() -> None:
    assert ticket(REPORT) == (
        f"`{TEST}` fails in 5 of 5 runs at 3333333333 (AssertionError: 'HELLO' != 'hello'), "
        "and passes in 5 of 5 runs at 1111111111 before it. The tests are those of commit abcdef, "
        "laid over both. With its change taken back (3way) at 4444444444, the bad end, the test "
        f"passes. {REGRESSION}"
    )


# what it is: the fields, what is shown, how the ticket ends; a named regression or not
KINDS: dict[str, tuple[dict[str, object], str, str, bool]] = {
    "one of several": (
        BY_RANGE,
        "changes after 1111111111 Parent, with 3333333333 Loud or one of 1 before it\n"
        "    2222222222 Middle can not be tried: no such module\n",
        "One of 2 commits did it.",
        False,
    ),
    "several that were not tried": (
        BY_RANGE | {"between": (SideRuns(MIDDLE, {}),)},
        "2222222222 Middle was not tried\n",
        "One of 2 commits did it.",
        False,
    ),
    "the only one that can matter": (
        BY_RANGE | {"by_reach": True},
        "changes with 3333333333 Loud\n"
        "    the only one of 2 commits between tried ones that touches what the test runs\n",
        REGRESSION,
        True,
    ),
    "behind one that tells nothing": (
        BY_RANGE | {"between": (), "before": SideRuns(PARENT, {"untestable": 1})},
        "changes with 3333333333 Loud, unless it was so before: the one in front tells nothing\n",
        "Whether it was so before is not known.",
        False,
    ),
    "a feature": (
        {"appeared": True, "before": SideRuns(PARENT, {"not-yet": 5}), "taken_back": None},
        "can not exist before 3333333333 Loud, and fails from there on\n",
        f"Before that commit what they test does not exist. It came with {COMMIT.id}.",
        False,
    ),
    "not proved": ({"taken_back": None, "hunks": None, "chance": 1.0}, "", REGRESSION, True),
    "not taken back": (
        {"taken_back": TakenBack(why="x.py, hunk 1: the text there is another")},
        "it can not be taken back at the bad end: x.py, hunk 1: the text there is another\n",
        REGRESSION,
        True,
    ),
    "its hunks alone": (
        {"taken_back": TakenBack("clean", 2, 2, only_hunks=True)},
        "With its hunks taken back at 4444444444, the bad end, the test passes\n",
        REGRESSION,
        True,
    ),
    "something else is wrong": (
        {"taken_back": TakenBack("clean", 3, 1)},
        "1 of 3 tests pass: something else is wrong there as well\n",
        REGRESSION,
        True,
    ),
    "no hunk": (
        {"hunks": CulpritHunks(0, 0, "", why="it changes no text file")},
        "no hunk of it: it changes no text file\n",
        REGRESSION,
        True,
    ),
    "one hunk": ({"hunks": CulpritHunks(1, 1, PATCH)}, "by its only hunk:\n", REGRESSION, True),
    "on two branches": (
        {"equals": (MIDDLE,)},
        "the same change on another branch: 2222222222 Middle\n",
        REGRESSION,
        True,
    ),
    "with a note": ({"notes": ("it was merged",)}, "  it was merged\n", REGRESSION, True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_culprit(kind: str) -> None:
    fields, line, end, is_regression = KINDS[kind]
    report = with_culprit(REPORT, **fields)
    assert line in shown(report)
    assert ticket(report).endswith(end)
    assert (REGRESSION in shown(report)) == is_regression
    assert (REGRESSION in ticket(report)) == is_regression


def test_a_test_that_still_fails_when_it_is_taken_back_passes_in_no_ticket() -> None:
    report = with_culprit(REPORT, taken_back=TakenBack("clean", 1, 0))
    assert "taken back" not in ticket(report)


def test_a_mending_is_no_regression() -> None:
    report = msgspec.structs.replace(REPORT, first=Answer.BAD)
    report = with_culprit(
        report,
        culprit=SideRuns(COMMIT, {"good": 5}),
        before=SideRuns(PARENT, {"bad": 5}),
        taken_back=None,
    )
    assert "Regression" not in shown(report) + ticket(report)
    assert ticket(report).endswith(f"Fixed by {COMMIT.id}.")
    assert "passes in 5 of 5 runs at 3333333333" in ticket(report)
    assert "fails in 5 of 5 runs at 1111111111" in ticket(report)


def test_what_upstream_says_is_shown_as_it_is() -> None:
    """Brackets are no markup, and control characters steer no terminal."""
    odd = "[red]x[/] [/] \x1b[2J"
    subject = CommitName("5" * 40, odd)
    report = with_culprit(
        REPORT,
        tests=(f"t.test[{odd}]",),
        culprit=SideRuns(subject, {"bad": 1}, why=odd),
        failure=odd,
        notes=(odd,),
    )
    report = msgspec.structs.replace(report, unfound=(Unfound(odd, odd),), notes=(odd,))
    out = shown(report)
    assert out.count("[red]x[/] [/]") >= 7
    assert "\x1b" not in out + markdown(report)


def test_many_tests_are_not_all_named() -> None:
    report = with_culprit(REPORT, tests=tuple(f"x.tests.T.test_{number}" for number in range(9)))
    assert "test_2" in shown(report) and "test_3" not in shown(report)
    assert "and 6 more" in shown(report)
    assert "`and 6 more`" not in ticket(report)
    assert "and 6 more" in ticket(report)


def test_what_was_not_found_is_said_with_why() -> None:
    report = msgspec.structs.replace(
        REPORT, culprits=(), unfound=(Unfound("x.t", "it passes"),), can_matter=None, python=""
    )
    assert shown(report).splitlines() == [
        "x.t: it passes",
        "512 commits; 12 runs in 9.0 s, and 8 for the proof in 3.0 s",
    ]
    assert "- x.t: it passes" in markdown(report)


def test_the_file_has_a_ticket_a_patch_and_commands() -> None:
    text = markdown(REPORT)
    assert text.startswith("# django: 0000000000 to 4444444444\n\n## 3333333333 Loud\n")
    assert f"### For the ticket\n\n{ticket(REPORT)}\n" in text
    assert f"```diff\n{PATCH}```\n" in text
    assert f"git bisect start {REPORT.bad.id} {REPORT.good.id}\n" in text
    assert "# at each step, lay commit abcdef over it before, and take it off again:\n" in text
    assert f"git bisect run sh -c 'run {TEST}'\ngit show {COMMIT.id}\n" in text


def test_plain_git_takes_the_tests_from_a_commit_that_has_them() -> None:
    how = ByHand("run x", "f" * 40, ("tests/a.py",))
    text = markdown(msgspec.structs.replace(REPORT, by_hand=how))
    lay = f"git checkout -q {'f' * 40} -- tests/a.py"
    script = f"{lay} && run x; status=$?; git reset -q --hard; exit $status"
    assert f"\ngit bisect run sh -c '{script}'\n" in text


def test_plain_git_is_told_that_a_mending_is_searched() -> None:
    text = markdown(msgspec.structs.replace(REPORT, first=Answer.BAD))
    ends = f"{REPORT.good.id} {REPORT.bad.id}"
    assert f"git bisect start --term-old=broken --term-new=mended {ends}\n" in text
    assert f"git bisect run sh -c '! run {TEST}'\n" in text


def test_a_command_is_run_by_plain_git_as_it_is() -> None:
    text = markdown(msgspec.structs.replace(REPORT, by_hand=ByHand("test 'it' && true")))
    assert """git bisect run sh -c 'test '"'"'it'"'"' && true'\n""" in text


def test_a_patch_with_a_fence_in_it_ends_no_block() -> None:
    patch = "--- a/x.md\n+++ b/x.md\n@@ -1 +1 @@\n-a\n+b\n ```\n"
    text = markdown(with_culprit(REPORT, hunks=CulpritHunks(1, 2, patch)))
    assert f"````diff\n{patch}````\n" in text
