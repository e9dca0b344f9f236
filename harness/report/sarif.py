"""A report as SARIF 2.1.0: what a patch breaks, at the changed lines that the broken test ran.

Owns: that file, a run for each candidate on each base. Must not know what is a finding, and
at which lines: ``findings`` does. The format is OASIS's,
https://docs.oasis-open.org/sarif/sarif/v2.1.0/; what GitHub makes of it stands in
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from ..model import BaseName
from ..system.digests import digest
from .findings import RULES, Analysis, Finding, Rule, analyses
from .places import Place
from .plaintext import one_line
from .schema import BaseLine, Report

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
TOOL = "upstream-patch-workbench"
ROOT = "%SRCROOT%"
MOST_RELATED = 20
NUMBERS = {name: number for number, name in enumerate(RULES)}
NOTHING = Analysis("nothing", "no base", (), (), whole=False, found=())
Json = dict[str, Any]


def render(report: Report) -> str:
    """The whole report as SARIF, in ASCII: no reader can take a character for another."""
    # A file without a run would look as one in which nothing was found.
    runs = [_run(report, analysis) for analysis in analyses(report) or [NOTHING]]
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}
    return json.dumps(log, indent=1) + "\n"


def _run(report: Report, analysis: Analysis) -> Json:
    name = one_line(f"{analysis.name} on {analysis.base}")
    bases = _bases(report, analysis.ground)
    return {
        "tool": {"driver": _driver(report)},
        # GitHub keeps what it is told under one such name apart from all others.
        "automationDetails": {"id": f"{name}/", "description": {"text": _text(name)}},
        "originalUriBaseIds": {
            _root(analysis, upstream): {
                "description": {"text": _text(f"The tree of {upstream} with the patch.")}
            }
            for upstream in analysis.roots
        },
        "versionControlProvenance": list(_provenance(analysis, bases)),
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, analysis)],
        "results": [_result(analysis, finding) for finding in analysis.found],
        "properties": {
            **analysis.facts,
            "isolation": report.made.isolation,
            "bases": [
                {
                    "name": one_line(f"{base.upstream} {base.version}"),
                    "source": base.source,
                    "tree": base.tree,
                    "python": base.python,
                }
                for base in bases
            ],
        },
    }


def _driver(report: Report) -> Json:
    return {
        "name": TOOL,
        "version": report.made.workbench,
        "rules": [
            {
                "id": name,
                "name": rule.name,
                "shortDescription": {"text": rule.says},
                "fullDescription": {"text": rule.says},
                "defaultConfiguration": {"level": _level(rule)},
            }
            for name, rule in RULES.items()
        ],
    }


def _level(rule: Rule) -> str:
    return "error" if rule.breaks else "note"


def _invocation(report: Report, analysis: Analysis) -> Json:
    undone = [*analysis.undone, *report.notes]
    told = [("error", undone), ("note", [*analysis.notes, *report.hints])]
    return {
        "executionSuccessful": analysis.whole and not report.made.partial,
        "commandLine": one_line(report.made.command),
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": _text(note)}}
            for level, notes in told
            for note in notes
        ],
    }


def _result(analysis: Analysis, finding: Finding) -> Json:
    where, *others = finding.places
    mark = digest(ascii(finding.identity))
    result = {
        "ruleId": finding.rule,
        "ruleIndex": NUMBERS[finding.rule],
        "level": _level(RULES[finding.rule]),
        "message": {"text": _text(finding.message)},
        "locations": [_location(analysis, where)],
        # The second name is the one by which GitHub knows a finding again. Left to itself it
        # takes the text of the line, and makes one of all tests that break there.
        "partialFingerprints": {"finding/v1": mark, "primaryLocationLineHash": f"{mark[:16]}:1"},
        "suppressions": [
            {
                "kind": "external",
                "status": "accepted",
                "justification": finding.by_design,
            }
        ]
        if finding.by_design
        else [],
        "properties": dict(finding.facts),
    }
    if others:
        related = enumerate(others[:MOST_RELATED], 1)
        result["relatedLocations"] = [
            {"id": number, **_location(analysis, place)} for number, place in related
        ]
    return result


def _location(analysis: Analysis, place: Place) -> Json:
    physical: Json = {
        "artifactLocation": {
            "uri": quote(place.path, errors="replace"),
            "uriBaseId": _root(analysis, place.upstream),
        }
    }
    if place.first:
        physical["region"] = {"startLine": place.first, "endLine": place.last}
    return {"physicalLocation": physical}


def _root(analysis: Analysis, upstream: str) -> str:
    """What a file's path starts from: the project's root, or that of the other upstream."""
    return ROOT if upstream in analysis.roots[:1] else f"%{upstream.upper()}%"


def _bases(report: Report, ground: Sequence[BaseName]) -> list[BaseLine]:
    names = {(base.upstream, base.version) for base in ground}
    return [base for base in report.bases if (base.upstream, base.version) in names]


def _provenance(analysis: Analysis, bases: Sequence[BaseLine]) -> Iterator[Json]:
    """Where the bases that git knows are from; a release has no repository."""
    for base in bases:
        if base.commit and "://" in base.url:
            yield {
                "repositoryUri": base.url,
                "revisionId": base.commit,
                "mappedTo": {"uriBaseId": _root(analysis, base.upstream)},
                "properties": {"tree": base.tree},
            }


def _text(text: str) -> str:
    """A line in which SARIF sees neither a placeholder nor a link (3.11.5 and 3.11.6)."""
    return one_line(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")
