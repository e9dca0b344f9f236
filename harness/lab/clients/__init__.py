"""The clients, by name, and what each of them can do.

Owns the table of clients. Each is one file with a ``fetch`` function; libraries
are imported when a client is used, so that a missing one is only missing here.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from importlib import import_module
from typing import Final, Protocol, cast

import msgspec

from ..observation import HttpResponse, Recorder
from ..request import HttpRequest
from ..servers import Address


class Pace(msgspec.Struct, frozen=True):
    """How a client reads: ``buffer`` is its SO_RCVBUF in bytes (None: the
    system's), ``hold`` makes it wait for a failure before it reads."""

    buffer: int | None = None
    hold: bool = False


USUAL: Final = Pace()
SMALL: Final = Pace(buffer=4096)
HELD: Final = Pace(buffer=4096, hold=True)


class Fetch(Protocol):
    """One exchange from the client's side: every failure is an Ending, not an exception.

    ``address`` is where the link or the server listens; what passes is noted in
    ``recorder``, and ``pace`` says how to read."""

    def __call__(
        self, address: Address, request: HttpRequest, recorder: Recorder, pace: Pace
    ) -> HttpResponse: ...


class Client(msgspec.Struct, frozen=True):
    """A client: its module here, a function that says what it needs on this machine, and
    what it is in a line."""

    name: str
    module: str
    needs: Callable[[], str]
    says: str

    def missing(self) -> str:
        """Why it cannot be used on this machine; empty when it can."""
        return self.needs()

    @property
    def fetch(self) -> Fetch:
        """The module's function; ImportError where ``missing`` has a reason."""
        return cast(Fetch, import_module(f"{__name__}.{self.module}").fetch)


def _nothing() -> str:
    return ""


def _library(name: str) -> Callable[[], str]:
    def needs() -> str:
        if importlib.util.find_spec(name):
            return ""
        return f"{name} is not installed: pip install {name}"

    return needs


def _program(name: str, package: str) -> Callable[[], str]:
    def needs() -> str:
        return "" if shutil.which(name) else f"{name} is not installed: get the package {package}"

    return needs


CLIENTS: Final[dict[str, Client]] = {
    client.name: client
    for client in (
        Client("raw", "raw", _nothing, "a socket read strictly by h11, at any pace"),
        Client(
            "node", "node", _program("node", "nodejs"), "Node.js: http.request without an agent"
        ),
        Client("httpclient", "httpclient", _nothing, "Python's http.client"),
        Client("requests", "requests_", _library("requests"), "the library requests"),
        Client("httpx", "httpx_", _library("httpx"), "the library httpx"),
        Client("aiohttp", "aiohttp_", _library("aiohttp"), "the library aiohttp"),
        Client("curl", "curl", _program("curl", "curl"), "the program curl"),
    )
}
