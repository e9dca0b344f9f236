"""The servers that the lab knows, and what each of them promises.

Owns the table of servers. Pure: it must not know how one is started, nor requests,
links or tests; a test picks servers by what they promise.
"""

from __future__ import annotations

from typing import Final

import msgspec

from .target import Target


class ServerKind(msgspec.Struct, frozen=True):
    """A server as the tests see it.

    ``family`` is what it is part of: ``django``, ``stdlib`` (the standard library of
    the interpreter) or ``control`` (servers that the tests themselves are judged by).
    ``program`` is a file of ``programs/``, ``options`` are its arguments.
    ``threaded``: more than one connection at a time. ``keeps``: HTTP/1.1 with
    persistent connections. ``per_connection``: a thread for each connection, so
    that the number of threads tells whether one was left behind. ``forks``: its
    connections belong to child processes. ``shares``: how many workers of a test
    run may have one of these each. ``usual``: every behaviour is tried on it, and not
    only those of tests that name it. ``protocol``: what it speaks, ``http``, ``https``
    or words that only its tests know. ``together``: servers with the same word here share a
    job, because each of them has a few short tests. ``says`` tells in a line what it is.
    """

    name: str
    family: str
    program: str
    options: tuple[str, ...] = ()
    threaded: bool = True
    keeps: bool = True
    per_connection: bool = True
    forks: bool = False
    shares: int = 1
    usual: bool = True
    protocol: str = "http"
    together: str = ""
    says: str = ""


def _idiom(
    name: str,
    says: str,
    *,
    threaded: bool = True,
    per_connection: bool = True,
    forks: bool = False,
    protocol: str = "http",
) -> ServerKind:
    """A server as others write them on top of the standard library."""
    return ServerKind(
        name,
        "stdlib",
        "serve_idioms.py",
        (name,),
        threaded=threaded,
        keeps=False,
        per_connection=per_connection,
        forks=forks,
        usual=False,
        protocol=protocol,
        together="idioms",
        says=says,
    )


SERVERS: Final[dict[str, ServerKind]] = {
    kind.name: kind
    for kind in (
        ServerKind(
            "runserver",
            "django",
            "serve_django.py",
            shares=4,
            says="Django's runserver, as startproject leaves it",
        ),
        ServerKind(
            "nothreading",
            "django",
            "serve_django.py",
            ("--nothreading",),
            threaded=False,
            keeps=False,
            shares=2,
            says="runserver --nothreading: one connection at a time",
        ),
        ServerKind(
            "nocommon",
            "django",
            "serve_django.py",
            ("--without-common",),
            usual=False,
            together="variants",
            says="runserver without CommonMiddleware: no Content-Length",
        ),
        ServerKind(
            "tls",
            "django",
            "serve_django.py",
            ("--tls",),
            usual=False,
            protocol="https",
            together="variants",
            says="runserver with TLS under it",
        ),
        ServerKind(
            "patient",
            "django",
            "serve_django.py",
            ("--patient",),
            usual=False,
            together="variants",
            says="runserver that lets clients close first, where it can",
        ),
        ServerKind(
            "liveserver",
            "django",
            "serve_live.py",
            says="the server of Django's LiveServerTestCase",
        ),
        ServerKind(
            "httpserver",
            "stdlib",
            "serve_stdlib.py",
            ("httpserver",),
            says="http.server with a thread for each connection",
        ),
        ServerKind(
            "socketserver",
            "stdlib",
            "serve_stdlib.py",
            ("socketserver",),
            keeps=False,
            says="a TCPServer with threads that speaks HTTP by hand",
        ),
        ServerKind(
            "wsgiref",
            "stdlib",
            "serve_stdlib.py",
            ("wsgiref",),
            threaded=False,
            keeps=False,
            says="wsgiref.simple_server: one connection at a time",
        ),
        ServerKind(
            "linger",
            "stdlib",
            "serve_stdlib.py",
            ("linger",),
            keeps=False,
            says="socketserver with SO_LINGER, as the ticket's author tried it",
        ),
        _idiom("http11", 'wsgiref with http_version = "1.1" and nothing else'),
        _idiom("ownchunks", "wsgiref with a handler that makes chunks itself"),
        _idiom("handson", "hands its socket on in close_request()", protocol="lines"),
        _idiom(
            "detaches",
            "hands its socket on in shutdown_request()",
            protocol="lines",
            threaded=False,
            per_connection=False,
        ),
        _idiom("farewell", "has the last word in finish()", protocol="lines"),
        _idiom("tcp", "a plain TCPServer: one connection at a time", threaded=False),
        _idiom("forking", "a child process for each connection", per_connection=False, forks=True),
        _idiom("https", "http.server with TLS under it", protocol="https"),
        _idiom("udp", "answers datagrams", protocol="lines", threaded=False),
        ServerKind(
            "gunicorn",
            "control",
            "serve_control.py",
            ("gunicorn",),
            per_connection=False,
            forks=True,
            shares=4,
            says="gunicorn, a process that forks its workers",
        ),
        ServerKind(
            "waitress",
            "control",
            "serve_control.py",
            ("waitress",),
            per_connection=False,
            shares=4,
            says="waitress, which reads and buffers for the application",
        ),
        ServerKind(
            "werkzeug",
            "control",
            "serve_control.py",
            ("werkzeug",),
            keeps=False,
            shares=4,
            says="werkzeug's development server",
        ),
        ServerKind(
            "cheroot",
            "control",
            "serve_control.py",
            ("cheroot",),
            per_connection=False,
            shares=4,
            says="cheroot, the server of CherryPy",
        ),
    )
}


def family_names(family: str) -> tuple[str, ...]:
    """The names of a family's servers, in the order of the table."""
    return tuple(name for name, kind in SERVERS.items() if kind.family == family)


def target_names(target: Target) -> tuple[str, ...]:
    """The names of the servers that this target is tested through."""
    if target.control:
        names = tuple(name for name in SERVERS if name == target.control)
    else:
        names = family_names("django" if target.django else "stdlib")
    return tuple(name for name in names if not target.servers or name in target.servers)
