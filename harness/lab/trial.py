"""One test's dealings with one server over one link by one client.

Owns the recorder and the observation of a test, and how a demand that is not
met is put into words: a first line without numbers, by which failures are
grouped, then what was seen. It must not know pytest: ``fail`` is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NoReturn

from .ask import HttpRequest
from .clients import CLIENTS, USUAL, Pace
from .clients.wire import Wire
from .exchange import observe
from .links import open_link
from .observation import Ending, HttpResponse, Observation, Recorder
from .rig import Rig
from .servers import RunningServer


@dataclass
class Exchange:
    """``fail(message)`` ends the test; ``seen`` is the last observation."""

    rig: Rig
    server_name: str
    link: str
    client: str
    fail: Callable[[str], NoReturn]
    recorder: Recorder = field(default_factory=Recorder)
    seen: Observation | None = None

    @property
    def server(self) -> RunningServer:
        return self.rig.server(self.server_name)

    def observe(
        self, ask: HttpRequest, answer: HttpResponse, free: float | None = None
    ) -> Observation:
        """Keep what was seen of an exchange."""
        self.seen = observe(
            self.server_name, self.link, self.client, ask, answer, self.recorder, free
        )
        return self.seen

    def exchange(self, ask: HttpRequest, pace: Pace = USUAL) -> HttpResponse:
        """Ask once with this trial's client; judge nothing."""
        with open_link(self.link, self.server.address, self.recorder) as address:
            answer = CLIENTS[self.client].fetch(address, ask, self.recorder, pace)
        held = self.server.wait_free()
        self.recorder.note("server", f"not free: {held}" if held else "free again")
        self.observe(ask, answer, None if held else self.recorder.now())
        return answer

    def delivers(self, ask: HttpRequest, pace: Pace = USUAL) -> HttpResponse:
        """Ask once, and demand the whole body and a visible end."""
        answer = self.exchange(ask, pace)
        self.complete(ask, answer)
        return answer

    def complete(self, ask: HttpRequest, answer: HttpResponse) -> None:
        """Demand that this answer is complete, with the status that was expected."""
        seen = self.observe(ask, answer, self.seen.free if self.seen else None)
        self.demand(seen.good, seen.headline())
        self.demand(answer.status == ask.status, "an unexpected status")

    def demand(self, met: bool, headline: str) -> None:
        """End the test with ``headline`` and the timeline unless ``met``."""
        if met:
            return
        if self.seen is None:
            self.observe(NOTHING, HttpResponse(Ending.HUNG))
        assert self.seen is not None
        seen = replace(self.seen, verdict=headline, events=tuple(self.recorder.events))
        self.seen = seen
        log = "\n".join(list(self.server.child.log)[-10:])
        self.fail(f"{headline}\n{seen.timeline()}\nthe end of the server's log:\n{log}")

    def kept(self) -> str:
        """What is kept with the test's result: the last observation as JSON, with
        everything that happened on the wire."""
        if self.seen is None:
            self.observe(NOTHING, HttpResponse(Ending.COMPLETE))
        assert self.seen is not None
        return replace(self.seen, events=tuple(self.recorder.events)).to_json()

    @contextmanager
    def talk(self, buffer: int | None = None, who: str = "client") -> Iterator[Wire]:
        """A raw connection over this trial's link, closed at the end."""
        with (
            open_link(self.link, self.server.address, self.recorder) as address,
            Wire(address, self.recorder, buffer, who) as wire,
        ):
            yield wire


NOTHING = HttpRequest("none", "", 0)
"""Stands for the request where a test's demand is not about an answer."""
