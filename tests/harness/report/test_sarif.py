"""SARIF, read by sarif-pydantic: what is broken, and at which changed lines."""

from __future__ import annotations

import json

import msgspec
import pytest
from sarif_pydantic import Level, Result, Run, Sarif
from support.hostile import hostile
from support.reports import judgement, report
from support.values import change

from harness.model import (
    BaseName,
    ChangeKind,
    Conflict,
    FileReach,
    Pair,
    PatchText,
    RanLines,
    Reach,
    Stack,
    Status,
    Verdict,
)
from harness.report import sarif
from harness.report.schema import BaseLine, Report

SERVER = "django/core/servers/basehttp.py"
PATCH = PatchText(
    "django/x",
    "django",
    "x.patch",
    f"""diff --git a/AUTHORS b/AUTHORS
--- a/AUTHORS
+++ b/AUTHORS
@@ -1,2 +1,3 @@
 one
+me
 two
diff --git a/{SERVER} b/{SERVER}
--- a/{SERVER}
+++ b/{SERVER}
@@ -10,3 +10,5 @@
 a
+b
+c
 d
 e
@@ -20,3 +22,2 @@
 f
-g
 h
""",
)
RAN = FileReach(
    "django",
    SERVER,
    statements=4,
    unreached=((30, 31),),
    tests=("a.test_other", "a.test_broken"),
    ran=(RanLines(((11, 11),), (0, 1)), RanLines(((12, 12),), (0,)), RanLines(((40, 42),), (1,))),
)
BROKEN = change(test="a.test_broken", reason="TimeoutError: timed out")


def read(found: Report) -> list[Run]:
    return list(Sarif.model_validate_json(sarif.render(found)).runs)


def result(found: Report) -> Result:
    """The only result of the only run."""
    ((only,),) = (run.results for run in read(found))
    return only


def notifications(run: Run) -> list[str]:
    """What the tool says of itself; the reader leaves these as they are in the file."""
    (invocation,) = run.invocations
    extra = invocation.model_extra["toolExecutionNotifications"]
    return [each["message"]["text"] for each in extra]


def lines(each: Result) -> list[tuple[str | None, int | None, int | None]]:
    """Where it is: the file, the first line and the last one, of every location of it."""
    found = []
    for location in (*each.locations, *(each.related_locations or ())):
        physical = location.physical_location
        assert physical and physical.artifact_location
        region = physical.region
        ends = (region.start_line, region.end_line) if region else (None, None)
        found.append((physical.artifact_location.uri, *ends))
    return found


# Where a breakage is ------------------------------------------------------------------------


def test_a_breakage_is_at_the_changed_lines_that_the_broken_test_ran() -> None:
    reached = Reach((msgspec.structs.replace(RAN, unreached=()),))
    found = result(report(judgement(Verdict.BREAKS, BROKEN, reach=reached, patches=(PATCH,))))
    assert lines(found) == [(SERVER, 11, 11), (SERVER, 40, 42)]
    assert len(found.locations) == 1
    assert (found.rule_id, found.level) == ("broken", Level.ERROR)
    assert found.message.text == (
        "a.test_broken: broken with django/x (passed 3 → failed 3): TimeoutError: timed out"
    )
    assert "--select '^a\\.test_broken$'" in found.properties["command"]


def test_without_knowing_what_it_ran_it_is_at_the_changed_code() -> None:
    reached = Reach((FileReach("django", SERVER, statements=2),))
    found = result(report(judgement(Verdict.BREAKS, BROKEN, reach=reached, patches=(PATCH,))))
    assert lines(found) == [(SERVER, 11, 12), (SERVER, 23, 23)]


def test_where_no_code_was_watched_it_is_at_all_that_is_changed() -> None:
    found = result(report(judgement(Verdict.BREAKS, BROKEN, patches=(PATCH,))))
    assert lines(found)[0] == ("AUTHORS", 2, 2)


def test_a_report_without_patches_names_the_file() -> None:
    reached = Reach((FileReach("django", SERVER, statements=2),))
    found = result(report(judgement(Verdict.BREAKS, BROKEN, reach=reached)))
    assert lines(found) == [(SERVER, None, None)]


