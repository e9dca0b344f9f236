"""One exchange by hand, through the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.exchanges import torn, whole
from support.tiny import DEADLINE, UPSTREAM, Workbench
from support.user_terminal import shown_by

from harness.lab import saving
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
        ([*STDLIB, "--save", "/nowhere/exchange.svg"], "no folder /nowhere"),
        ([*STDLIB, "--save", "/"], "has to end in"),
        (["--from", "/nowhere.json"], "/nowhere.json can not be read"),
        ([*STDLIB, "--repeat", "0"], "from 1 on"),
        (["--read", "/nowhere.pcap"], "/nowhere.pcap: No such file"),
        (["--read", "x.pcap", "--from", "x.json"], "give --from or --read"),
        (["--read", "x.pcap", "--save", "y.pcapng"], "not of one in a file"),
        ([*STDLIB, "--port", "80"], "--port goes with --read"),
    ],
)
def test_a_wrong_request_says_what_to_do(
    flags: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(flags) == 2
    assert words in capsys.readouterr().err


def test_the_worst_of_several_is_saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "exchange.html"
    assert main([*STDLIB, "--link", "tearing", "--repeat", "2", "--save", str(page)]) == 0
    out = capsys.readouterr().out
    assert f"saved to {page}: the worst of 2, truncated, then EOF" in out
    assert "bytes dropped" in page.read_text("utf-8")


def test_what_was_saved_is_drawn_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two of them side by side, as a base and a patched server."""
    base, patched, pair = (str(tmp_path / f"{n}") for n in ("base.json", "good.json", "pair.svg"))
    saving.save(Path(base), saving.Exhibit((("", torn()),)))
    saving.save(Path(patched), saving.Exhibit((("", whole()),)))
    assert main(["--from", base, "--from", patched, "--save", pair]) == 0
    assert "truncated, then EOF and complete" in capsys.readouterr().out
    assert {">base<", ">good<"} <= set(re.findall(">[a-z]+<", Path(pair).read_text("utf-8")))
    assert main(["--from", base, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["received"] == 747


def test_a_terminal_gets_a_drawing_and_a_pipe_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "exchange.json"
    saving.save(saved, saving.Exhibit((("", torn()),)))
    code = "import sys; from harness.lab.cli import main; main(sys.argv[1:])"
    env = os.environ | {"PYTHONUTF8": "1", "TERM": "xterm", "COLUMNS": "80"}
    shown = shown_by(code, "--from", str(saved), until="never arrived", env=env)
    assert "│◀────── 1,024 bytes ×2 ───────│" in shown
    assert "got from client 91 bytes" in shown
    dumb = shown_by(code, "--from", str(saved), until="=>", env=env | {"TERM": "dumb"})
    assert "│" not in dumb
    assert main(["--from", str(saved)]) == 0
    assert "│" not in capsys.readouterr().out


def test_an_exchange_in_a_sandbox_is_saved_outside_of_it(workbench: Workbench) -> None:
    saved = workbench.folder / "exchange.json"
    words = ["--server", "werkzeug", "--link", "tearing", "--size", "300000"]
    argv = [sys.executable, "-m", "harness", "lab", "--django", str(UPSTREAM)]
    done = subprocess.run(
        [*argv, *words, "--save", str(saved)],
        cwd=workbench.folder,
        env=workbench.env,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"saved to {saved}: truncated, then EOF" in done.stdout
    assert saving.load(saved).link == "tearing"


def test_packets_of_an_exchange_in_a_sandbox_are_saved_and_told_again(
    workbench: Workbench,
) -> None:
    """A capture where that is allowed, and what says that it is none where it is not."""
    saved = workbench.folder / "exchange.pcapng"
    argv = [sys.executable, "-m", "harness", "lab"]
    words = ["--django", str(UPSTREAM), "--server", "werkzeug", "--save", str(saved)]

    def run(*more: str) -> str:
        done = subprocess.run(
            [*argv, *more],
            cwd=workbench.folder,
            env=workbench.env,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert re.search(rf"saved to {saved}: \d+ packets, (as captured|reconstructed)", run(*words))
    told = run("--read", str(saved))
    assert "received 50,000 of 50,000 bytes, complete" in told
    assert "client         received FIN" in told
    assert '"received":50000' in run("--read", str(saved), "--json")


def test_the_list_needs_no_base(workbench: Workbench) -> None:
    argv = [sys.executable, "-X", "importtime", "-m", "harness", "lab", "--list"]
    done = subprocess.run(
        argv, env=workbench.env, capture_output=True, text=True, timeout=DEADLINE, check=True
    )
    assert "    tearing       a forwarder that ends both sides at the server's FIN" in done.stdout
    # What takes its time to load is not needed for it.
    assert not {"git", "jinja2"} & {
        line.rpartition("|")[2].strip() for line in done.stderr.splitlines()
    }
    assert not workbench.home.exists()
