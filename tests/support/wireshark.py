"""What Wireshark says of a capture: tshark is a reader that others wrote."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

PATIENCE = 60
"""Seconds: it takes one or two to start."""

NAMES = (
    "tcp.stream",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.flags.reset",
    "frame.time_epoch",
    "frame.comment",
    "ip.id",
    "_ws.expert.severity",
    "_ws.expert.message",
    "_ws.malformed",
)
NOTE = 0x400000
"""How Wireshark counts what it complains about: this much, or more."""

FINE = (
    "completely full",
    "Zero Window",
    "initiates the connection closing",
    "undergoes the connection closing",
    "Connection reset (RST)",
    "retransmission",
    "D-SACK",
)
"""What is so where a client is slow to read, or somebody ends the connection: a kernel that
waits for a busy client sends the last bytes again."""


class Seen(NamedTuple):
    """A packet as Wireshark sees it."""

    stream: int
    source: int
    target: int
    reset: bool
    at: float
    comment: str
    number: int
    troubles: tuple[str, ...]


def packets(capture: Path) -> list[Seen]:
    """The TCP packets of a capture; the test is skipped where there is no tshark."""
    words = [word for name in NAMES for word in ("-e", name)]
    lines = _tshark(capture, "-T", "fields", "-E", "aggregator=|", *words)
    return [_seen(*line.split("\t")) for line in lines]


def _seen(
    stream: str,
    source: str,
    target: str,
    reset: str,
    at: str,
    comment: str,
    number: str,
    severities: str,
    messages: str,
    malformed: str,
) -> Seen:
    told = [
        message
        for severity, message in zip(severities.split("|"), messages.split("|"), strict=True)
        if severity and int(severity) >= NOTE and not any(each in message for each in FINE)
    ]
    return Seen(
        int(stream),
        int(source),
        int(target),
        reset == "1",
        float(at),
        comment,
        int(number, 16),
        (*told, *filter(None, [malformed])),
    )


def sent_by_server(capture: Path, stream: int = 0) -> bytes:
    """The bytes that the server of a connection sent, as Wireshark puts them together."""
    lines = _tshark(capture, "-q", "-z", f"follow,tcp,raw,{stream}")
    return bytes.fromhex("".join(line.strip() for line in lines if line.startswith("\t")))


def _tshark(capture: Path, *words: str) -> list[str]:
    if shutil.which("tshark") is None:
        pytest.skip("needs tshark: apt-get install tshark")
    done = subprocess.run(
        ["tshark", "-n", "-r", str(capture), *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
        # It reads a folder of the user's own, which may say anything.
        env=os.environ | {"HOME": str(capture.parent), "XDG_CONFIG_HOME": str(capture.parent)},
    )
    return done.stdout.splitlines()
