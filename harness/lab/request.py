"""What a client asks of a server.

Owns requests as values and the bytes they are on the wire. It must not know
sockets, servers or how an answer is judged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

import msgspec

HOST_HEADER: Final = "127.0.0.1"


class HttpRequest(msgspec.Struct, frozen=True):
    """One request, and what a good server answers to it.

    ``target`` is the request target, ``body`` and ``trailing`` are bytes: what is
    sent with the request, and what nobody asked for after it. ``chunked`` sends
    the body in the chunked coding; ``close`` sends ``Connection: close``.
    ``expected`` counts the bytes of the body that answers it, ``status`` is the
    status that it is answered with, and with ``json`` that body is a document.
    """

    name: str
    target: str
    expected: int
    method: str = "GET"
    version: str = "1.1"
    close: bool = True
    body: bytes = b""
    chunked: bool = False
    trailing: bytes = b""
    status: int = 200
    json: bool = False

    def headers(self) -> list[tuple[str, str]]:
        """The request's headers, in order."""
        found = [("Host", HOST_HEADER), ("User-Agent", "wire-lab")]
        if self.close:
            found.append(("Connection", "close"))
        elif self.version == "1.0":
            found.append(("Connection", "keep-alive"))
        if self.chunked:
            found.append(("Transfer-Encoding", "chunked"))
        elif self.body or self.method == "POST":
            found.append(("Content-Length", str(len(self.body))))
        if self.body:
            found.append(("Content-Type", "application/octet-stream"))
        return found

    def encoded(self) -> bytes:
        """The request as bytes, RFC 9112 section 3."""
        lines = [f"{self.method} {self.target} HTTP/{self.version}"]
        lines += [f"{name}: {value}" for name, value in self.headers()]
        head = "\r\n".join([*lines, "", ""]).encode("ascii")
        return head + self.encoded_body() + self.trailing

    def encoded_body(self, piece: int = 4096) -> bytes:
        """The request's body as it is sent; chunks of ``piece`` bytes."""
        if not self.chunked:
            return self.body
        chunks = [self.body[n : n + piece] for n in range(0, len(self.body), piece)]
        return b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in chunks) + b"0\r\n\r\n"

    def but(self, **changes: object) -> HttpRequest:
        """The same request with some fields changed; TypeError for a name that is none."""
        return msgspec.structs.replace(self, **changes)


def path(view: str, **query: object) -> str:
    """The target of a view of the lab's application, e.g. ``/bytes?size=50``."""
    given = {k: v for k, v in query.items() if v is not None}
    return f"/{view}?{urlencode(given)}" if given else f"/{view}"


def get(size: int, view: str = "bytes", **query: object) -> HttpRequest:
    """GET a body of ``size`` bytes."""
    return HttpRequest("get", path(view, size=size, **query), size, json=view == "json")


def post(size: int, sent: int = 20_000, view: str = "bytes", **query: object) -> HttpRequest:
    """POST ``sent`` bytes with their Content-Length, to a view that ignores them."""
    return HttpRequest(
        "post", path(view, size=size, **query), size, "POST", body=b"p" * sent, json=view == "json"
    )


def stream(size: int, parts: int = 10, **query: object) -> HttpRequest:
    """GET a streamed body: the server does not say its length."""
    return HttpRequest("stream", path("stream", size=size, parts=parts, **query), size)


def events(size: int, parts: int, gate: str) -> HttpRequest:
    """GET a slow event stream: all but the first of its ``parts`` wait for a gate
    each, ``GATE-1``, ``GATE-2`` and so on."""
    return HttpRequest("events", path("events", size=size, parts=parts, gate=gate), size)


class RequestKind(msgspec.Struct, frozen=True):
    """A request by name: what makes it for a size in bytes, and what it is in a line."""

    make: Callable[[int], HttpRequest]
    says: str


REQUESTS: Final[dict[str, RequestKind]] = {
    "get": RequestKind(get, "GET a body of known length"),
    "json": RequestKind(lambda size: get(size, "json").but(name="json"), "GET a JSON document"),
    "file": RequestKind(
        lambda size: get(size, "file").but(name="file"), "GET a file, sent piece by piece"
    ),
    "head": RequestKind(
        lambda size: get(size).but(name="head", method="HEAD", expected=0),
        "HEAD: the headers alone",
    ),
    "stream": RequestKind(stream, "GET a stream whose length is not said"),
    "stream-1.0": RequestKind(
        lambda size: stream(size).but(name="stream-1.0", version="1.0", close=False),
        "the same in HTTP/1.0: the end of the connection is its end",
    ),
    "post": RequestKind(post, "POST 20 kB with their length; the view ignores them"),
    "post-read": RequestKind(
        lambda size: post(size, read=1).but(name="post-read"), "POST 20 kB that the view reads"
    ),
    "post-chunked": RequestKind(
        lambda size: post(size).but(name="post-chunked", chunked=True),
        "POST 20 kB in chunks that nobody reads",
    ),
    "rubbish": RequestKind(
        lambda size: get(size).but(name="rubbish", trailing=b"\r\n" * 20_000),
        "GET with 40 kB of line ends behind it",
    ),
    "broken": RequestKind(
        lambda size: get(size, "broken").but(name="broken"),
        "GET a stream that ends with an exception",
    ),
}
"""Requests by the names that the command line uses."""
