"""`report --serve` in a process of its own, and clients of it.

For tests only. Nothing here imports ``harness``.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import subprocess
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .tiny import DEADLINE, Workbench


class Event(NamedTuple):
    """One message of a stream."""

    ident: str
    kind: str
    data: dict[str, Any]


class Answer(NamedTuple):
    """What the server answered."""

    status: int
    headers: dict[str, str]
    text: str


class Server:
    """A server that runs, and what one asks of it."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url
        self.port = urlsplit(url).port or 0

    def ask(self, path: str = "/", method: str = "GET", **headers: str) -> Answer:
        """Ask for a path, exactly as it is written; ``headers`` have _ for -."""
        with contextlib.closing(self._connection()) as connection:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.putrequest(method, path, skip_host="Host" in given)
            for name, value in given.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())

    @contextlib.contextmanager
    def listen(self, path: str = "/events", **headers: str) -> Iterator[Iterator[Event]]:
        """Listen to the stream: its messages, as they come."""
        with contextlib.closing(self._connection()) as connection:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", path, headers=given)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            assert answer.getheader("Content-Type") == "text/event-stream"
            assert answer.readline() == b"retry: 1000\n"
            yield _events(answer)

    def stop(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Stop it as a user would: its exit status, and what it said at its end."""
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=DEADLINE)
        return self.process.returncode, err

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)


@contextlib.contextmanager
def serving(workbench: Workbench) -> Iterator[Server]:
    """A server of a workbench's folder; it has ended when the block has."""
    with workbench.start("report", "--serve") as process:
        assert process.stdout
        yield Server(process, process.stdout.readline().strip())


def _events(answer: http.client.HTTPResponse) -> Iterator[Event]:
    """The messages of a stream, until the server ends it."""
    fields: dict[str, str] = {}
    while line := answer.readline():
        text = line.decode().rstrip("\n")
        if text:
            name, _, value = text.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield Event(fields["id"], fields["event"], json.loads(fields["data"]))
            fields = {}
