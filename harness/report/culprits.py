"""The commit with which tests changed, for a terminal, a ticket, and a file.

Owns: its words. Must not know how anything was found out.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console

from ..judge.culprit import Culprit, CulpritReport, SideRuns, TakenBack
from ..model import Answer
from . import summary
from .fitting import put
from .searches import quote, say

MOST_TESTS = 3
MOST_COMMITS = 8


class PatchLine(str):
    """A line that has to be shown whole."""


def show(report: CulpritReport, out: Console) -> None:
    """What a search of a history came to."""
    for culprit in report.culprits:
        for test in _some(culprit.tests, MOST_TESTS):
            put(out, (summary.test_name(test), "bold"))
        for line in _lines(culprit, report):
            (quote if isinstance(line, PatchLine) else say)(out, f"  {line}")
    for unfound in report.unfound:
        say(out, f"{unfound.test}: {unfound.why}")
    for note in report.notes:
        say(out, f"note: {note}")
    say(out, cost(report))


def markdown(report: CulpritReport) -> str:
    """The report as a file, with a paragraph for a ticket and the commands for plain git."""
    parts = [f"# {report.upstream}: {report.good.id[:10]} to {report.bad.id[:10]}", ""]
    for culprit in report.culprits:
        parts += [f"## {summary.one_line(str(culprit.culprit.commit))}", ""]
        parts += _items(_lines(culprit, report, with_patch=False))
        parts += ["", "### For the ticket", "", ticket(culprit, report), ""]
        if culprit.hunks is not None and culprit.hunks.patch:
            patch = culprit.hunks.patch.rstrip()
            fence = _fence_around(patch)
            parts += ["### What of it does that", "", f"{fence}diff", patch, fence, ""]
        parts += ["### With plain git", "", "```sh", *by_hand(culprit, report), "```", ""]
    parts += _items(f"{unfound.test}: {unfound.why}" for unfound in report.unfound)
    parts += _items(report.notes)
    return "\n".join([*parts, "", cost(report), ""])


def ticket(culprit: Culprit, report: CulpritReport) -> str:
    """One paragraph for Trac or an issue, that ends with the line that triagers look for."""
    after, before = culprit.culprit, culprit.before
    tests = ", ".join(_some([f"`{summary.one_line(test)}`" for test in culprit.tests], MOST_TESTS))
    failure = summary.one_line((culprit.failure.splitlines() or [""])[0])
    because = f" ({failure})" if failure else ""
    if report.first is Answer.BAD:
        told = f"{tests} {_passing(after)} at {after.commit.id[:10]}"
        told += f", and {_failing(before)} at {before.commit.id[:10]} before it{because}."
    else:
        told = f"{tests} {_failing(after)} at {after.commit.id[:10]}{because}"
        told += f", and {_passing(before)} at {before.commit.id[:10]} before it."
    if report.overlay:
        told += f" The tests are those of {report.overlay}, laid over both."
    if culprit.taken_back is not None and culprit.taken_back.passes:
        told += f" {taken_back(culprit.taken_back, report)}."
    if culprit.appeared:
        told += " Before that commit what they test does not exist."
    return f"{told} {last_line(culprit, report)}"


def last_line(culprit: Culprit, report: CulpritReport) -> str:
    """What triagers look for: ``Regression in <id>.``, or as much of it as is known."""
    commit = culprit.culprit.commit
    if culprit.appeared:
        return f"It came with {commit.id}."
    if not culprit.is_named and culprit.between:
        return f"One of {len(culprit.between) + 1} commits did it."
    if not culprit.is_named:
        return "Whether it was so before is not known."
    said = "Fixed by" if report.first is Answer.BAD else "Regression in"
    return f"{said} {commit.id}."


def by_hand(culprit: Culprit, report: CulpritReport) -> list[str]:
    """How to see the same with nothing but git, in a clone of the upstream."""
    how = report.by_hand
    probe = how.command
    start = f"git bisect start {report.bad.id} {report.good.id}"
    if report.first is Answer.BAD:
        # What git looks for then is the first commit on which it fails no more.
        start = "git bisect start --term-old=broken --term-new=mended"
        start = f"{start} {report.good.id} {report.bad.id}"
        probe = f"! {probe}"
    lines = [start]
    if how.commit:
        lay = shlex.join(["git", "checkout", "-q", how.commit, "--", *how.files])
        probe = f"{lay} && {probe}; status=$?; git reset -q --hard; exit $status"
    elif report.overlay:
        overlay = summary.one_line(report.overlay)
        lines.append(f"# at each step, lay {overlay} over it before, and take it off again:")
    lines.append(f"git bisect run sh -c {shlex.quote(probe)}")
    return [*lines, f"git show {culprit.culprit.commit.id}"]


def outcome(culprit: Culprit) -> list[str]:
    """Which commit it is, or between which, a line for each thing to say."""
    return [line.strip() for line in _answer(culprit)]


def _lines(culprit: Culprit, report: CulpritReport, *, with_patch: bool = True) -> Iterator[str]:
    commit = culprit.culprit.commit
    yield from _answer(culprit)
    for side in (culprit.before, culprit.culprit):
        yield f"{side.commit}: {counts(side)}"
    if culprit.failure:
        yield f"it fails so: {summary.one_line(culprit.failure)}"
    yield f"confidence {summary.percent(culprit.confidence)}"
    if culprit.chance < 1:
        share = summary.percent(culprit.chance)
        yield f"noise would look like these runs in {share} of cases at most"
    if culprit.taken_back is not None:
        yield taken_back(culprit.taken_back, report)
    if culprit.hunks is not None:
        yield from hunk_lines(culprit, with_patch=with_patch)
    for equal in culprit.equals:
        yield f"the same change on another branch: {equal}"
    yield from culprit.notes
    if culprit.is_named and not culprit.appeared and report.first is Answer.GOOD:
        yield f"Regression in {commit.id}."


def _answer(culprit: Culprit) -> Iterator[str]:
    """Which commit it is, or between which."""
    commit = culprit.culprit.commit
    others = len(culprit.between)
    if culprit.appeared:
        yield f"can not exist before {commit}, and fails from there on"
    elif culprit.interpreter:
        yield f"changes with the Python that runs {commit}"
        yield f"  {culprit.interpreter}"
    elif culprit.by_reach:
        yield f"changes with {commit}"
        which = f"the only one of {others + 1} commits between tried ones that touches"
        yield f"  {which} what the test runs"
    elif culprit.is_named:
        yield f"changes with {commit}"
    elif not others:
        yield f"changes with {commit}, unless it was so before: the one in front tells nothing"
    else:
        yield f"changes after {culprit.before.commit}, with {commit} or one of {others} before it"
        yield from _some([f"  {_between(each)}" for each in culprit.between], MOST_COMMITS)


def hunk_lines(culprit: Culprit, *, with_patch: bool) -> Iterator[str]:
    """By how much of the commit the tests change; with the patch, if that is asked for."""
    found = culprit.hunks
    assert found is not None
    if found.why:
        yield f"no hunk of it: {found.why}"
        return
    which = f"{found.needed} of its {found.of} hunks" if found.of > 1 else "its only hunk"
    # The hunks are searched for with one test; others that the commit changed may need more.
    whose = f", for {summary.test_name(culprit.tests[0])}" if len(culprit.tests) > 1 else ""
    yield f"by {which}{whose}" + (":" if with_patch else "")
    if with_patch:
        for line in found.patch.splitlines():
            yield PatchLine(f"  {line}")


def taken_back(back: TakenBack, report: CulpritReport) -> str:
    """What becomes of the tests where the commit's change is taken back."""
    if not back.how:
        return f"it can not be taken back at the bad end: {back.why}"
    what = "its hunks" if back.only_hunks else "its change"
    how = "" if back.how == "clean" else f" ({back.how})"
    where = report.bad.id[:10]
    if back.passes == back.tests:
        return f"With {what} taken back{how} at {where}, the bad end, the test passes"
    return (
        f"With {what} taken back{how} at {where}, the bad end, "
        f"{back.passes} of {back.tests} tests pass: something else is wrong there as well"
    )


