"""A response with a known length arrives whole when the connection is to close.

The ticket: a GET or POST with ``Connection: close``, answered with 50 kB of JSON,
arrives cut off. RFC 9112 section 9.6: a server that closes "performs a
half-close" and goes on reading, because a full close at once can make the
client lose the end of the response.

No server of the control group delivers behind the bridge or the tearing
forwarder either: they close first, and what the forwarder drops is lost. The
demand is made all the same, because it is what the ticket asks for, and because
a server can meet it for a response whose end the client can tell: by letting
the client close first, for a bounded time.
"""

from __future__ import annotations

import pytest

from harness.lab.exchange import Exchange
from harness.lab.matrix import bare, first, main, only
from harness.lab.request import get, post

SMALL = 50_000
LARGE = 5_000_000
CLOSES = ("direct", "faithful", "slow", "lossy", "tearing", "bridge")
BRIGADES = ("faithful+tearing", "faithful+bridge", "faithful+slow+tearing")
LIBRARIES = ("node", "httpclient", "requests", "httpx", "aiohttp", "curl")


@pytest.mark.tried(links=CLOSES)
@pytest.mark.tried(links=("tearing", "bridge"), servers=bare)
@pytest.mark.tried(links=("direct", "tearing", "bridge"), servers=only("patient"))
@pytest.mark.tried(links=BRIGADES, servers=first)
@pytest.mark.tried(links=("direct", "tearing", "bridge"), clients=("node",), servers=main)
@pytest.mark.tried(clients=LIBRARIES, servers=first)
def test_small_get(exchange: Exchange) -> None:
    """50 kB of JSON, as in the ticket."""
    exchange.fetch_whole(get(SMALL, "json"))


@pytest.mark.tried(links=("direct", "lossy", "tearing", "bridge"), servers=main)
@pytest.mark.tried(links=("tearing", "bridge"), servers=only("patient"))
def test_large_get(exchange: Exchange) -> None:
    """5 MB: far more than any buffer on the way."""
    exchange.fetch_whole(get(LARGE))


@pytest.mark.tried(links=("direct", "tearing", "bridge"))
@pytest.mark.tried(links=("bridge",), clients=("node",), servers=first)
def test_small_post(exchange: Exchange) -> None:
    """A POST with a Content-Length whose body the view reads."""
    exchange.fetch_whole(post(SMALL, view="json", read=1))


@pytest.mark.tried(links=("direct", "tearing"), servers=main)
def test_file(exchange: Exchange) -> None:
    """A file (FileResponse, wsgi.file_wrapper), whose length is known too."""
    exchange.fetch_whole(get(SMALL * 10, "file"))
