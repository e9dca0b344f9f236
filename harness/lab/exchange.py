"""One exchange: a client asks a server something over a link.

Owns putting the parts together and judging the answer against what was asked.
It must not know which test wants it.
"""

from __future__ import annotations

from .ask import HttpRequest
from .clients import CLIENTS, USUAL, Pace
from .links import open_link
from .observation import HttpResponse, Observation, Recorder
from .payload import first_difference, json_text, payload
from .servers import RunningServer


def wanted(ask: HttpRequest) -> bytes:
    """The body that answers this request."""
    return json_text(ask.expected) if ask.json else payload(ask.expected)


def observe(
    server: str,
    link: str,
    client: str,
    ask: HttpRequest,
    answer: HttpResponse,
    recorder: Recorder,
    free: float | None = None,
) -> Observation:
    """Judge an answer: how much of what was expected came, and how it ended."""
    differs = first_difference(answer.body, wanted(ask))
    short = len(answer.body) < ask.expected
    return Observation(
        server=server,
        link=link,
        client=client,
        request=ask.name,
        expected=ask.expected,
        received=len(answer.body),
        ending=answer.ending,
        status=answer.status,
        reason=answer.reason,
        truncated_at=len(answer.body) if short else None,
        differs_at=differs,
        known=answer.known,
        free=free,
        events=tuple(recorder.events),
    )


def exchange(
    server: RunningServer, link: str, client: str, ask: HttpRequest, pace: Pace = USUAL
) -> tuple[Observation, HttpResponse]:
    """Carry out one exchange; KeyError for a link or client that does not exist."""
    recorder = Recorder()
    fetch = CLIENTS[client].fetch
    with open_link(link, server.address, recorder) as address:
        answer = fetch(address, ask, recorder, pace)
    held = server.wait_free()
    free = None if held else recorder.now()
    recorder.note("server", f"not free: {held}" if held else "free again")
    return observe(server.name, link, client, ask, answer, recorder, free), answer
