"""Reach: every statement that a patch changes is run by some test.

Owns: what is demanded of a diff, and how that is told. Must not know how it was found out:
the reach is part of the verdict, the same as that of ``nox -s test``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...model import FileReach, Judgement
from ...report import summary
from ..gate import CheckResult, not_asked, unknown, wrong_if_any


def check(judged: Sequence[Judgement]) -> CheckResult:
    """Whether tests run all that the patch changes, on one of the grounds at least."""
    known = [each.reach for each in judged if each.reach is not None]
    if not known:
        return unknown("it was not judged, so nobody knows which of it is run")
    grounds = [{(file.upstream, file.path): file for file in each.files} for each in known]
    paths = dict.fromkeys(place for files in grounds for place in files)
    best = [_best(files[place] for files in grounds if place in files) for place in paths]
    total = sum(file.statements for file in best)
    if not total:
        return not_asked("no line that is executed is changed")
    said = [f"{summary.lines_of(file)}: no test runs them" for file in best if file.unreached]
    tests = {test for file in best for test in file.tests}
    note = f"{total} changed statements, run by {len(tests)} tests"
    return wrong_if_any(said, "add a test that runs them, or take them out", note)


def _best(files: Iterable[FileReach]) -> FileReach:
    """What is known of a file on the ground where most of it is run."""
    return min(files, key=lambda file: sum(last - first + 1 for first, last in file.unreached))
