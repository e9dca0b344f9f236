"""What others have built on wsgiref goes on working, although they ask for nothing.

``ServerHandler.http_version = "1.1"`` stands in many programs, because browsers took
no notice of caching headers of HTTP/1.0. It says nothing of persistent connections or
codings: RFC 9112 section 9.3 makes a connection persistent that is not said to close,
so whoever makes the end of a body visible without the closing must say ``close`` (or
not close). Others, Django's ``runserver`` in its time, frame the body themselves.
"""

from __future__ import annotations

from contextlib import closing
from http.client import HTTPConnection, HTTPException

import pytest

from harness.lab import deadlines
from harness.lab.clients.failures import ending_of
from harness.lab.exchange import Exchange
from harness.lab.matrix import only
from harness.lab.observation import Ending, HttpResponse
from harness.lab.request import stream

SIZE = 2_000
REQUEST = stream(SIZE)


def _ask(connection: HTTPConnection) -> HttpResponse:
    try:
        connection.request("GET", REQUEST.target)
        response = connection.getresponse()
        return HttpResponse(Ending.COMPLETE, response.status, body=response.read())
    except (HTTPException, OSError) as error:
        ending, reason = ending_of(error)
        return HttpResponse(ending, reason=reason)


@pytest.mark.tried(servers=only("http11"))
def test_second_request(exchange: Exchange) -> None:
    """http.client asks again on the same connection, if nothing has told it not to."""
    with closing(HTTPConnection(*exchange.server.address, timeout=deadlines.HUNG)) as connection:
        exchange.demand_complete(REQUEST, _ask(connection))
        second = _ask(connection)
        exchange.observe(REQUEST, second)
        answered = second.ending is Ending.COMPLETE
        exchange.demand(answered, "closes without saying so, and the second request fails")


@pytest.mark.tried(servers=only("http11"))
def test_no_chunks_without_consent(exchange: Exchange) -> None:
    """The body arrives whole, in the form that it always had."""
    response = exchange.fetch_whole(REQUEST)
    coded = response.header("Transfer-Encoding") is not None
    exchange.demand(not coded, "chunks that nobody has asked the server for")


@pytest.mark.tried(servers=only("ownchunks"))
def test_framed_once(exchange: Exchange) -> None:
    """Who overrides ``_write()`` to send chunks gets no second layer of them."""
    exchange.fetch_whole(REQUEST)