def counts(side: SideRuns) -> str:
    """What the runs of a commit said, and how the tests were laid over it."""
    if not side.counts:
        return "not tried"
    said = ", ".join(f"{count} {answer}" for answer, count in sorted(side.counts.items()))
    way = f", with the tests laid over it by {side.way}" if side.way else ""
    why = f" ({summary.one_line(side.why)})" if side.why else ""
    return f"{said}{way}{why}"


def _between(side: SideRuns) -> str:
    if not side.counts:
        return f"{side.commit} was not tried"
    return f"{side.commit} can not be tried: {summary.one_line(side.why)}"


def _failing(side: SideRuns) -> str:
    runs = sum(side.counts.values())
    return f"fails in {side.count(Answer.BAD)} of {runs} runs" if runs else "fails"


def _passing(side: SideRuns) -> str:
    runs = sum(side.counts.values())
    if side.count(Answer.GOOD):
        return f"passes in {side.count(Answer.GOOD)} of {runs} runs"
    if side.count(Answer.NOT_YET):
        return "can not exist"
    return "was not tried" if not runs else "can not be tried"


def cost(report: CulpritReport) -> str:
    """How many commits there were, and what searching them took."""
    matter = "" if report.can_matter is None else f", {report.can_matter} of which can matter"
    python = f" on Python {report.python}" if report.python else ""
    return (
        f"{report.commits} commit{'s' * (report.commits != 1)}{matter}; "
        f"{report.probes} runs in {report.seconds:.1f} s{python}"
        f", and {report.runs - report.probes} for the proof in {report.proof_seconds:.1f} s"
    )


def _items(lines: Iterable[str]) -> list[str]:
    return [f"- {summary.one_line(line)}" for line in lines]


def _fence_around(text: str) -> str:
    """More backticks than stand anywhere in a text."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _some(names: Sequence[str], most: int) -> Iterable[str]:
    """The first of them, and how many there are beside."""
    yield from names[:most]
    if len(names) > most:
        yield f"and {len(names) - most} more"
