"""A page of every kind but the one of `test`, from made-up values, by its name.

For tests of what all of them have in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.export import page
from harness.report.pages import grid, heatmaps, measured, searched, suspected
from support import gridded
from support.histories import change, history, passing, trial
from support.measured import every
from support.searched import report
from support.written import FINE, WRONG, diff


def every_page(home: Path = Path("/home/.workbench")) -> Mapping[str, str]:
    """The HTML of each, for the folder of reports below ``home``."""
    reports = home / "reports"
    measurements = {f"bench-{each.measure}": measured.page_of(each) for each in every()}
    return {
        "bisect": searched.of_commits(report(), home, reports, "../searches/x.jsonl"),
        "suspect": suspected.page_of(trial()),
        "history": heatmaps.of_behaviours([history(change())]),
        "history-of-tests": heatmaps.of_tests(passing()),
        "matrix": grid.render_page(gridded.REPORT, "report.html"),
        "diffs": page.page_of([diff(FINE, WRONG)], {"django/old": ["so"]}, [], reports),
        **measurements,
    }
