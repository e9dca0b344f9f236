"""What two machines say of the same bases, where one took the place of the other.

Owns: telling the difference. Verdicts are made of the runs of one machine alone (rule 1 of
judgement), so it changes none; whoever reads them has to know that another machine may say
something else. Must not know how a machine was lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ..jobs.engines.places import by_ground
from ..model import Job, Note, NoteKind, Result, Status

Said = Mapping[tuple[object, str], set[Status]]
"""What became of a test of a place (``by_ground``), in all its runs on the bases."""

NAMED = 3
TELL_NOTHING = (Status.NOT_RUN, Status.SPURIOUS)


def differences(
    machine: str, there: Mapping[Job, Result], here: Mapping[Job, Result]
) -> list[Note]:
    """A note if the bases say otherwise of a test ``here`` than they did ``there``, on
    ``machine``: if no run of either had the outcome of a run of the other."""
    before, now = _said(there), _said(here)
    both = [key for key in before if key in now and not before[key] & now[key]]
    if not both:
        return []
    tests = [
        f"{test} {_words(before[place, test])} there and {_words(now[place, test])} here"
        for place, test in both[:NAMED]
    ]
    more = f", and {len(both) - NAMED} more" if len(both) > NAMED else ""
    text = (
        f"the machines differ: of the bases, {machine}, which has gone, said something else than "
        f"the machine that took its place: {'; '.join(tests)}{more}. Each verdict is made of the "
        "runs of one machine"
    )
    return [Note(NoteKind.HINT, text)]


def _said(results: Mapping[Job, Result]) -> Said:
    found: dict[tuple[object, str], set[Status]] = defaultdict(set)
    for job, result in _on_bases(results):
        for test, outcome in result.outcomes.items():
            if outcome.status not in TELL_NOTHING:
                found[by_ground(job), test].add(outcome.status)
    return found


def _on_bases(results: Mapping[Job, Result]) -> Iterator[tuple[Job, Result]]:
    for job, result in results.items():
        if not job.traced and not any(tree.patches for tree in job.trees):
            yield job, result


def _words(statuses: set[Status]) -> str:
    return " or ".join(sorted(statuses))
