"""The page of a search: the commit or release with which tests changed, and every probe.

Owns: what stands on it. Must not know how anything was found out.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ...judge.culprit import Culprit, CulpritReport, SideRuns
from ...judge.probes import Search
from ...model import Answer
from .. import culprits, summary
from .diffs import lines_of
from .page import anchor, render, style_of
from .probes import LEGEND, SearchView, view_of
from .signs import ANSWERS, Sign

MOST_SEARCHES = 60
STYLES = ("charts.css", "marks.css")


class CulpritView(NamedTuple):
    """A culprit as the page shows it. ``said`` is the line that triagers look for, if any."""

    id: str
    culprit: Culprit
    outcome: list[str]
    said: str
    sides: list[tuple[str, SideRuns, list[tuple[Sign, int]]]]
    back: str
    back_sign: Sign
    by: list[str]
    patch: list[tuple[str, str]]
    ticket: str
    by_hand: str
    search: SearchView | None


def of_commits(report: CulpritReport, home: Path, folder: Path, log: str = "") -> str:
    """The page of a search of a history, for ``folder``; ``log`` is where the search's log is."""
    kept = {search.test: search for search in report.searches}
    views = [_culprit(culprit, report, kept, home, folder) for culprit in report.culprits]
    shown = {view.search.search.test for view in views if view.search is not None}
    others = [search for search in report.searches if search.test not in shown]
    return render(
        "searched.html",
        f"{report.upstream}: {report.good.id[:10]} to {report.bad.id[:10]}",
        styles=[style_of(name) for name in STYLES],
        report=report,
        views=views,
        others=[view_of(search, home, folder) for search in others[:MOST_SEARCHES]],
        cut=max(0, len(others) - MOST_SEARCHES),
        cost=culprits.cost(report),
        legend=LEGEND,
        log=log,
    )


def of_releases(
    search: Search, home: Path, folder: Path, *, patch: str = "", hunks: str = "", log: str = ""
) -> str:
    """The page of a search of releases; ``hunks`` says by how much of the next it changes."""
    return render(
        "searched_releases.html",
        f"{summary.test_name(search.test)}: {search.labels[0]} to {search.labels[-1]}",
        styles=[style_of(name) for name in STYLES],
        view=view_of(search, home, folder),
        patch=lines_of(patch),
        hunks=hunks,
        legend=LEGEND,
        log=log,
    )


def _culprit(
    culprit: Culprit,
    report: CulpritReport,
    kept: dict[str, Search],
    home: Path,
    folder: Path,
) -> CulpritView:
    commit = culprit.culprit.commit
    search = next((kept[test] for test in culprit.tests if test in kept), None)
    hunks = culprit.hunks
    return CulpritView(
        id=anchor("culprit", commit.id, *culprit.tests[:1]),
        culprit=culprit,
        outcome=culprits.outcome(culprit),
        said=culprits.last_line(culprit, report),
        sides=[
            (where, side, [(ANSWERS[a], side.count(a)) for a in Answer if side.count(a)])
            for where, side in (("before it", culprit.before), ("at it", culprit.culprit))
        ],
        back=culprits.taken_back(culprit.taken_back, report) if culprit.taken_back else "",
        back_sign=_back_sign(culprit),
        by=list(culprits.hunk_lines(culprit, with_patch=False)) if hunks else [],
        patch=lines_of(hunks.patch) if hunks else [],
        ticket=culprits.ticket(culprit, report),
        by_hand="\n".join(culprits.by_hand(culprit, report)),
        search=view_of(search, home, folder) if search else None,
    )


def _back_sign(culprit: Culprit) -> Sign:
    back = culprit.taken_back
    if back is None or not back.how:
        return ANSWERS[Answer.UNTESTABLE]
    return ANSWERS[Answer.GOOD if back.passes == back.tests else Answer.BAD]
