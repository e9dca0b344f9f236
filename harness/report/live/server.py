"""Serves the reports' folder on this machine, with a page that follows a run.

Owns: HTTP, who may ask for what, and how it ends. Must not know what a page shows. It listens
on 127.0.0.1 only. A page of another site could still ask by a name that leads here (DNS
rebinding), so that the Host has to be this one; it could not read the answer otherwise.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from ...model import WorkbenchError
from ...system.home import Home
from ..pages import live
from ..pages.fresh import page_of
from . import watching
from .stream import Streams

HOST = "127.0.0.1"
PAGE = "text/html"
TYPES = {
    ".html": PAGE,
    ".json": "application/json",
    ".md": "text/plain",
    ".txt": "text/plain",
    ".xml": "text/plain",
    ".sarif": "application/json",
    ".tap": "text/plain",
}
MADE_FROM = {"report.html": "report.json", "partial.html": "partial.json"}
OWN_SOURCES = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": OWN_SOURCES,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SECONDS_TO_END = 1.0  # for an answer that is being sent when the user stops the server
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def serve(home: Home, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; ``ready`` is told the URL once it answers.

    Nobody who still listens holds it up.
    """
    asyncio.run(_serve(home, ready))


async def _serve(home: Home, ready: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(
        application(home, stop), access_log=None, shutdown_timeout=SECONDS_TO_END
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        port = runner.addresses[0][1]
        # A browser may be slow to start, and asks for the page meanwhile.
        await asyncio.to_thread(ready, f"http://{HOST}:{port}/")
        await stop.wait()
    finally:
        await runner.cleanup()


def application(home: Home, stop: asyncio.Event) -> web.Application:
    """What answers; streams end when ``stop`` is set."""
    streams = Streams(home, stop)

    async def page(request: web.Request) -> web.StreamResponse:
        text = live.render(watching.now(home), files(home))
        return web.Response(text=text, content_type=PAGE)

    async def file(request: web.Request) -> web.StreamResponse:
        return await _file(home, request.match_info["name"])

    app = web.Application(middlewares=[_checked])
    app.router.add_get("/", page)
    app.router.add_get("/events", streams.answer)
    app.router.add_get("/{name}", file)
    return app


def files(home: Home) -> list[str]:
    """The names of what is served beside the page: reports, and nothing below a folder."""
    folder = home.root / "reports"
    found = {path.name for path in folder.glob("*") if _is_served(path)}
    found |= {page for page, report in MADE_FROM.items() if report in found}
    return sorted(found)


def _is_served(path: Path) -> bool:
    is_hidden = path.name.startswith(".")
    return path.suffix in TYPES and not is_hidden and path.is_file() and not path.is_symlink()


async def _file(home: Home, name: str) -> web.Response:
    # Only a name that stands in the list is ever made a path.
    if name not in files(home):
        raise web.HTTPNotFound(text=f"there is no such report; there is: {', '.join(files(home))}")
    path = home.root / "reports" / name
    try:
        if name in MADE_FROM:
            report = path.with_name(MADE_FROM[name])
            if report.is_file():
                await asyncio.to_thread(page_of, report)
        body = await asyncio.to_thread(_content, path)
    except (OSError, WorkbenchError) as error:
        raise web.HTTPInternalServerError(text=f"{name} can not be shown: {error}") from error
    return web.Response(body=body, content_type=TYPES[path.suffix], charset="utf-8")


def _content(path: Path) -> bytes:
    """A file's bytes; a link that took its place meanwhile is not followed."""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as stream:
        return stream.read()


@web.middleware
async def _checked(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what no page of ours asks; every answer has the same headers."""
    try:
        if not _is_for_us(request):
            raise web.HTTPMisdirectedRequest(text="this server has another name")
        if request.method not in ("GET", "HEAD"):
            raise web.HTTPMethodNotAllowed(request.method, ["GET", "HEAD"])
        answer = await handler(request)
    except web.HTTPException as error:
        error.headers.update(HEADERS)
        raise
    if not answer.prepared:
        answer.headers.update(HEADERS)
    return answer


def _is_for_us(request: web.Request) -> bool:
    """Whether the Host is this server's own, by number or as localhost, with its port."""
    transport = request.transport
    port = transport.get_extra_info("sockname")[1] if transport else 0
    hosts = request.headers.getall("Host", [])
    return len(hosts) == 1 and hosts[0].lower() in (f"{HOST}:{port}", f"localhost:{port}")
