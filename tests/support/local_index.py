"""A real package index on 127.0.0.1: a folder of release archives behind http.server.

For tests only. It serves what its ``pages`` say, so that a test can make a page
promise one thing and the server deliver another.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import io
import os
import socket
import tarfile
import threading
from collections.abc import Iterator

import pytest

POLL = 0.01  # seconds until the server notices that it is told to end
IDLE = 1.0  # seconds after which it closes a connection that a client keeps open


class Release:
    """One archive on the index: what the page promises and what is delivered."""

    def __init__(self, name: str, data: bytes, requires_python: str = "") -> None:
        self.name = name
        self.data = data
        self.digest = hashlib.sha256(data).hexdigest()
        self.requires_python = requires_python
        self.announced = len(data)  # a larger number than is delivered cuts the answer short


class LocalIndex:
    """The running server: ``url``, its ``releases`` by project, and what was asked of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.releases: dict[str, list[Release]] = {}
        self.asked: list[str] = []

    def add(self, project: str, release: Release) -> Release:
        self.releases.setdefault(project, []).append(release)
        return release

    def page(self, project: str) -> str:
        links = [
            f'<a href="/files/{each.name}#sha256={each.digest}" '
            f'data-requires-python="{each.requires_python.replace(">", "&gt;")}">{each.name}</a>'
            for each in self.releases[project]
        ]
        return f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>"


@contextlib.contextmanager
def serve(*, keep_alive: bool = False) -> Iterator[LocalIndex]:
    """An index that runs for as long as the block; its threads have ended afterwards.

    With ``keep_alive`` it leaves connections open for another request, as real ones do.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1" if keep_alive else "HTTP/1.0"
        timeout = IDLE

        def do_GET(self) -> None:
            index.asked.append(self.path)
            kind, _, name = self.path.strip("/").partition("/")
            if kind == "simple" and name in index.releases:
                self.answer(index.page(name).encode(), "text/html")
                return
            for release in (each for group in index.releases.values() for each in group):
                if kind == "files" and name == release.name:
                    self.answer(release.data, "application/gzip", release.announced)
                    return
            self.send_error(404)

        def answer(self, body: bytes, kind: str, announced: int | None = None) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(announced or len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Silent: pytest's output is for failures."""

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = False

    with Server(("127.0.0.1", 0), Handler) as server:
        index = LocalIndex(f"http://127.0.0.1:{server.server_address[1]}/simple")
        thread = threading.Thread(target=server.serve_forever, args=[POLL], name="local index")
        thread.start()
        try:
            yield index
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def closed_port() -> Iterator[str]:
    """The URL of an index where nobody listens: the port is taken, so nobody else gets it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/simple"


def archive(top: str, files: dict[str, str]) -> bytes:
    """A gzipped tar archive of ``files`` below the folder ``top``."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for path, text in files.items():
            member = tarfile.TarInfo(f"{top}/{path}")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return stream.getvalue()


def use_only(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Configure that index, and nothing else, the way a user does: by the environment."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("PIP_INDEX_URL", url)
