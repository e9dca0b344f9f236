"""A view that sets headers of the framing itself does not break the framing.

``Content-Length`` is the application's to give: PEP 3333, "Handling the
Content-Length Header"; a server that then adds the chunked coding sends two
statements of one length (RFC 9112 section 6.1 forbids it, section 6.3 says what
clients make of it). ``Connection`` and ``Transfer-Encoding`` are not: PEP 3333,
"Other HTTP Features", forbids hop-by-hop headers to applications, but leaves
open what a server does about one. Of the control group gunicorn drops them,
waitress and wsgiref (and so runserver) answer 500, werkzeug and cheroot send
them. So what is demanded is what a client needs, whatever the server did: one
complete and well-formed response, either the page or a 500, and nothing after it
that a client could take for a part of another response.
"""

from __future__ import annotations

import pytest

from harness.lab.clients.wire import Wire
from harness.lab.exchange import Exchange
from harness.lab.matrix import bare, frames
from harness.lab.observation import Ending, HttpResponse
from harness.lab.request import HttpRequest, get

SIZE = 50_000
CLOSES = {"plain": get(SIZE, connection="close"), "stream": get(SIZE, "stream", connection="close")}
CODED = {
    "plain": get(SIZE, coding="chunked"),
    "stream": get(SIZE, "stream", coding="chunked"),
    "stream-length": get(SIZE, "stream", coding="chunked", length=1),
}


def shape(requests: dict[str, HttpRequest]) -> pytest.MarkDecorator:
    """One test for each of these requests."""
    named = [request.but(name=name) for name, request in requests.items()]
    return pytest.mark.parametrize("http_request", named, ids=list(requests))


@pytest.mark.tried(servers=frames)
@pytest.mark.tried(servers=bare)
@pytest.mark.parametrize("close", [True, False], ids=["close", "keep"])
def test_length_of_a_stream(exchange: Exchange, close: bool) -> None:
    """The length that the view gave is the one statement of it, and the body
    comes once: nothing follows it but the end or the next response."""
    request = get(SIZE, "stream", length=1).but(close=close)
    with exchange.connect() as wire:
        wire.send(request.encoded())
        response = wire.read()
        exchange.demand_complete(request, response)
        lengths = [v for k, v in response.headers if k.lower() == "content-length"]
        exchange.demand(lengths == [str(SIZE)], "the view's Content-Length is not kept")
        exchange.demand(not _coded(response), "a coding on top of the view's Content-Length")
        _nothing_else(exchange, wire, request, response)


@pytest.mark.tried(servers=frames)
def test_length_and_head(exchange: Exchange) -> None:
    """The same to HEAD: no coding on top of the length, nothing after the header."""
    request = get(SIZE, "stream", length=1).but(method="HEAD", expected=0)
    with exchange.connect() as wire:
        wire.send(request.encoded())
        response = wire.read("HEAD")
        exchange.demand_complete(request, response)
        exchange.demand(not _coded(response), "a coding on top of the view's Content-Length")
        _nothing_else(exchange, wire, request, response)


@pytest.mark.tried(servers=frames)
@pytest.mark.tried(servers=bare)
@shape(CLOSES)
def test_connection_close(exchange: Exchange, http_request: HttpRequest) -> None:
    """The view says close, the client did not: the response is whole, and the
    connection closes if the response says so (section 9.6: a server that sends
    close must close), or else serves the next request. cheroot sends the view's
    header and stays open; the others do as they say."""
    http_request = http_request.but(close=False)
    with exchange.connect() as wire:
        wire.send(http_request.encoded())
        response = wire.read()
        _one_response(exchange, http_request, response)
        if response.status == 200 and response.says_close:
            closed = wire.wait_end() is Ending.COMPLETE
            exchange.demand(closed, "hung: says close and does not close")
        else:
            _nothing_else(exchange, wire, http_request, response)


@pytest.mark.tried(servers=frames)
@pytest.mark.tried(servers=bare)
@shape(CODED)
@pytest.mark.parametrize("close", [True, False], ids=["close", "keep"])
def test_transfer_encoding(exchange: Exchange, http_request: HttpRequest, close: bool) -> None:
    """The view says chunked, and yields a plain body: what arrives is that body,
    coded once or not at all (section 6.1: a sender must not apply chunked more
    than once). werkzeug and cheroot fail at it, gunicorn and waitress do not."""
    http_request = http_request.but(close=close)
    with exchange.connect() as wire:
        wire.send(http_request.encoded())
        response = wire.read()
        _one_response(exchange, http_request, response)
        _nothing_else(exchange, wire, http_request, response)


def _one_response(exchange: Exchange, request: HttpRequest, response: HttpResponse) -> None:
    """Demand a complete response with one statement of its length: the page, or
    the server's refusal of the header."""
    exchange.observe(request, response)
    both = _coded(response) and response.header("Content-Length") is not None
    exchange.demand(not both, "both Transfer-Encoding and Content-Length")
    if response.status == 500:
        exchange.demand(response.ending is Ending.COMPLETE, "the error page does not end")
    else:
        exchange.demand_complete(request, response)


def _coded(response: HttpResponse) -> bool:
    return response.header("Transfer-Encoding") is not None


def _nothing_else(
    exchange: Exchange, wire: Wire, request: HttpRequest, response: HttpResponse
) -> None:
    """Demand that nothing follows the response but the next one, where the
    connection goes on, or else the end.

    The client ends its side first: how long a server may wait for that is
    judged in ``test_waiting_client.py``."""
    if not request.close and not response.says_close and exchange.server.kind.keeps:
        follow = get(SIZE, "stream", length=1).but(close=False)
        wire.send(follow.encoded())
        exchange.demand_complete(follow, wire.read())
        return
    wire.finish()
    left = wire.wait_end()
    exchange.demand(left is not Ending.HUNG, "hung: does not close, although the client has")
    exchange.demand(left is not Ending.MALFORMED, "bytes after the end of the response")
    exchange.demand(left is Ending.COMPLETE, "RST after the end of the response")
