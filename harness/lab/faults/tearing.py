"""A forwarder that tears both sides down when the server ends its side.

What is in flight then is lost. To make sure that something is, bytes after the
first few of a response are held back, for longer than a server takes from its last
write to its close; a server that waits for its client loses nothing by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .. import deadlines
from . import Arrival, Came, Close, Decision, Finish, Reset, Send, Side, Wait


@dataclass(frozen=True)
class Tearing:
    """``spared`` bytes of the response pass at once, the rest after ``hold`` seconds."""

    spared: int = 1024
    hold: float = deadlines.HOLD

    def decide(self, arrival: Arrival) -> Sequence[Decision]:
        """See ``Fault``."""
        if arrival.came is Came.RST:
            return [Reset()]
        if arrival.side is Side.CLIENT:
            return [Send(arrival.data)] if arrival.came is Came.DATA else [Finish()]
        if arrival.came is Came.FIN:
            return [Close()]
        at_once = max(0, self.spared - arrival.before)
        first, rest = arrival.data[:at_once], arrival.data[at_once:]
        passes: list[Decision] = [Send(first)] if first else []
        crossed = arrival.before <= self.spared < arrival.before + len(arrival.data)
        if crossed:
            passes.append(Wait(self.hold))
        return [*passes, Send(rest)] if rest else passes
