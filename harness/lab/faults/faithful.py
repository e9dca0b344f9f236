"""No fault: bytes, half-closes and resets pass as they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import Arrival, Came, Decision, Finish, Reset, Send


@dataclass(frozen=True)
class Faithful:
    """What a good forwarder does."""

    def decide(self, arrival: Arrival) -> Sequence[Decision]:
        """See ``Fault``."""
        if arrival.came is Came.DATA:
            return [Send(arrival.data)]
        return [Finish()] if arrival.came is Came.FIN else [Reset()]
