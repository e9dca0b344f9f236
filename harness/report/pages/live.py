"""The page that follows a run, as it stands when it is asked for.

Owns: what it shows. Must not know HTML (the template does), nor where runs are kept. Its
script only adds what comes later; a browser without one asks for the page again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup

from ...model import ChangeKind, RunEnd, Verdict
from ...system.runlog import Told
from ..live.state import RunState
from .page import FOLDER
from .page import render as render_page
from .tones import OF_VERDICT

if TYPE_CHECKING:
    from ..live.watching import Seen

COUNTED = (ChangeKind.BROKEN, ChangeKind.FIXED, ChangeKind.FLAKY, ChangeKind.SLOWER)
ENDS = {
    RunEnd.FINISHED: ("good", "finished"),
    RunEnd.STOPPED: ("warn", "stopped by its user"),
    RunEnd.FAILED: ("bad", "could not go on"),
    RunEnd.KILLED: ("bad", "ended without a word, as one that is killed"),
}
WHAT = {
    "report.html": "the last whole report",
    "partial.html": "what was known when a run was last stopped",
    "comparison.html": "the last comparison of two reports",
}
STYLE = "li, p { overflow-wrap: anywhere; } progress { width: min(24rem, 100%); }"
GOES_ON, NO_RUN = "A test run goes on", "No test run goes on"
REFRESH = 5  # seconds, for a browser without script


def render(seen: Seen, files: Sequence[str]) -> str:
    """The whole page; ``files`` are the names of the reports that can be had."""
    alive = [run for run in seen.runs if run.over is None]
    counted = [kind.value for kind in COUNTED]
    return render_page(
        "live.html",
        title=GOES_ON if alive else NO_RUN,
        styles=[STYLE],
        seen=seen,
        titles={"goes": GOES_ON, "none": NO_RUN},
        pages=[(name, WHAT[name]) for name in WHAT if name in files],
        others=[name for name in files if name not in WHAT],
        files=files,
        counted=counted,
        ends={end.value: said for end, said in ENDS.items()},
        tones=OF_VERDICT,
        refresh=REFRESH,
        blank=RunState(""),
        blank_row=Told("", "", Verdict.NEUTRAL, "", counts=dict.fromkeys(counted, 0)),
        page_of=_page_of,
        clock=clock,
        follow=Markup(_script()),
    )


def clock(seconds: float) -> str:
    """``0:01:05``."""
    return str(timedelta(seconds=round(seconds)))


def _page_of(report: str) -> str:
    """Where the page of a report's file is: it is named by the run itself, and quoted here."""
    return f"/{quote(report.removesuffix('.json'), safe='')}.html"


@cache
def _script() -> str:
    return (FOLDER / "live.js").read_text("utf-8")
