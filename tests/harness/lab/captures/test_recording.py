"""Real exchanges, saved as packets and read back: by Wireshark and by our own reader."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from support import wireshark
from support.tiny import DEADLINE, PROJECT

from harness.lab.captures import reading
from harness.lab.observation import Observation
from harness.lab.payload import payload
from harness.model import Isolation
from harness.system import processes, sandbox

SIZE = 300_000
RESET = ["--server", "socketserver", "--request", "post", "--pace", "held"]
TORN = ["--server", "socketserver", "--link", "tearing"]
KEPT = ["--server", "werkzeug", "--repeat", "2"]

ASKED: dict[Path, list[wireshark.Seen]] = {}


class Saved(NamedTuple):
    """A capture, and what the lab saw of the exchanges in it."""

    path: Path
    observations: list[dict[str, object]]

    def in_wireshark(self) -> list[wireshark.Seen]:
        """Its packets; Wireshark is asked once."""
        if self.path not in ASKED:
            ASKED[self.path] = wireshark.packets(self.path)
        return ASKED[self.path]

    def told(self) -> tuple[Observation, ...]:
        return reading.read(self.path).observations

    def comment(self) -> str:
        return self.path.read_bytes()[:2000].decode("utf-8", "replace")


Save = Callable[..., Saved]


@pytest.fixture(scope="module")
def save(tmp_path_factory: pytest.TempPathFactory) -> Save:
    """Run the lab in a job's sandbox; each exchange is made once, for all tests."""
    if sandbox.level() is not Isolation.SANDBOX:
        pytest.skip("needs a sandbox: install bubblewrap")
    made: dict[tuple[bool, str], Saved] = {}

    def run(words: list[str], captures: bool) -> Saved:
        key = (captures, " ".join(words))
        if key not in made:
            folder = tmp_path_factory.mktemp("saved")
            path = folder / "x.pcapng"
            more = ["--size", str(SIZE), "--json", "--save", str(path)]
            argv = [sys.executable, "-m", "harness.lab.cli", *words, *more]
            access = sandbox.FileAccess((str(folder),), (str(PROJECT),), captures=captures)
            wrapped = sandbox.wrap(argv, access, Isolation.SANDBOX)
            done = processes.run(wrapped, deadline=DEADLINE, cwd=PROJECT, check=True)
            made[key] = Saved(path, [json.loads(line) for line in done.stdout.splitlines()])
        return made[key]

    return run


