"""The reproduction server: the standard library's own servers, nothing else.

usage: serve_stdlib.py socketserver | httpserver | wsgiref | linger
`linger` is `socketserver` with SO_LINGER set, as the ticket's author tried it;
`wsgiref` handles one connection at a time, as its make_server() does.
Python 3.6+, run by the interpreter under test; never imported by harness.
"""

import socket
import socketserver
import struct
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from wsgiref import simple_server

import announce
from lab_app import application

LINGER_SECONDS = 5


class Threaded(socketserver.ThreadingMixIn):
    """A thread for each connection, not waited for at the end (ThreadingHTTPServer
    is the same, but 3.6 has none)."""

    daemon_threads = True
    allow_reuse_address = True


def environ_of(method, target, headers, rfile):
    """As much of a WSGI environ as the lab's application looks at."""
    path, _, query = target.partition("?")
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": headers.get("Content-Length", ""),
        "wsgi.input": rfile,
    }


class BareHandler(socketserver.StreamRequestHandler):
    """HTTP by hand on socketserver: one request, one response, close."""

    def handle(self):
        line = self.rfile.readline(65537).decode("latin-1").split()
        if len(line) != 3:
            return
        headers = {}
        while True:
            name, colon, value = self.rfile.readline(65537).decode("latin-1").partition(":")
            if not colon:
                break
            headers[name.title()] = value.strip()

        def start_response(status, answer):
            lines = ["HTTP/1.1 " + status, "Connection: close"]
            lines += ["%s: %s" % pair for pair in answer]
            self.wfile.write("\r\n".join(lines + ["", ""]).encode("latin-1"))

        environ = environ_of(line[0], line[1], headers, self.rfile)
        for part in application(environ, start_response):
            self.wfile.write(part)


class LingerHandler(BareHandler):
    """The same with SO_LINGER, so that close() waits for the data to be sent."""

    def setup(self):
        linger = struct.pack("ii", 1, LINGER_SECONDS)
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        socketserver.StreamRequestHandler.setup(self)


class HTTPHandler(BaseHTTPRequestHandler):
    """http.server with persistent connections."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        def start_response(status, headers):
            self.send_response(int(status.split()[0]))
            names = {name for name, _ in headers}
            for pair in headers:
                self.send_header(*pair)
            bodiless = status[:3] in ("204", "304") or self.command == "HEAD"
            if "Content-Length" not in names and not bodiless:
                # The end of this body is the end of the connection.
                self.send_header("Connection", "close")
            self.end_headers()

        environ = environ_of(self.command, self.path, self.headers, self.rfile)
        for part in application(environ, start_response):
            self.wfile.write(part)

    do_GET = do_POST = do_HEAD = answer

    def log_message(self, format, *args):
        sys.stderr.write("%s\n" % (format % args))


class BareServer(Threaded, socketserver.TCPServer):
    pass


class ThreadedHTTPServer(Threaded, HTTPServer):
    pass


KINDS = {
    "socketserver": (BareServer, BareHandler),
    "linger": (BareServer, LingerHandler),
    "httpserver": (ThreadedHTTPServer, HTTPHandler),
    "wsgiref": (simple_server.WSGIServer, simple_server.WSGIRequestHandler),
}


def main(name):
    """Serve until killed or interrupted."""
    announce.begin()
    announce.on_listen(obey=True)
    make, handler = KINDS[name]
    server = make(("127.0.0.1", 0), handler)
    if name == "wsgiref":
        server.set_app(application)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main(sys.argv[1])
