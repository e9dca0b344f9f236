"""A report as JUnit XML: a test suite for each candidate on each base, and suite of it.

Owns: that file. Must not know what a verdict or a change is worth: ``cases`` says that. The
shape is that of Maven's Surefire, which Jenkins, GitLab and the readers of GitHub's actions
take: https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .cases import Case, CaseResult, Group, groups
from .schema import Report

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
TAGS: Mapping[CaseResult, str] = {
    CaseResult.FAILED: "failure",
    CaseResult.ERROR: "error",
    CaseResult.SKIPPED: "skipped",
    # A test that passed in the end, and failed on the way: it is not counted as a failure.
    CaseResult.FLAKY: "flakyFailure",
}
COUNTED = {
    "failures": CaseResult.FAILED,
    "errors": CaseResult.ERROR,
    "skipped": CaseResult.SKIPPED,
}


def render(report: Report) -> str:
    """The whole report as JUnit XML, which is well-formed whatever upstream printed."""
    found = groups(report)
    every = [case for group in found for case in group.cases]
    time = {"time": _seconds(report.made.seconds), "timestamp": report.made.at}
    root = Element("testsuites", {"name": "upstream patch workbench"} | _counts(every) | time)
    for group in found:
        _suite(root, group, report.made.at)
    indent(root)
    return DECLARATION + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, group: Group, at: str) -> None:
    seconds = sum(case.seconds or 0 for case in group.cases)
    head = {"name": group.name, "timestamp": at, "time": _seconds(seconds)}
    suite = SubElement(root, "testsuite", head | _counts(group.cases))
    _properties(suite, group.facts)
    for case in group.cases:
        _case(suite, group, case)


def _case(suite: Element, group: Group, case: Case) -> None:
    """The class is the group's name: readers tell cases apart by class and name alone."""
    head = {"classname": group.name, "name": case.name, "time": _seconds(case.seconds or 0)}
    element = SubElement(suite, "testcase", head)
    _properties(element, case.facts)
    tag = TAGS.get(case.result)
    if tag:
        outcome = SubElement(element, tag, {"type": case.kind, "message": case.message})
        if case.result is CaseResult.FLAKY:
            SubElement(outcome, "stackTrace").text = case.detail
        else:
            outcome.text = case.detail or None
    elif case.message or case.detail:
        said = filter(None, (case.message, case.detail))
        SubElement(element, "system-out").text = "\n".join(said)
    if case.output:
        SubElement(element, "system-err").text = case.output


def _properties(element: Element, facts: Mapping[str, str]) -> None:
    if facts:
        properties = SubElement(element, "properties")
        for name, value in facts.items():
            SubElement(properties, "property", {"name": name, "value": value})


def _counts(cases: Iterable[Case]) -> dict[str, str]:
    results = [case.result for case in cases]
    counts = {name: str(results.count(result)) for name, result in COUNTED.items()}
    return {"tests": str(len(results))} | counts


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