@pytest.fixture(params=[True, False], ids=["captured", "reconstructed"])
def captures(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_reset(save: Save, captures: bool) -> None:
    """The exchange of the ticket: an ignored body, a truncated response, RST."""
    saved = save(RESET, captures)
    (seen,), (lab,) = saved.told(), saved.observations
    assert (seen.received, seen.ending) == (lab["received"], lab["ending"])
    assert 0 < seen.received < SIZE
    assert seen.headline() == "truncated, then RST"
    assert [event.what for event in seen.events if "RST" in event.what] == ["received RST"]


def test_wireshark_sees_the_reset(save: Save, captures: bool) -> None:
    saved = save(RESET, captures)
    packets = saved.in_wireshark()
    assert [packet.reset for packet in packets] == [False] * (len(packets) - 1) + [True]
    assert packets[-1].source == packets[0].target
    assert packets[-1].comment == "RST of server"
    head, _, body = wireshark.sent_by_server(saved.path).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert body == payload(SIZE)[: len(body)]
    assert len(body) == saved.observations[0]["received"]


@pytest.mark.parametrize("words", [RESET, TORN], ids=" ".join)
def test_wireshark_has_nothing_to_complain_about(
    save: Save, captures: bool, words: list[str]
) -> None:
    packets = save(words, captures).in_wireshark()
    assert [packet.troubles for packet in packets] == [()] * len(packets)


def test_times_are_those_of_the_exchange(save: Save, captures: bool) -> None:
    saved = save(RESET, captures)
    times = [packet.at for packet in saved.in_wireshark()]
    assert times == sorted(times)
    assert times[0] < times[-1] < saved.path.stat().st_mtime < times[0] + DEADLINE


def test_no_packet_is_there_twice(save: Save, captures: bool) -> None:
    """The loopback interface shows each as it leaves and as it arrives. IP's number tells one
    that was sent again from one that was captured twice; SYN and RST of a kernel have none."""
    packets = save(TORN, captures).in_wireshark()
    sent = [(packet.source, packet.number) for packet in packets if packet.number]
    assert len(set(sent)) == len(sent) > 10


def test_every_hop_is_there(save: Save, captures: bool) -> None:
    """What the link lost is in the one connection and not in the other."""
    saved = save(TORN, captures)
    client, server = saved.told()
    assert (client.headline(), server.headline()) == ("truncated, then EOF", "complete")
    assert client.received == saved.observations[0]["received"]
    assert server.received == SIZE
    said = [packet.comment for packet in saved.in_wireshark()]
    assert said[0] == "client connects to tearing"
    assert "tearing connects to server" in said
    ends = [text for text in said if text.startswith("FIN of")]
    assert ends.index("FIN of server: it sends no more") < ends.index(
        "FIN of tearing: it sends no more"
    )


def test_several_exchanges_with_a_server_of_the_control_group(save: Save, captures: bool) -> None:
    saved = save(KEPT, captures)
    assert [seen.headline() for seen in saved.told()] == ["complete", "complete"]
    assert wireshark.sent_by_server(saved.path, 1).endswith(payload(SIZE))
    packets = saved.in_wireshark()
    said = [packet.comment for packet in packets if "connects" in packet.comment]
    assert said == [f"client connects to server (exchange {number} of 2)" for number in (1, 2)]


LARGE = """
import sys
from harness.lab import cli
from harness.lab.captures import sniffer
sniffer.LIMIT = 10_000
sys.exit(cli.main(sys.argv[1:]))
"""


def test_of_a_large_exchange_the_headers_are_kept(tmp_path: Path) -> None:
    """That is enough to count the bytes, and to see how it ends."""
    if sandbox.level() is not Isolation.SANDBOX:
        pytest.skip("needs a sandbox: install bubblewrap")
    path = tmp_path / "x.pcapng"
    words = ["--server", "socketserver", "--size", str(SIZE), "--save", str(path)]
    access = sandbox.FileAccess((str(tmp_path),), (str(PROJECT),), captures=True)
    argv = sandbox.wrap([sys.executable, "-c", LARGE, *words], access, Isolation.SANDBOX)
    processes.run(argv, deadline=DEADLINE, cwd=PROJECT, check=True)
    assert path.stat().st_size < SIZE / 2
    (seen,) = reading.read(path).observations
    assert (seen.received, seen.headline()) == (SIZE, "complete")


def test_the_file_says_what_it_is(save: Save) -> None:
    words = "post to socketserver over direct by raw: truncated, then RST"
    captured, rebuilt = (save(RESET, captures).comment() for captures in (True, False))
    assert words in captured
    assert words in rebuilt
    assert "Captured by the upstream patch workbench" in captured
    assert "RECONSTRUCTED" not in captured
    assert "not captured: packet sockets need the capability CAP_NET_RAW" in rebuilt


NOBODY_ELSE = """
import socket, subprocess, sys
from harness.lab.captures.recording import recorded
TRY = "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"
assert subprocess.run([sys.executable, "-c", TRY]).returncode == 0
with recorded() as made:
    assert not made.reason, made.reason
    assert "PermissionError" in subprocess.run(
        [sys.executable, "-c", TRY], stderr=subprocess.PIPE, text=True
    ).stderr
print("given up")
"""


def test_what_is_under_test_cannot_capture(tmp_path: Path) -> None:
    """The lab may open packet sockets in its sandbox; what it starts may not, not even as root."""
    if sandbox.level() is not Isolation.SANDBOX:
        pytest.skip("needs a sandbox: install bubblewrap")
    access = sandbox.FileAccess((), (str(PROJECT),), captures=True)
    argv = sandbox.wrap([sys.executable, "-c", NOBODY_ELSE], access, Isolation.SANDBOX)
    done = processes.run(argv, deadline=DEADLINE, cwd=PROJECT)
    assert done.stdout == "given up\n", done.explain()
