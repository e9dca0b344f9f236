"""The page of ``diffs``: each diff with its checks, its proof, its mutants and its texts.

Owns: what stands on it. Must not know how anything was found out, nor how a page is made.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..model import MutantFate, Mutation, RedGreenProof
from ..report.pages.diffs import lines_of
from ..report.pages.page import anchor, render, style_of
from ..report.pages.signs import FATES, Sign
from . import gate, package, pull_request
from .gate import CheckResult, CheckState
from .pull_request import Contents
from .writer import WrittenDiff

STATES = {
    CheckState.FINE: Sign("✓", "fine", "good"),
    CheckState.WRONG: Sign("✗", "wrong", "bad"),
    CheckState.UNKNOWN: Sign("?", "unknown", "warn"),
    CheckState.ALLOWED: Sign("!", "let through", "warn"),
    CheckState.NOT_ASKED: Sign("·", "not asked", "plain"),
}
READY = Sign("✓", "ready", "good")
NOT_READY = Sign("✗", "not ready", "bad")
SHORT = 150  # lines of a diff that is shown without being asked for


class CheckRow(NamedTuple):
    """A check with its sign and its place in the page."""

    id: str
    check: CheckResult
    sign: Sign


class MutantRow(NamedTuple):
    """A mutant with its sign, and the reason for which it may survive."""

    id: str
    mutation: Mutation
    sign: Sign
    reason: str


class ProofRow(NamedTuple):
    """One of the patch's own tests: what it does without the code, and with it."""

    test: str
    without: Sign
    with_it: Sign
    says: str


class DiffView(NamedTuple):
    """One diff as the page shows it; ``folder`` leads to its files."""

    id: str
    name: str
    contents: Contents
    sign: Sign
    subject: str
    folder: str
    in_the_way: list[CheckResult]
    checks: list[CheckRow]
    tests: list[ProofRow]
    mutants: list[MutantRow]
    noticed: int
    lines: list[tuple[str, str]]
    is_short: bool
    text: str
    left: list[str]
    range_diff: list[tuple[str, str]]


def page_of(
    written: Sequence[WrittenDiff],
    outdated: Mapping[str, Sequence[str]],
    notes: Sequence[str],
    folder: Path,
) -> str:
    """The page of the diffs that were written, for ``folder``.

    ``outdated`` are the reasons for which older ones are stale, by the diffs' names.
    """
    return render(
        "diffs.html",
        "Diffs",
        styles=[style_of("marks.css")],
        views=[_view(each, folder) for each in written],
        outdated=outdated,
        notes=notes,
        text_file=package.TEXT,
    )


def _view(diff: WrittenDiff, folder: Path) -> DiffView:
    contents = diff.contents
    squashed = contents.squashed
    name = str(squashed.name)
    lines = lines_of(squashed.plain)
    return DiffView(
        id=anchor("diff", name),
        name=name,
        contents=contents,
        sign=READY if contents.is_ready else NOT_READY,
        subject=squashed.message.partition("\n")[0] or name,
        folder=Path(os.path.relpath(diff.folder, folder)).as_posix(),
        in_the_way=gate.in_the_way(contents.checks),
        checks=[
            CheckRow(anchor("check", name, each.name), each, STATES[each.state])
            for each in contents.checks
        ],
        tests=_tests(contents.proof),
        mutants=_mutants(contents),
        noticed=len(contents.mutation.of_fate(MutantFate.KILLED)),
        lines=lines,
        is_short=len(lines) <= SHORT,
        text=pull_request.render(contents),
        left=pull_request.left_to_the_sender(squashed),
        range_diff=[("same", line) for line in diff.range_diff.splitlines()],
    )


def _tests(proof: RedGreenProof) -> list[ProofRow]:
    fails, passes = Sign("✗", "fails", "bad"), Sign("✓", "passes", "good")
    unknown = Sign("?", "not known", "warn")
    return [
        *(ProofRow(test, fails, passes, "proves it") for test in proof.red),
        *(ProofRow(test, passes, passes, "holds what must stay") for test in proof.guards),
        *(
            ProofRow(test, Sign("?", "can not be loaded", "warn"), passes, "proves nothing")
            for test in proof.unloaded
        ),
        *(ProofRow(test, unknown, fails, why) for test, why in proof.failing.items()),
    ]


def _mutants(contents: Contents) -> list[MutantRow]:
    """Those that need somebody's attention first."""
    squashed = contents.squashed
    reasons = {
        (each.line, each.mutation): each.why
        for candidate in squashed.stack
        for each in candidate.about.survivors
    }
    order = (MutantFate.SURVIVED, MutantFate.UNDECIDED, MutantFate.KILLED)
    rows = []
    for number, each in enumerate(contents.mutation.mutations):
        survived = each.fate is MutantFate.SURVIVED
        reason = reasons.get((each.text, each.mutation), "") if survived else ""
        where = (str(squashed.name), each.path, str(each.line), each.mutation, str(number))
        rows.append(MutantRow(anchor("mutant", *where), each, FATES[each.fate], reason))
    return sorted(rows, key=lambda row: order.index(row.mutation.fate))
