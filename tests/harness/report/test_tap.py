"""The Test Anything Protocol, read by tap.py."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support.hostile import hostile
from support.reports import judgement, report
from support.values import change
from tap.line import Bail, Plan, Result, Unknown
from tap.parser import Parser

from harness.model import ChangeKind, Status, Verdict
from harness.report import tap
from harness.report.schema import Report

HANG = 'Thread 0x01 (most recent call first):\n  File "basehttp.py", line 226 in handle'


def read(found: Report) -> list[Result]:
    """The results; every line is one, and there are as many as the plan says."""
    version, plan, *lines = Parser().parse_text(tap.render(found))
    assert version.category == "version" and isinstance(plan, Plan)
    assert not [line for line in lines if isinstance(line, Unknown | Bail)]
    results = [line for line in lines if isinstance(line, Result)]
    assert [line.number for line in results] == list(range(1, plan.expected_tests + 1))
    return results


def test_each_case_is_a_line_with_what_is_known_of_it_below() -> None:
    found = judgement(
        Verdict.BREAKS,
        change(test="a.test_hangs", patched=Status.HUNG, reason="hung", detail=HANG),
        change(ChangeKind.FIXED, Status.FAILED, Status.PASSED, test="a.test_fixed"),
    )
    run, verdict, broken, fixed = read(report(found))
    assert run.ok and fixed.ok and not verdict.ok and not broken.ok
    assert verdict.description == "- django/x on django 6.1.3: verdict"
    assert verdict.yaml_block["message"] == "breaks: it breaks tests that pass on the base"
    assert broken.yaml_block["severity"] == "broken"
    assert broken.yaml_block["detail"] == HANG
    assert fixed.yaml_block["message"] == "fixed (failed 3 → passed 3)"


def test_what_decides_nothing_is_skipped_and_what_is_flaky_is_still_to_do() -> None:
    found = judgement(
        Verdict.FIXES,
        change(test="a.test_meant", expected=True, why="it sets out to end that"),
        change(ChangeKind.FLAKY, test="a.test_odd", confirmed=False),
    )
    _, _, meant, odd = read(report(found))
    assert meant.skip and "it sets out to end that" in meant.directive.text
    assert odd.todo and not odd.ok


def test_a_character_is_itself_below_and_escaped_in_the_line() -> None:
    name = "a.test_x[\N{PILE OF POO}#\\\"'%: ]"
    *_, found = read(report(judgement(Verdict.BREAKS, change(test=name))))
    assert found.yaml_block["test"] == name
    assert found.description.endswith("[\N{PILE OF POO}\N{FULLWIDTH NUMBER SIGN}\\\\\"'%: ]")


def test_what_upstream_prints_is_neither_a_directive_nor_a_line() -> None:
    evil = hostile(report(judgement(Verdict.BREAKS), judgement(Verdict.FIXES)), change())
    results = read(evil)
    assert [line.ok for line in results if "script" in line.description].count(False) == 7
    for line in results:
        assert line.yaml_block["message"].isprintable()


PROVE = shutil.which("prove")


@pytest.mark.skipif(not PROVE, reason="needs Perl's prove")
def test_prove_reads_it_as_well(tmp_path: Path) -> None:
    plain = judgement(
        Verdict.BREAKS,
        change(test="a: b", detail=HANG, reason='say: "\\"'),
        change(ChangeKind.FLAKY, test="a.test_odd", confirmed=False),
        change(test="a.test_meant", expected=True, why="it sets out to end that"),
    )
    evil = hostile(report(judgement(Verdict.BREAKS), judgement(Verdict.FIXES)), change())
    for found in (report(plain), evil):
        results = read(found)
        file = tmp_path / "report.tap"
        file.write_text(tap.render(found), "utf-8")
        # What it is to run is the file as it stands.
        words = [PROVE or "", "--exec", "cat", str(file)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        assert "Parse errors" not in done.stdout, done.stdout
        failed = sum(not line.ok and not line.todo for line in results)
        assert f"Failed {failed}/{len(results)} subtests" in done.stdout


def test_a_line_by_the_protocol_has_no_sign_that_begins_a_directive_but_its_own() -> None:
    evil = hostile(report(judgement(Verdict.BREAKS), judgement(Verdict.FIXES)), change())
    lines = [line for line in tap.render(evil).splitlines() if not line.startswith(" ")]
    for line in lines:
        assert re.fullmatch(r"[^#]*(?: # (?:SKIP|TODO) [^#]*)?", line), line
