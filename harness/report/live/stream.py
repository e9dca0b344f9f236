"""Server-sent events: what runs tell, sent as it is told.

https://html.spec.whatwg.org/multipage/server-sent-events.html

Owns: the form of the stream, going on after a break, and giving up on who does not read. Must
not know what a message says.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from aiohttp import web

from ...system.home import Home
from . import watching
from .state import Cursor

LOOK = 0.2  # seconds between two looks at files, which tell nobody when they grow
HEARTBEAT = 15.0  # seconds of silence after which a comment shows that the server lives
PATIENCE = 30.0  # seconds for a client to take what was sent
RETRY = 1000  # milliseconds after which a browser comes back
MOST = 32  # streams at once
LAST, AFTER = "Last-Event-ID", "after"


class Streams:
    """Answers those who listen, until ``stop`` is set."""

    def __init__(
        self, home: Home, stop: asyncio.Event, look: float = LOOK, heartbeat: float = HEARTBEAT
    ) -> None:
        self._home = home
        self._stop = stop
        self._look = look
        self._heartbeat = heartbeat
        self._open = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Send what happens from the client's place on, for as long as it listens.

        Its place is the id of the last message that it got, or that in the page.
        """
        if request.method == "HEAD":
            return web.Response(content_type="text/event-stream")
        if self._open >= MOST:
            raise web.HTTPServiceUnavailable(text="too many listen", headers={"Retry-After": "5"})
        self._open += 1
        try:
            # Who went away, or does not read, gets no more.
            with suppress(ConnectionError, TimeoutError):
                return await self._send(request)
            return web.Response(status=499)
        finally:
            self._open -= 1

    async def _send(self, request: web.Request) -> web.StreamResponse:
        sent = request.headers.get(LAST, request.query.get(AFTER))
        known = None if sent is None else Cursor.read(sent)
        cursor = watching.beginning(self._home) if known is None else known
        answer = web.StreamResponse()
        answer.content_type = "text/event-stream"
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        await answer.prepare(request)
        await self._write(answer, f"retry: {RETRY}\n\n")
        finished: set[str] = set()
        silent = 0.0
        while not self._stop.is_set():
            text = ""
            for message in watching.since(self._home, cursor, finished):
                cursor = message.cursor
                text += f"id: {cursor}\nevent: {message.kind}\ndata: {message.data}\n\n"
            silent = 0.0 if text else silent + self._look
            if silent >= self._heartbeat:
                text, silent = ": still here\n\n", 0.0
            if text:
                await self._write(answer, text)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), self._look)
        return answer

    async def _write(self, answer: web.StreamResponse, text: str) -> None:
        async with asyncio.timeout(PATIENCE):
            await answer.write(text.encode())
