"""What this machine has not got of what tests ask for.

Owns: telling that. A test that is skipped on every tree changes nothing and breaks nothing, so
that a verdict alone would look as if it had run. Must not know suites, nor what they need.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Job, Note, NoteKind
from ..suites import SUITES


def lacking(jobs: Iterable[Job]) -> list[Note]:
    """A note for each thing that the suites of some jobs lack here: work that was not done, or
    a hint where they do without it."""
    one_of_each = {(job.suite, job.labels): job for job in jobs}.values()
    found = [SUITES[job.suite].participants(job) for job in one_of_each]
    lacks = dict.fromkeys(text for each in found for text in each.lacks)
    absent = dict.fromkeys(text for each in found for text in each.absent)
    return [
        *(Note(NoteKind.LEFT_OUT, text) for text in lacks),
        *(Note(NoteKind.HINT, text) for text in absent),
    ]
