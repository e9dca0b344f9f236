"""Rounds that ask for their next step together, so that their parts can share jobs.

Owns: who waits for whom. Must not know what is asked for, nor what becomes one job. What a
round asks for does not depend on the others of its group; only when it is asked for does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..model import Job
from .rounds import Round


@dataclass(eq=False)
class Group:
    """Rounds, and what those of them ask for that are ready for their next step."""

    rounds: list[Round] = field(default_factory=list)
    _held: dict[Round, Sequence[Job]] = field(default_factory=dict)

    def hold(self, asking: Round, jobs: Sequence[Job]) -> None:
        """Keep what one of its rounds asks for until none of the others waits for anything."""
        if jobs:
            self._held[asking] = jobs

    @property
    def is_ready(self) -> bool:
        """Whether something is asked for, and no round may still come to ask as well."""
        late = (each for each in self.rounds if each not in self._held)
        return bool(self._held) and not any(each.missing for each in late)

    def release(self) -> dict[Round, Sequence[Job]]:
        """What is asked for, by who asks, in an order that is the same every time."""
        held, self._held = self._held, {}
        return {each: held[each] for each in self.rounds if each in held}
