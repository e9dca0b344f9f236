"""What a job can reach, at each level that this machine offers."""

from __future__ import annotations

import shutil
import socket
import sys
from pathlib import Path

import pytest
from support.tiny import DEADLINE

from harness.model import Isolation
from harness.system import processes, sandbox
from harness.system.sandbox import FileAccess

CAP_NET_ADMIN = 1 << 12  # capabilities(7)
SHUT_OFF = [Isolation.SANDBOX, Isolation.NETWORK_ONLY]


def offered(isolation: Isolation) -> Isolation:
    """The level, if this machine has it."""
    nothing = FileAccess(writable=(), readable=())
    command = sandbox.wrap([sys.executable, "-c", ""], nothing, isolation)
    if not processes.run_quietly(command, DEADLINE):
        pytest.skip(f"this machine does not offer {isolation}")
    return isolation


def python(
    program: str, isolation: Isolation, *words: object, **reach: Path
) -> processes.ProcessResult:
    allowed = FileAccess(
        writable=tuple(str(path) for name, path in reach.items() if name == "writable"),
        readable=tuple(str(path) for name, path in reach.items() if name == "readable"),
    )
    argv = [sys.executable, "-c", program, *map(str, words)]
    return processes.run(sandbox.wrap(argv, allowed, isolation), deadline=DEADLINE)


WRITE = "import sys; open(sys.argv[1], 'w').write('was here')"
READ = "import sys; print(open(sys.argv[1]).read(), end='')"


def test_it_writes_where_it_may_and_nowhere_else(tmp_path: Path) -> None:
    isolation = offered(Isolation.SANDBOX)
    mine, tree = tmp_path / "mine", tmp_path / "tree"
    mine.mkdir()
    tree.mkdir()
    for folder, may in ((mine, True), (tree, False)):
        done = python(WRITE, isolation, folder / "x", writable=mine, readable=tree)
        assert done.ok is may, done.explain()
        assert (folder / "x").exists() is may
    assert "Read-only file system" in done.stderr
    assert not python(WRITE, isolation, "/usr/was-here").ok


def test_not_even_root_can_undo_what_is_read_only() -> None:
    """Started by root, bubblewrap leaves every capability unless it is told otherwise."""
    isolation = offered(Isolation.SANDBOX)
    program = "print(*(line for line in open('/proc/self/status') if line.startswith('CapEff')))"
    effective = int(python(program, isolation).stdout.split()[1], 16)
    assert effective & ~CAP_NET_ADMIN == 0


def test_it_reads_what_it_needs(tmp_path: Path) -> None:
    isolation = offered(Isolation.SANDBOX)
    (tmp_path / "x").write_text("text", "utf-8")
    assert python(READ, isolation, tmp_path / "x", readable=tmp_path).stdout == "text"


def test_the_users_home_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    isolation = offered(Isolation.SANDBOX)
    (tmp_path / "secret").write_text("secret", "utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    done = python("import os, sys; print(os.listdir(sys.argv[1]))", isolation, tmp_path)
    assert done.stdout == "[]\n"


def test_other_processes_are_out_of_sight() -> None:
    isolation = offered(Isolation.SANDBOX)
    done = python("import os; print(*filter(str.isdigit, os.listdir('/proc')))", isolation)
    assert len(done.stdout.split()) <= 2


@pytest.mark.parametrize("level", SHUT_OFF)
def test_there_is_no_network_but_a_loopback_of_its_own(level: Isolation) -> None:
    isolation = offered(level)
    program = """
import socket, sys
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])))
except ConnectionRefusedError:
    print("not the machine's own")
try:
    socket.create_connection(("192.0.2.1", 9))
except OSError as error:
    print("no network:", error.strerror)
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
    print("its own")
"""
    with socket.create_server(("127.0.0.1", 0)) as machine:
        done = python(program, isolation, machine.getsockname()[1])
    assert done.stdout.splitlines() == [
        "not the machine's own",
        "no network: Network is unreachable",
        "its own",
    ], done.explain()


@pytest.mark.parametrize("level", SHUT_OFF)
def test_the_exit_status_comes_through(level: Isolation) -> None:
    assert python("import sys; sys.exit(7)", offered(level)).status == 7


def test_without_isolation_a_command_is_called_as_it_is() -> None:
    reach = FileAccess(writable=(), readable=())
    assert sandbox.wrap(["a", "b"], reach, Isolation.NONE) == ["a", "b"]


def test_the_level_is_the_best_that_works() -> None:
    found = sandbox.level()
    assert found in Isolation
    better = list(Isolation)[: list(Isolation).index(found)]
    for level in better:
        command = sandbox.wrap([sys.executable, "-c", ""], FileAccess((), ()), level)
        assert not processes.run_quietly(command, DEADLINE)


def test_what_is_missing_is_told_with_the_next_step() -> None:
    assert sandbox.how_to_improve(Isolation.SANDBOX) == ""
    step = "allow user namespaces" if shutil.which("bwrap") else "install bubblewrap"
    for level in (Isolation.NETWORK_ONLY, Isolation.NONE):
        line = sandbox.how_to_improve(level)
        assert line.startswith(f"isolation: {level}: ")
        assert line.endswith(f"; {step} for a full sandbox")


@pytest.mark.parametrize("level", list(Isolation))
def test_a_process_finds_itself_by_its_number(level: Isolation) -> None:
    """Where /proc is that of other processes, whoever asks about a child is told of a stranger.

    The lab does: it took a server that nobody could see for one without connections.
    """
    program = "import os; print(os.getpid(), os.readlink('/proc/self'))"
    done = python(program, offered(level))
    own, found = done.stdout.split()
    assert own == found


@pytest.mark.parametrize("level", SHUT_OFF)
def test_a_program_that_ends_itself_by_a_signal_has_not_succeeded(level: Isolation) -> None:
    """As the first process of its namespace it would not even be hit."""
    isolation = offered(level)
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL); print('went on')"
    done = python(program, isolation)
    assert not done.ok
    assert done.stdout == ""
