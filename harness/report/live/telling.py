"""What a run says of itself to those who watch it, in the words of its reports.

Owns: making an event of a verdict. Must not know who watches.
"""

from __future__ import annotations

from ...model import ChangeKind, Judgement, RunEnd
from ...system.runlog import Over, RunLog, Told
from .. import summary
from ..schema import Report

SEEN = (ChangeKind.FIXED, ChangeKind.FLAKY)


def verdict(judged: Judgement, seconds: float) -> Told:
    """What is known of a candidate, or of the control, so many seconds after the beginning."""
    counts = {
        ChangeKind.BROKEN: summary.count_worse(judged),
        **{kind: summary.count_of(judged, kind) for kind in SEEN},
        ChangeKind.SLOWER: summary.count_slower(judged),
    }
    return Told(
        name=judged.name,
        base=judged.base,
        verdict=judged.verdict,
        line=summary.verdict_line(judged),
        control=judged.control,
        counts={kind.value: number for kind, number in counts.items()},
        tests=judged.tests,
        seconds=round(seconds, 1),
    )


def end(log: RunLog, report: Report, file: str) -> None:
    """Tell every verdict as the report has it, which is the last word, and that it is there."""
    for judged in (*report.controls, *report.candidates):
        log.tell(verdict(judged, report.made.seconds))
    log.tell(Over(RunEnd.STOPPED if report.made.partial else RunEnd.FINISHED, file))