def test_a_file_that_can_not_be_imported_is_its_own_place() -> None:
    broken = change(suite="imports", test=SERVER)
    found = result(report(judgement(Verdict.BREAKS, broken, patches=(PATCH,))))
    assert lines(found) == [(SERVER, 11, 12), (SERVER, 23, 23)]


def test_a_breakage_with_no_place_at_all_is_told_all_the_same() -> None:
    """GitHub refuses a file with a result that is nowhere."""
    (run,) = read(report(judgement(Verdict.BREAKS, BROKEN)))
    assert run.results == []
    assert [text[:21] for text in notifications(run)] == ["a.test_broken: broken"]


def test_a_file_that_is_only_renamed_is_a_place_and_one_that_is_gone_is_none() -> None:
    text = f"""diff --git a/gone.py b/gone.py
deleted file mode 100644
--- a/gone.py
+++ /dev/null
@@ -1,2 +0,0 @@
-a
-b
diff --git a/old.py b/{SERVER}
similarity index 100%
rename from old.py
rename to {SERVER}
"""
    patch = msgspec.structs.replace(PATCH, text=text)
    found = result(report(judgement(Verdict.BREAKS, BROKEN, patches=(patch,))))
    assert lines(found) == [(SERVER, None, None)]


@pytest.mark.parametrize("cut", [200, 300, 330])
def test_a_diff_that_was_cut_counts_as_far_as_its_last_whole_file(cut: int) -> None:
    text = f"{PATCH.text[:cut]}\n… cut, the text is longer\n"
    patch = msgspec.structs.replace(PATCH, text=text)
    found = result(report(judgement(Verdict.BREAKS, BROKEN, patches=(patch,))))
    assert lines(found)[0] == ("AUTHORS", 2, 2)


# What is a result ---------------------------------------------------------------------------


def test_only_what_is_proved_and_worse_is_a_result() -> None:
    found = judgement(
        Verdict.BREAKS,
        BROKEN,
        change(test="b", confirmed=False),
        change(ChangeKind.FIXED, Status.FAILED, Status.PASSED, test="c"),
        change(ChangeKind.FLAKY, test="d"),
        change(ChangeKind.VANISHED, patched=Status.ABSENT, test="e"),
        patches=(PATCH,),
    )
    (run,) = read(report(found))
    assert [each.rule_id for each in run.results] == ["broken", "vanished"]


def test_a_line_that_no_test_runs_is_a_note() -> None:
    found = result(report(judgement(Verdict.UNPROVEN, reach=Reach((RAN,)))))
    assert (found.rule_id, found.level) == ("not-reached", Level.NOTE)
    assert lines(found) == [(SERVER, 30, 31)]
    assert found.message.text == "No test that was run runs these changed lines of django/x."


def test_what_is_by_design_is_suppressed_with_its_reason_and_nothing_else_is() -> None:
    meant = msgspec.structs.replace(BROKEN, test="b", expected=True, why="it sets out to end that")
    (run,) = read(report(judgement(Verdict.BREAKS, BROKEN, meant, patches=(PATCH,))))
    plain, expected = run.results
    assert plain.suppressions == []
    (suppression,) = expected.suppressions
    assert suppression["justification"] == "it sets out to end that"


def test_a_conflict_of_two_candidates_is_at_what_one_of_them_changes() -> None:
    passed = Status.PASSED
    conflict = Conflict("django", "a.test_b", passed, (passed, passed), Status.FAILED)
    pair = Pair(Stack.read("django/x+cpython/b"), "django 6.1.3", 1, (conflict,), runs=3)
    other = msgspec.structs.replace(PATCH, text=PATCH.text.replace("AUTHORS", "other"))
    candidates = (
        judgement(Verdict.FIXES, patches=(other,), name="django/another"),
        judgement(Verdict.FIXES, patches=(PATCH,)),
    )
    *_, run = read(report(*candidates, pairs=(pair,)))
    (found,) = run.results
    assert found.rule_id == "conflict"
    assert lines(found)[0] == ("AUTHORS", 2, 2)


