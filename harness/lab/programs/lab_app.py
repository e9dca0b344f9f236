"""The lab's WSGI application, for wsgiref and for the control group.

Every server of the lab answers the same paths (`lab_views.py` is the same for
Django), so that one request can be tried on all of them.  Standard library
only, Python 3.6+; run by the interpreter under test, never imported by harness.
"""

import tempfile
from urllib.parse import parse_qs

import gates
from payload import json_text, parts_of, payload

# Headers that a query may ask for, beside `claimed`, another Content-Length.  The
# body stays as it is: an application that names a coding leaves it to the server.
FRAMING = {"connection": "Connection", "coding": "Transfer-Encoding"}

# What an application may raise in the middle of its body: what a lost database or
# upstream raises, which servers also raise themselves when a client has gone; any
# other error; and what is no Exception.
ERRORS = {
    kind.__name__: kind
    for kind in (
        ConnectionResetError,
        ConnectionAbortedError,
        BrokenPipeError,
        ValueError,
        SystemExit,
    )
}


class Stopped(Exception):
    """The error in the middle of a stream."""


def _broken(size):
    yield payload(size)
    raise Stopped("this stream ends with an error, on purpose")


def _raises(size, error, at):
    """Raise the error before the `first` part, in the `middle`, or at the `end`."""
    for place, part in zip(("first", "middle"), parts_of(size, 2)):
        if at == place:
            break
        yield part
    raise ERRORS[error]("on purpose")


def _gated(name, size):
    body = payload(size)
    yield body[: size // 2]
    gates.wait_for(name)
    yield body[size // 2 :]


def _events(name, size, parts):
    """Each part but the first waits for its gate: NAME-1, NAME-2 and so on."""
    for number, part in enumerate(parts_of(size, parts)):
        if number:
            gates.wait_for("%s-%d" % (name, number))
        yield part


def _endless(size):
    while True:
        yield payload(size)


STREAMS = {
    "/broken": lambda query, size: _broken(size),
    "/raises": lambda query, size: _raises(size, query["error"], query["at"]),
    "/gated": lambda query, size: _gated(query["gate"], size),
    "/endless": lambda query, size: _endless(size),
}


def application(environ, start_response):
    """PEP 3333."""
    query = {k: v[-1] for k, v in parse_qs(environ.get("QUERY_STRING", "")).items()}
    size = int(query.get("size", 0))
    path = environ["PATH_INFO"]
    headers = [("Content-Type", "application/octet-stream")]
    status = "200 OK"
    length = int(query.get("claimed", size))
    if query.get("read"):
        wanted = int(environ.get("CONTENT_LENGTH") or 0)
        headers.append(("X-Lab-Read", str(len(environ["wsgi.input"].read(wanted)))))
    if path == "/bytes":
        body = [payload(size)]
    elif path == "/json":
        body = [json_text(size)]
    elif path == "/file":
        spool = tempfile.TemporaryFile()
        spool.write(payload(size))
        spool.seek(0)
        wrapper = environ.get("wsgi.file_wrapper")
        body = wrapper(spool) if wrapper else iter(lambda: spool.read(8192), b"")
    elif path == "/stream":
        body = iter(parts_of(size, int(query.get("parts", 10))))
        length = length if query.get("length") else None
    elif path == "/empty":
        status = {"204": "204 No Content", "304": "304 Not Modified"}[query["status"]]
        body, length, headers = [], None, []
    elif path in STREAMS:
        body, length = STREAMS[path](query, size), None
    elif path == "/events":
        headers = [("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache")]
        body, length = _events(query["gate"], size, int(query["parts"])), None
    else:
        status, body, length = "404 Not Found", [], 0
    if length is not None:
        headers.append(("Content-Length", str(length)))
    headers += [(name, query[key]) for key, name in FRAMING.items() if query.get(key)]
    start_response(status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else body
