"""Servers as others write them on top of the standard library.

usage: serve_idioms.py NAME, a key of KINDS
Each does something that a change to `socketserver` or `wsgiref` might not expect.
Python 3.6+, run by the interpreter under test; never imported by harness.
"""

import socketserver
import sys
import threading
from wsgiref import simple_server

import announce
import secure
from lab_app import application
from serve_stdlib import BareHandler, BareServer, HTTPHandler, Threaded, ThreadedHTTPServer


class WSGIServer(Threaded, simple_server.WSGIServer):
    """With a thread for each connection, as most people want it."""

    def __init__(self, address, handler):
        simple_server.WSGIServer.__init__(self, address, handler)
        self.set_app(application)


class SaysHTTP11(simple_server.ServerHandler):
    """For browsers that ignore cache headers of HTTP/1.0: the status line says 1.1, and
    nothing else is done for it."""

    http_version = "1.1"


class OwnChunks(SaysHTTP11):
    """Chunks by hand, below `write()`, because wsgiref makes none."""

    chunked = in_body = False

    def cleanup_headers(self):
        super().cleanup_headers()
        self.chunked = "Content-Length" not in self.headers
        if self.chunked:
            self.headers["Transfer-Encoding"] = "chunked"
            self.headers["Connection"] = "close"

    def send_headers(self):
        super().send_headers()
        self.in_body = True

    def _write(self, data):
        if self.chunked and self.in_body:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        super()._write(data)

    def finish_content(self):
        super().finish_content()
        if self.chunked:
            super()._write(b"0\r\n\r\n")
            self._flush()


def wsgi(server_handler):
    """The way to give simple_server another ServerHandler that needs no copy of its
    request handler's `handle()`."""

    def make(address, handler):
        simple_server.ServerHandler = server_handler
        return WSGIServer(address, handler)

    return make, simple_server.WSGIRequestHandler


def read_line(request):
    """One line, and not a byte more: the rest is for somebody else."""
    line = b""
    while not line.endswith(b"\n"):
        byte = request.recv(1)
        if not byte:
            break
        line += byte
    return line


class LineHandler(socketserver.BaseRequestHandler):
    """Answers a line with a line."""

    def handle(self):
        if read_line(self.request):
            self.request.sendall(b"ok\n")


class HandsOn(BareServer):
    """Gives the socket to a thread that goes on reading, and says `kept`, how many
    bytes it got, and the socket's timeout."""

    def close_request(self, request):
        threading.Thread(target=self.keep, args=(request,), daemon=True).start()

    def keep(self, request):
        timeout, count = request.gettimeout(), 0
        with request:
            while True:
                data = request.recv(65536)
                if not data:
                    break
                count += len(data)
        announce.say("kept", count, timeout)


class Detaches(socketserver.TCPServer):
    """The same before the connection is shut down, so that the thread can also answer."""

    def shutdown_request(self, request):
        threading.Thread(target=self.keep, args=(request,), daemon=True).start()

    def keep(self, request):
        with request:
            while True:
                line = read_line(request)
                if not line:
                    break
                request.sendall(line)


class FarewellHandler(socketserver.StreamRequestHandler):
    """Has the last word in `finish()`."""

    def handle(self):
        self.rfile.readline()
        self.wfile.write(b"ok\n")

    def finish(self):
        self.wfile.write(b"bye\n")
        socketserver.StreamRequestHandler.finish(self)


class Forking(socketserver.ForkingMixIn, socketserver.TCPServer):
    pass


class SecureServer(ThreadedHTTPServer):
    """HTTPS before http.server had it."""

    def __init__(self, address, handler):
        ThreadedHTTPServer.__init__(self, address, handler)
        secure.wrap(self)


class EchoServer(socketserver.UDPServer):
    """Datagrams. It does not listen, so it says itself that it is ready."""

    def server_activate(self):
        socketserver.UDPServer.server_activate(self)
        announce.say("ready", self.socket.getsockname()[1])


class EchoHandler(socketserver.DatagramRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.read())


KINDS = {
    "http11": wsgi(SaysHTTP11),
    "ownchunks": wsgi(OwnChunks),
    "handson": (HandsOn, LineHandler),
    "detaches": (Detaches, LineHandler),
    "farewell": (BareServer, FarewellHandler),
    "tcp": (socketserver.TCPServer, BareHandler),
    "forking": (Forking, BareHandler),
    "https": (SecureServer, HTTPHandler),
    "udp": (EchoServer, EchoHandler),
}


def main(name):
    """Serve until killed or interrupted."""
    announce.begin()
    announce.on_listen()
    make, handler = KINDS[name]
    server = make(("127.0.0.1", 0), handler)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main(sys.argv[1])