def test_the_same_breakage_is_known_again_in_the_next_run() -> None:
    """Though its lines, its reason and its runs are others."""
    first = result(report(judgement(Verdict.BREAKS, BROKEN, patches=(PATCH,))))
    moved = msgspec.structs.replace(PATCH, text=PATCH.text.replace("@@ -1,2 +1,3", "@@ -5,2 +5,3"))
    again = msgspec.structs.replace(BROKEN, reason="another", patched_runs={"failed": 9})
    second = result(report(judgement(Verdict.BREAKS, again, patches=(moved,))))
    assert lines(first) != lines(second)
    assert first.partial_fingerprints == second.partial_fingerprints
    other = msgspec.structs.replace(BROKEN, test="a.test_another")
    third = result(report(judgement(Verdict.BREAKS, other, patches=(PATCH,))))
    assert third.partial_fingerprints != first.partial_fingerprints


# The run ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "partial", "successful"),
    [
        (Verdict.BREAKS, False, True),
        (Verdict.NEUTRAL, False, True),
        (Verdict.INCONCLUSIVE, False, False),
        (Verdict.DOES_NOT_APPLY, False, False),
        (Verdict.NEUTRAL, True, False),
    ],
)
def test_a_run_that_could_not_judge_was_not_successful(
    verdict: Verdict, partial: bool, successful: bool
) -> None:
    notes = ("cut-off: at its deadline",)
    plain = report(judgement(verdict, notes=notes), notes=("cpython 3.15: it can not be had",))
    made = msgspec.structs.replace(plain.made, partial=partial)
    (run,) = read(msgspec.structs.replace(plain, made=made))
    (invocation,) = run.invocations
    assert invocation.execution_successful is successful
    assert sorted(notifications(run)) == [
        "cpython 3.15: it can not be had",
        "cut-off: at its deadline",
    ]


def test_a_report_in_which_nothing_was_judged_is_no_clean_one() -> None:
    """Without a run in it a file would look as one that found nothing."""
    (run,) = read(report(notes=("django/x: left out",)))
    (how,) = run.invocations
    assert not how.execution_successful
    assert notifications(run) == ["django/x: left out"]


def test_a_base_from_git_is_named_and_a_release_has_no_repository() -> None:
    url, commit = "https://example.org/django.git", "c" * 40
    release = BaseLine("django", "6.1.3", "sdist", "b" * 40, "3.13.0", url)
    for base, named in ((release, []), (msgspec.structs.replace(release, commit=commit), [commit])):
        (run,) = read(report(judgement(Verdict.NEUTRAL), bases=(base,)))
        found = run.version_control_provenance
        assert [each.revision_id for each in found] == named
        (told,) = (run.properties or {})["bases"]
        assert told["tree"] == "b" * 40


def test_files_of_the_second_upstream_start_from_a_root_of_their_own() -> None:
    names = (BaseName("django", "6.1.3"), BaseName("cpython", "3.13.0"))
    other = msgspec.structs.replace(PATCH, upstream="cpython")
    stack = Stack.read("django/x+cpython/y")
    found = judgement(Verdict.BREAKS, BROKEN, patches=(PATCH, other), stack=stack, ground=names)
    (run,) = json.loads(sarif.render(report(found)))["runs"]
    (each,) = run["results"]
    everywhere = [*each["locations"], *each["relatedLocations"]]
    roots = [place["physicalLocation"]["artifactLocation"]["uriBaseId"] for place in everywhere]
    assert list(dict.fromkeys(roots)) == ["%SRCROOT%", "%CPYTHON%"] == [*run["originalUriBaseIds"]]


def test_each_candidate_on_each_base_has_a_name_that_no_other_has() -> None:
    """GitHub takes two runs of one name for one, and refuses them."""
    both = (judgement(Verdict.NEUTRAL), judgement(Verdict.NEUTRAL, base="django 5.2"))
    runs = read(report(*both))
    assert [run.automation_details.id for run in runs if run.automation_details] == [
        "django/x on django 6.1.3/",
        "django/x on django 5.2/",
    ]


def test_whatever_upstream_prints_is_text() -> None:
    evil = hostile(report(judgement(Verdict.BREAKS), judgement(Verdict.FIXES)), change())
    text = sarif.render(evil)
    assert text.isascii()
    runs = read(evil)
    uris = {uri for run in runs for each in run.results for uri, *_ in lines(each)}
    assert uris == {"a%20b/%25%23%3F%C3%BC.py"}
    for run in runs:
        for each in run.results:
            said = each.message.text or ""
            assert said.isprintable() and "](" not in said
            assert said.replace("{{", "").replace("}}", "").isprintable()
            assert "{" not in said.replace("{{", "") and "}" not in said.replace("}}", "")
