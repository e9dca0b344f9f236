"""Exchanges as they are kept, for tests of what draws them."""

from __future__ import annotations

from harness.lab.observation import Ending, Event, Observation

HOSTILE = "<script>alert(1)</script>\x1b[31m\x00\ud800\u202e\"'&]]>" + "x" * 16_000

TEARING = (
    Event(0.0047, "client", "connected"),
    Event(0.0048, "tearing", "got from client", 91),
    Event(0.0048, "tearing", "passed to server", 91),
    Event(0.0049, "client", "sent", 91),
    Event(0.0064, "tearing", "got from server", 17),
    Event(0.0064, "tearing", "passed to client", 17),
    Event(0.0064, "client", "received", 1024),
    Event(0.0070, "tearing", "got from server", 50_260),
    Event(0.0071, "tearing", "passed to client", 1007),
    Event(0.0074, "tearing", "got FIN from server"),
    Event(0.0074, "tearing", "closed both sides"),
    Event(0.0074, "tearing", "dropped", 49_253),
    Event(0.0075, "client", "received FIN"),
    Event(0.0076, "client", "closed"),
    Event(0.0162, "server", "free again"),
)
"""A forwarder that ends both sides at the server's FIN."""

HUNG = (
    Event(0.0001, "client", "connected"),
    Event(0.0002, "client", "sent", 73),
    Event(2.0002, "client", "gave up waiting"),
    Event(2.0003, "client", "closed"),
)
"""A server that does not answer: 0.1 ms and 2 s in one drawing."""


def exchange(
    *events: Event,
    link: str = "direct",
    client: str = "raw",
    received: int = 50_000,
    ending: Ending = Ending.COMPLETE,
    known: float | None = None,
    free: float | None = None,
    server: str = "runserver",
) -> Observation:
    """An exchange of 50,000 bytes with these events."""
    return Observation(
        server=server,
        link=link,
        client=client,
        request="get",
        expected=50_000,
        received=received,
        ending=ending,
        status=200 if received else None,
        truncated_at=received if received < 50_000 else None,
        known=known,
        free=free,
        events=events,
    )


def torn() -> Observation:
    """What the tearing link does to a response."""
    return exchange(*TEARING, link="tearing", received=747, ending=Ending.EOF_EARLY, free=0.0162)


def hung() -> Observation:
    """A client that waits until it gives up."""
    return exchange(*HUNG, received=0, ending=Ending.HUNG)


def whole() -> Observation:
    """A good exchange, of a client that set out later."""
    return exchange(
        Event(0.0100, "client", "connected"),
        Event(0.0101, "client", "sent", 91),
        Event(0.0120, "client", "received", 50_277),
        Event(0.0125, "client", "closed"),
        Event(0.0130, "server", "free again"),
        known=0.0122,
        free=0.0130,
    )
