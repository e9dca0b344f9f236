"""One exchange by hand, through the command line."""

from __future__ import annotations

import json

import pytest

from harness.lab.cli import main

STDLIB = ["--server", "socketserver", "--size", "300000"]


def test_a_good_exchange(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(STDLIB) == 0
    out = capsys.readouterr().out
    assert "=> complete" in out
    assert "client" in out


def test_a_bad_exchange_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Unread request bytes, seen by a client that reads late."""
    assert main([*STDLIB, "--request", "post", "--pace", "held", "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert seen["ending"] == "reset"
    assert seen["truncated_at"] == seen["received"] < seen["expected"]


def test_repeats_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*STDLIB, "--link", "tearing", "--repeat", "3"]) == 0
    assert "3 of 3 exchanges went wrong" in capsys.readouterr().out


def test_a_server_that_speaks_no_http_is_not_offered(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--server", "udp"])
    assert "invalid choice: 'udp'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--link", "tearing+magic"], "magic"),
        (["--server", "runserver"], "--django-tree"),
        (["--target", "/nowhere.json"], "nowhere.json"),
        ([*STDLIB, "--python", "/nowhere/python"], "/nowhere/python"),
    ],
)
def test_a_wrong_request_says_what_to_do(
    flags: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(flags) == 2
    assert words in capsys.readouterr().err
