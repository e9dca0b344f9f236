"""A large body is sent whole, what comes meanwhile is kept, and a reset is told as one."""

from __future__ import annotations

import socket

from support.lab_echo import read_all, serving

from harness.lab.clients.upload import BETWEEN, PIECE, upload
from harness.lab.clients.wire import Wire
from harness.lab.observation import Ending, Recorder
from harness.lab.request import post

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
REQUEST = post(2, 0).but(chunked=True)
SIZE = 2 * BETWEEN * PIECE


def test_the_body_is_sent_in_chunks_to_its_end() -> None:
    got: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        connection.sendall(ANSWER)
        got.append(read_all(connection))

    with serving(serve) as address, Wire(address, Recorder()) as wire:
        assert upload(wire, REQUEST, SIZE)
        wire.finish()
        response = wire.read("POST")
    head, _, body = got[0].partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert body.count(bytes(PIECE)) == SIZE // PIECE
    assert body.endswith(b"\r\n0\r\n\r\n")
    assert (response.ending, response.body) == (Ending.COMPLETE, b"ok")


def test_a_reset_that_sending_was_told_of_is_no_end() -> None:
    """The system tells it once, and says FIN after that."""

    def serve(connection: socket.socket) -> None:
        connection.recv(1)
        connection.sendall(ANSWER.removesuffix(b"k"))

    with serving(serve) as address, Wire(address, Recorder()) as wire:
        assert not upload(wire, REQUEST, SIZE)
        response = wire.read("POST")
    assert (response.ending, response.body) == (Ending.RESET, b"o")
