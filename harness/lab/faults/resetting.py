"""A link that resets both sides in the middle of the response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import Arrival, Came, Decision, Finish, Reset, Send, Side


@dataclass(frozen=True)
class Resetting:
    """After ``spared`` bytes from the server the link breaks."""

    spared: int = 1024

    def decide(self, arrival: Arrival) -> Sequence[Decision]:
        """See ``Fault``."""
        if arrival.came is Came.RST:
            return [Reset()]
        if arrival.came is Came.FIN:
            return [Finish()]
        if arrival.side is Side.CLIENT or arrival.before + len(arrival.data) <= self.spared:
            return [Send(arrival.data)]
        return [Reset()]
