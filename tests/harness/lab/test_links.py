"""Every link carries bytes faithfully before its fault shows."""

from __future__ import annotations

import socket
import subprocess
import threading
from pathlib import Path

import pytest
from support.lab_echo import Serve, read_all, serving

from harness.lab import deadlines
from harness.lab.links import LINKS, lossy, missing, open_link
from harness.lab.observation import Recorder
from harness.lab.payload import payload

SMALL = payload(500)
LARGE = payload(300_000)


def reply(body: bytes) -> Serve:
    """Answer four bytes with ``body``, then wait for the client's FIN."""

    def serve(connection: socket.socket) -> None:
        connection.recv(4)
        connection.sendall(body)
        read_all(connection)

    return serve


def lacking(link: str) -> None:
    if why := missing(link):
        pytest.skip(why)


@pytest.mark.parametrize("link", [*LINKS, "faithful+slow", "faithful+tearing+faithful"])
def test_bytes_flow_before_the_fault(link: str) -> None:
    """A small answer, to a client that closes first, suffers under no link."""
    lacking(link)
    with (
        serving(reply(SMALL)) as server,
        open_link(link, server, Recorder()) as address,
        socket.create_connection(address, deadlines.CONNECT) as client,
    ):
        client.sendall(b"ping")
        got = b""
        while len(got) < len(SMALL):
            got += client.recv(65536)
        assert got == SMALL


@pytest.mark.parametrize("link", ["direct", "faithful", "slow", "lossy", "tearing", "bridge"])
def test_a_client_that_closes_first_gets_everything(link: str) -> None:
    lacking(link)
    with (
        serving(reply(LARGE)) as server,
        open_link(link, server, Recorder()) as address,
        socket.create_connection(address, deadlines.CONNECT) as client,
    ):
        client.sendall(b"ping")
        client.settimeout(deadlines.REAP)
        got = b""
        while len(got) < len(LARGE):
            got += client.recv(65536)
        assert got == LARGE


def closes_first(connection: socket.socket) -> None:
    connection.recv(4)
    connection.sendall(LARGE)


@pytest.mark.parametrize("link", ["tearing", "bridge", "faithful+tearing", "bridge+faithful"])
def test_a_server_that_closes_first_loses_the_end(link: str) -> None:
    lacking(link)
    with (
        serving(closes_first) as server,
        open_link(link, server, Recorder()) as address,
        socket.create_connection(address, deadlines.CONNECT) as client,
    ):
        client.sendall(b"ping")
        client.settimeout(deadlines.REAP)
        got = read_all(client)
        assert 0 < len(got) < len(LARGE)
        assert LARGE.startswith(got)


def test_faithful_keeps_the_half_close() -> None:
    """The server answers after the client's FIN, and the answer arrives."""

    def after_fin(connection: socket.socket) -> None:
        connection.sendall(read_all(connection)[::-1])

    with (
        serving(after_fin) as server,
        open_link("faithful", server, Recorder()) as address,
        socket.create_connection(address, deadlines.CONNECT) as client,
    ):
        client.sendall(b"ping")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b"gnip"


def test_resetting_resets() -> None:
    with (
        serving(reply(LARGE)) as server,
        open_link("resetting", server, Recorder()) as address,
        socket.create_connection(address, deadlines.CONNECT) as client,
    ):
        client.sendall(b"ping")
        with pytest.raises(ConnectionResetError):
            read_all(client)


@pytest.mark.parametrize("link", LINKS)
def test_nothing_is_left_alive(link: str) -> None:
    """Not even with a connection open that nobody finished."""
    lacking(link)
    before = set(threading.enumerate())
    with serving(read_all) as server:  # type: ignore[arg-type]
        during = set(threading.enumerate())
        with open_link(link, server, Recorder()) as address:
            client = socket.create_connection(address, deadlines.CONNECT)
            client.sendall(b"ping")
        assert set(threading.enumerate()) == during
        client.close()
    assert set(threading.enumerate()) == before


def test_the_timeline_says_that_a_link_reads_late() -> None:
    recorder = Recorder()
    with (
        serving(read_all) as server,  # type: ignore[arg-type]
        open_link("late", server, recorder) as address,
        socket.create_connection(address, deadlines.CONNECT) as client,
    ):
        client.sendall(b"ping")
        client.shutdown(socket.SHUT_WR)
        read_all(client)
    assert recorder.events[0].what == "holds back"


def test_the_timeline_names_what_was_lost() -> None:
    recorder = Recorder()
    with (
        serving(closes_first) as server,
        open_link("tearing", server, recorder) as address,
        socket.create_connection(address, deadlines.CONNECT) as client,
    ):
        client.sendall(b"ping")
        client.settimeout(deadlines.REAP)
        got = read_all(client)
    lost = sum(event.size for event in recorder.events if event.what == "dropped")
    assert len(got) + lost == len(LARGE)


def test_lossy_loses_packets_and_the_kernel_sends_them_again() -> None:
    lacking("lossy")
    recorder = Recorder()
    with (
        serving(closes_first) as server,
        open_link("lossy", server, recorder) as address,
        socket.create_connection(address, deadlines.CONNECT) as client,
    ):
        client.sendall(b"ping")
        client.settimeout(deadlines.REAP)
        assert read_all(client) == LARGE
    assert [event.size > 0 for event in recorder.events if event.who == "lossy"] == [True]


def test_lossy_leaves_no_rules_behind() -> None:
    lacking("lossy")

    def rules() -> str:
        return subprocess.run(
            ["nft", "list", "ruleset"], capture_output=True, text=True, check=True
        ).stdout

    before = rules()
    with serving(read_all) as server, open_link("lossy", server, Recorder()):  # type: ignore[arg-type]
        assert f"tcp sport {server[1]} " in rules()
    assert rules() == before


def test_lossy_stays_away_from_the_machines_own_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sign is a setting that no other namespace has."""
    monkeypatch.setattr(lossy, "SYSCTLS", tmp_path)
    monkeypatch.setattr(socket, "if_nameindex", lambda: [(1, "lo")])
    assert not lossy.own_namespace()
    (tmp_path / "somaxconn").touch()
    assert lossy.own_namespace()
    (tmp_path / "netdev_max_backlog").touch()
    assert not lossy.own_namespace()
    (tmp_path / "netdev_max_backlog").unlink()
    monkeypatch.setattr(socket, "if_nameindex", lambda: [(1, "lo"), (2, "eth0")])
    assert not lossy.own_namespace()
