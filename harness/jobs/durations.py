"""How long jobs took before, so that the longest begin first and an end can be told.

Owns: the file of them, and what an unknown job is guessed at. Must not know trees: what a
part took on one tree is the best guess for the next.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from ..model import Job, SpuriousError
from ..system.files import replace_bytes
from ..system.home import Home

UNKNOWN = 5.0  # seconds; about what a part of Django's or CPython's servers takes
MOST = 4000  # more parts than any suite has; the oldest go first


class Durations:
    """What was seen of parts of suites, in seconds.

    Two runs at once may both write them down: the last one's guesses stay.
    """

    def __init__(self, home: Home) -> None:
        self._path: Path = home.folder("durations") / "seconds.json"
        self._known: dict[str, float] = {}
        # In a first run there is none, and of one that is not whole nothing is believed.
        with suppress(OSError, msgspec.MsgspecError):
            self._known = msgspec.json.decode(self._path.read_bytes(), type=dict[str, float])

    def of(self, job: Job) -> float:
        """The seconds that such a job took the last time, or a guess."""
        return self._known.get(_name(job), UNKNOWN)

    def knows(self, job: Job) -> bool:
        """Whether such a job ran before."""
        return _name(job) in self._known

    def learn(self, job: Job, seconds: float) -> None:
        """What a job took now."""
        name = _name(job)
        self._known.pop(name, None)
        self._known[name] = round(seconds, 3)

    def keep(self) -> None:
        """Write them down. A folder that can not be written costs only guesses."""
        latest = dict(list(self._known.items())[-MOST:])
        with suppress(SpuriousError):
            replace_bytes(self._path, msgspec.json.encode(latest))


def _name(job: Job) -> str:
    """What is alike from tree to tree: the part, and how it is run."""
    how = "traced" if job.traced else f"{len(job.only)} alone" if job.only else "whole"
    upstreams = "+".join(tree.base.upstream for tree in job.trees)
    return f"{upstreams} {job.suite} {' '.join(job.labels)} {how}"
