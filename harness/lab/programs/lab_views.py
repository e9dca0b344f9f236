"""The lab's Django views and URLs: the same paths as `lab_app.py`.

Copied by nobody: the generated project's ROOT_URLCONF names this module.
Runs on Django 1.11 to today's, Python 3.6+; never imported by harness.
"""

import tempfile

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

try:
    from django.urls import re_path
except ImportError:  # Django 1.11
    from django.conf.urls import url as re_path

import lab_app
from payload import json_text, parts_of, payload

BINARY = "application/octet-stream"


def _bytes(query, size):
    return HttpResponse(payload(size), content_type=BINARY)


def _json(query, size):
    return HttpResponse(json_text(size), content_type="application/json")


def _file(query, size):
    spool = tempfile.TemporaryFile()
    spool.write(payload(size))
    spool.seek(0)
    response = FileResponse(spool, content_type=BINARY)
    # Newer releases find this out by themselves; older ones do not.
    response["Content-Length"] = str(size)
    return response


def _stream(query, size):
    parts = parts_of(size, int(query.get("parts", 10)))
    response = StreamingHttpResponse(iter(parts), content_type=BINARY)
    if query.get("length"):
        response["Content-Length"] = str(size)
    return response


def _empty(query, size):
    return HttpResponse(status=int(query["status"]))


def _broken(query, size):
    return StreamingHttpResponse(lab_app._broken(size), content_type=BINARY)


def _raises(query, size):
    raising = lab_app._raises(size, query["error"], query["at"])
    return StreamingHttpResponse(raising, content_type=BINARY)


def _gated(query, size):
    return StreamingHttpResponse(lab_app._gated(query["gate"], size), content_type=BINARY)


def _events(query, size):
    events = lab_app._events(query["gate"], size, int(query["parts"]))
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["Cache-Control"] = "no-cache"
    return response


def _endless(query, size):
    return StreamingHttpResponse(lab_app._endless(size), content_type=BINARY)


VIEWS = {
    "bytes": _bytes,
    "json": _json,
    "file": _file,
    "stream": _stream,
    "empty": _empty,
    "broken": _broken,
    "raises": _raises,
    "gated": _gated,
    "events": _events,
    "endless": _endless,
}


@csrf_exempt
def serve(request, name):
    """Any view by its name; `read` makes it read the request's body first."""
    query = request.GET
    read = len(request.body) if query.get("read") else None
    response = VIEWS[name](query, int(query.get("size", 0)))
    if read is not None:
        response["X-Lab-Read"] = str(read)
    if query.get("claimed"):
        response["Content-Length"] = query["claimed"]
    for key, header in lab_app.FRAMING.items():
        if query.get(key):
            response[header] = query[key]
    return response


urlpatterns = [re_path(r"^(?P<name>%s)$" % "|".join(VIEWS), serve)]
