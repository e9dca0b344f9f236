"""A report in the Test Anything Protocol (https://testanything.org).

Owns: that text. Must not know what a verdict or a change is worth: ``cases`` says that.

It says version 13, and is escaped as 14 wants it: Perl's ``prove`` takes no 14, and nothing
of what that brought is used. Values are JSON's strings, each in one line, which is as much of
YAML as ``prove`` can read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from .cases import Case, CaseResult, Group, groups
from .schema import Report

# A test that is known to fail now and then is one "to do": no reader counts it as failed.
LINES: Mapping[CaseResult, tuple[str, str]] = {
    CaseResult.PASSED: ("ok", ""),
    CaseResult.FAILED: ("not ok", ""),
    CaseResult.ERROR: ("not ok", ""),
    CaseResult.SKIPPED: ("ok", " # SKIP "),
    CaseResult.FLAKY: ("not ok", " # TODO "),
}
# Readers of before version 14, and some of it, know no escape for the sign that begins a directive.
ESCAPES = str.maketrans({"#": "\N{FULLWIDTH NUMBER SIGN}", "\\": "\\\\"})


def render(report: Report) -> str:
    """The whole report as TAP, each case with what is known of it as YAML below it."""
    cases = [(group, case) for group in groups(report) for case in group.cases]
    lines = ["TAP version 13", f"1..{len(cases)}"]
    for number, (group, case) in enumerate(cases, 1):
        lines += _case(number, group, case)
    return "\n".join(lines) + "\n"


def _case(number: int, group: Group, case: Case) -> Iterator[str]:
    word, directive = LINES[case.result]
    name = f"{group.name}: {case.name}".translate(ESCAPES)
    why = f"{directive}{case.message.translate(ESCAPES)}" if directive else ""
    yield f"{word} {number} - {name}{why}"
    facts = {"message": case.message, "severity": case.kind, **group.facts, **case.facts}
    yield "  ---"
    yield from (f"  {_scalar(key)}: {_scalar(value)}" for key, value in facts.items())
    if case.seconds is not None:
        yield f'  "duration_ms": {case.seconds * 1000:.0f}'
    if case.detail:
        yield f'  "detail": {_scalar(case.detail)}'
    yield "  ..."


def _scalar(text: str) -> str:
    """Text in quotes: JSON's are YAML's as well, where every other character is printable."""
    return json.dumps(text, ensure_ascii=False)
