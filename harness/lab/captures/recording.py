"""What a command needs to save the packets of its exchanges.

Owns the choice between capturing and putting together, and what is said of each exchange.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from ..exchange import Exchange
from ..observation import Observation, Recorder
from ..request import HttpRequest
from .captured import Hop, Trace
from .privileges import give_up_packet_sockets
from .sniffer import CannotCapture, Sniffer


class Captured(msgspec.Struct, frozen=True):
    """A capture as a file's content, and in a line what it is."""

    content: bytes
    words: str


DECODER: Final = msgspec.msgpack.Decoder(Captured)


def received(path: Path) -> Captured:
    """What the lab in a sandbox has captured. Raises ``OSError`` and ``msgspec.DecodeError``."""
    return DECODER.decode(path.read_bytes())


class Recording:
    """The packets of one exchange after another.

    ``reason`` says why they are not captured but put together; empty: they are captured.
    """

    def __init__(self, sniffer: Sniffer | None, reason: str = "") -> None:
        self.reason = reason
        self._sniffer = sniffer
        self._hops: tuple[Hop, ...] = ()
        self._began = 0
        self._traces: list[Trace] = []
        self._words: list[str] = []

    def begin(self, exchange: Exchange) -> None:
        """Watch this exchange, whose recorder keeps bytes if they will be needed."""
        self._began = time.time_ns()
        exchange.recorder = Recorder(keeps=self._sniffer is None)
        exchange.watch = self.watch

    def watch(self, hops: Sequence[tuple[str, int]]) -> None:
        """These are the exchange's hops, in the client's order: called before it begins."""
        self._hops = tuple(Hop(name, port) for name, port in hops)
        if self._sniffer is not None:
            self._sniffer.watch(self._hops)

    def end(self, exchange: Exchange, request: HttpRequest) -> None:
        """The exchange is over: keep its packets."""
        assert exchange.observation is not None  # it has fetched something
        trace = self._seen()
        if trace is None:
            from .rebuilt import FIRST_PORT, rebuild

            trace = rebuild(
                self._hops,
                exchange.recorder.events,
                exchange.recorder.kept,
                request.encoded(),
                self._began,
                self.reason,
                FIRST_PORT + len(self._traces) * len(self._hops),
            )
        self._traces.append(trace)
        self._words.append(in_words(exchange.observation))

    def _seen(self) -> Trace | None:
        if self._sniffer is None:
            return None
        try:
            return self._sniffer.take()
        except CannotCapture as error:
            self._sniffer, self.reason = None, str(error)
            return None

    def captured(self) -> Captured:
        """Everything so far, as a file."""
        from .pcapng import write

        content = io.BytesIO()
        write(content, self._traces, self._words)
        return Captured(content.getvalue(), self._summary())

    def _summary(self) -> str:
        count = sum(len(trace.packets) for trace in self._traces)
        if self.reason:
            return f"{count:,} packets, reconstructed and not captured: {self.reason}"
        lost = sum(trace.dropped for trace in self._traces)
        return f"{count:,} packets, as captured" + (f"; {lost:,} more were lost" if lost else "")


def in_words(seen: Observation) -> str:
    """An exchange in a line, as the section's comment has it."""
    return (
        f"{seen.request} to {seen.server} over {seen.link} by {seen.client}: "
        f"{seen.verdict or seen.headline()}; "
        f"{seen.received:,} of {seen.expected:,} bytes of the body"
    )


@contextmanager
def recorded() -> Iterator[Recording]:
    """Capture while the block runs, or say in ``reason`` why not.

    The right to capture is given up at once: what is started in the block has it no more."""
    sniffer, reason = None, ""
    try:
        sniffer = Sniffer()
    except CannotCapture as error:
        reason = str(error)
    try:
        give_up_packet_sockets()
        yield Recording(sniffer, reason)
    finally:
        if sniffer is not None:
            sniffer.close()
