"""The same report on terminals of several kinds and widths, in a pipe, without colours."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import subprocess
import sys
import termios

import pytest
from rich.cells import cell_len
from support.tiny import DEADLINE, PROJECT, TESTS

COMMAND = (sys.executable, "-m", "harness", "report", "--json", str(TESTS / "data" / "report.json"))
STYLE = re.compile(r"\x1b\[[\d;]*m")
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[1-7]|9\d|4[1-7]|38;)")
SIGNED = "✗ django/peek-drain"


def environment(**more: str) -> dict[str, str]:
    """An environment that says nothing of a terminal but this."""
    return {"PATH": os.defpath, "PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1"} | more


def on_a_terminal(width: int, **more: str) -> str:
    """What a terminal of so many columns is sent."""
    ours, theirs = os.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        process = subprocess.Popen(
            COMMAND, env=environment(**more), stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        sent = b""
        while chunk := _read(ours):
            sent += chunk
        assert process.wait(DEADLINE) == 3
        return sent.decode().replace("\r\n", "\n")
    finally:
        os.close(ours)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so that the other side has gone
        return b""


def in_a_pipe(**more: str) -> str:
    done = subprocess.run(
        COMMAND,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (3, b"")
    return done.stdout.decode()


def widest(text: str) -> int:
    return max(cell_len(STYLE.sub("", line)) for line in text.splitlines())


@pytest.mark.parametrize("width", [40, 100])
def test_a_terminal_gets_its_width_in_colours(width: int) -> None:
    sent = on_a_terminal(width, TERM="xterm-256color")
    assert COLOUR.search(sent)
    assert width - 12 < widest(sent) <= width


@pytest.mark.parametrize(
    "more",
    [
        {"TERM": "xterm-256color", "NO_COLOR": "1"},
        {"TERM": "dumb"},
        {"TERM": "dumb", "FORCE_COLOR": "1"},
    ],
    ids=["no colour", "dumb", "dumb and forced"],
)
def test_without_colours_the_signs_are_there(more: dict[str, str]) -> None:
    sent = on_a_terminal(80, **more)
    assert not COLOUR.search(sent)
    assert SIGNED in STYLE.sub("", sent)
    assert widest(sent) <= 80


def test_a_pipe_gets_80_columns_without_any_style() -> None:
    text = in_a_pipe()
    assert "\x1b" not in text
    assert SIGNED in text
    assert 70 < widest(text) <= 80


def test_the_user_has_the_last_word_on_colours_and_width() -> None:
    text = in_a_pipe(COLUMNS="50", FORCE_COLOR="1", TERM="xterm")
    assert COLOUR.search(text)
    assert widest(text) <= 50


def test_where_there_is_only_ascii_the_signs_are_letters() -> None:
    text = in_a_pipe(PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert text.isascii()
    assert "x django/peek-drain" in text
    assert "+ django/chunked-encoding" in text or "+ django/chun" in text
    assert widest(text) <= 80
