"""A link that carries the response in small pieces with a pause after each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .. import deadlines
from . import Arrival, Came, Decision, Finish, Reset, Send, Side, Wait


@dataclass(frozen=True)
class Slow:
    """``piece`` bytes, then ``pace`` seconds of silence, and so on."""

    piece: int = 16_384
    pace: float = deadlines.PACE

    def decide(self, arrival: Arrival) -> Sequence[Decision]:
        """See ``Fault``."""
        if arrival.came is Came.RST:
            return [Reset()]
        if arrival.came is Came.FIN:
            return [Finish()]
        if arrival.side is Side.CLIENT:
            return [Send(arrival.data)]
        decisions: list[Decision] = []
        for start in range(0, len(arrival.data), self.piece):
            decisions += [Send(arrival.data[start : start + self.piece]), Wait(self.pace)]
        return decisions
