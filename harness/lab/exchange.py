"""One exchange: a client asks a server something over a link, and what came of it.

Owns putting the parts together, judging a response against what was asked, and
how a demand that is not met is put into words: a first line without numbers, by
which failures are grouped, then what was seen. It must not know which test or
command wants it, nor pytest: what ends a test is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, NoReturn

from msgspec.structs import replace

from .clients import CLIENTS, USUAL, Pace
from .clients.wire import Wire
from .links import Watch, open_link
from .observation import Ending, HttpResponse, Observation, Recorder
from .payload import first_difference, json_text, payload
from .request import HttpRequest
from .servers import RunningServer

NOTHING: Final = HttpRequest("none", "", 0)
"""Stands for the request where a test's demand is not about a response."""


def expected_body(request: HttpRequest) -> bytes:
    """The body that a good server answers this request with."""
    return json_text(request.expected) if request.json else payload(request.expected)


def observation_of(
    server: str,
    link: str,
    client: str,
    request: HttpRequest,
    response: HttpResponse,
    recorder: Recorder,
    free: float | None = None,
) -> Observation:
    """A response judged: how much of what was expected came, and how it ended.

    ``free`` is the time in seconds at which the server had let go, if it was seen."""
    short = len(response.body) < request.expected
    return Observation(
        server=server,
        link=link,
        client=client,
        request=request.name,
        expected=request.expected,
        received=len(response.body),
        ending=response.ending,
        status=response.status,
        reason=response.reason,
        truncated_at=len(response.body) if short else None,
        differs_at=first_difference(response.body, expected_body(request)),
        known=response.known,
        free=free,
        events=tuple(recorder.events),
    )


def assertion_failure(message: str) -> NoReturn:
    """End what is going on with an AssertionError, for those who are not under pytest."""
    raise AssertionError(message)


@dataclass
class Exchange:
    """What goes on between one running server, one link and one client.

    ``link`` and ``client`` are names of ``LINKS`` (or a brigade of them) and
    ``CLIENTS``. ``fail(message)`` is called where a demand is not met, and does not
    return. ``observation`` is the last one; the recorder has all events since the
    exchange was made, those of several requests included. ``watch`` is told the hops
    before a client that ``fetch`` uses connects."""

    server: RunningServer
    link: str
    client: str
    fail: Callable[[str], NoReturn] = assertion_failure
    recorder: Recorder = field(default_factory=Recorder)
    watch: Watch | None = None
    observation: Observation | None = None

    def observe(
        self, request: HttpRequest, response: HttpResponse, free: float | None = None
    ) -> Observation:
        """Judge a response and keep that as the last observation, which is returned."""
        self.observation = observation_of(
            self.server.name, self.link, self.client, request, response, self.recorder, free
        )
        return self.observation

    def fetch(self, request: HttpRequest, pace: Pace = USUAL) -> HttpResponse:
        """The response to one request by this client, whatever it is; it is observed, and
        so is whether the server lets go afterwards.

        KeyError for a link or client that does not exist."""
        client = CLIENTS[self.client]
        with open_link(self.link, self.server.address, self.recorder, self.watch) as address:
            response = client.fetch(address, request, self.recorder, pace)
        held = self.server.wait_free()
        free = None if held else self.recorder.now()
        self.recorder.note("server", f"not free: {held}" if held else "free again")
        self.observe(request, response, free)
        return response

    def fetch_whole(self, request: HttpRequest, pace: Pace = USUAL) -> HttpResponse:
        """The same, with the demand for the whole body, a visible end and the status."""
        response = self.fetch(request, pace)
        self.demand_complete(request, response)
        return response

    def demand_complete(self, request: HttpRequest, response: HttpResponse) -> None:
        """Demand that this response is complete, with the status that was expected."""
        seen = self.observe(request, response, self.observation.free if self.observation else None)
        self.demand(seen.good, seen.headline())
        self.demand(response.status == request.status, "an unexpected status")

    def demand(self, met: bool, headline: str) -> None:
        """Fail with ``headline`` and the timeline unless ``met``."""
        if met:
            return
        seen = self.observation or self.observe(NOTHING, HttpResponse(Ending.HUNG))
        seen = replace(seen, verdict=headline, events=tuple(self.recorder.events))
        self.observation = seen
        log = "\n".join(list(self.server.child.log)[-10:])
        self.fail(f"{headline}\n{seen.timeline()}\nthe end of the server's log:\n{log}")

    def observation_json(self) -> str:
        """What is kept with a test's result: the last observation as JSON, with
        everything that happened on the wire."""
        seen = self.observation or self.observe(NOTHING, HttpResponse(Ending.COMPLETE))
        return replace(seen, events=tuple(self.recorder.events)).to_json()

    @contextmanager
    def connect(self, buffer: int | None = None, who: str = "client") -> Iterator[Wire]:
        """A raw connection over this exchange's link, closed at the end.

        ``buffer`` is its SO_RCVBUF in bytes, ``who`` its name in the timeline."""
        tls = self.server.kind.protocol == "https"
        with (
            open_link(self.link, self.server.address, self.recorder) as address,
            Wire(address, self.recorder, buffer, who, tls) as wire,
        ):
            yield wire
