"""Real servers of PostgreSQL and MariaDB, each for one session of tests.

Owns: where their programs are, under which user they run, when they are ready, and that
they end. Knows nothing of Django or of any test.

Both listen on a socket in a folder of their own and on no port. PostgreSQL refuses to
run as root; what root starts here therefore runs as nobody: in a user namespace in which
root has no name, as a sandbox has no second user to change to, or else through setpriv.
"""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 20
# sun_path has 108 bytes, and the socket needs a name in its folder.
LONGEST_FOLDER = 80
NOBODY = 65534
ZONES = ("UTC", "Europe/Berlin")
"""The zones whose names MariaDB is told; PostgreSQL and Python know all."""
HOW = "no {}: apt-get install postgresql mariadb-server"


class Lacking(Exception):
    """This machine can not run the server; the text says why and what helps."""


@contextlib.contextmanager
def postgresql() -> Iterator[Path]:
    """The folder of a server's socket; the superuser is ``django``, without a password.

    Raises ``Lacking``.
    """
    initdb, postgres = _program("initdb"), _program("postgres")
    with _folder() as folder:
        data = folder / "data"
        made = ["-D", data, "-U", "django", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        _run([initdb, *made, "--no-sync"])
        options = {
            "unix_socket_directories": folder,
            "listen_addresses": "",
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "shared_buffers": "16MB",
            "timezone": "UTC",
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        ready = "database system is ready to accept connections"
        with _serving([postgres, "-D", data, *words], ready, signal.SIGQUIT):
            yield folder


@contextlib.contextmanager
def mariadb() -> Iterator[Path]:
    """The path of a server's socket; ``root`` needs no password.

    Raises ``Lacking``.
    """
    install, server = _program("mariadb-install-db"), _program("mariadbd")
    client, zones = _program("mariadb"), _program("mariadb-tzinfo-to-sql")
    with _folder() as folder:
        data, socket = folder / "data", folder / "mariadb.sock"
        small = ["--innodb-log-file-size=8M", "--innodb-buffer-pool-size=16M"]
        own = ["--no-defaults", f"--datadir={data}", *small]
        install_too = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        _run([install, *own, *install_too])
        options = [
            *(*own, f"--socket={socket}", f"--pid-file={folder / 'pid'}"),
            *("--skip-networking", "--innodb-flush-log-at-trx-commit=0"),
            "--character-set-server=utf8mb4",
        ]
        with _serving([server, *options], "ready for connections", signal.SIGKILL):
            # CONVERT_TZ() knows no name of a zone unless it is told.
            told = [_run([zones, f"/usr/share/zoneinfo/{zone}", zone]) for zone in ZONES]
            words = ["--no-defaults", f"--socket={socket}", "--user=root", "mysql"]
            _run([client, *words], "".join(told))
            yield socket


@cache
def _program(name: str) -> str:
    """Its path. Debian has PostgreSQL's programs outside of PATH, the newest comes last."""
    places = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/bin"
    found = shutil.which(name, path=places)
    known = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=_version)
    if not found and not known:
        raise Lacking(HOW.format(name))
    return found or known[-1]


def _version(path: str) -> tuple[int, ...]:
    return tuple(int(part) for part in Path(path).parts[4].split(".") if part.isdigit())


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A short-named folder that the server can write."""
    place = tempfile.gettempdir()
    if len(place) > LONGEST_FOLDER - 15:
        place = "/tmp"
    folder = Path(tempfile.mkdtemp(prefix="db-", dir=place))
    try:
        if _as_nobody()[:1] == ("setpriv",):
            os.chown(folder, NOBODY, NOBODY)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def _as_nobody() -> tuple[str, ...]:
    """What stands before a command that root would run as itself."""
    if os.geteuid() != 0:
        return ()
    ways = (
        ("unshare", "--user", "--"),
        ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"),
    )
    for way in ways:
        with contextlib.suppress(OSError):
            words = [*way, "id", "-u"]
            done = subprocess.run(words, check=False, capture_output=True, text=True)
            if done.returncode == 0 and done.stdout.strip() not in ("", "0"):
                return way
    raise Lacking("no user but root: neither a user namespace nor setpriv can be had")


def _run(argv: Sequence[str | Path], given: str = "") -> str:
    """What a command prints that was ``given`` this to read."""
    words = [*_as_nobody(), *map(str, argv)]
    done = subprocess.run(
        words, check=False, input=given, capture_output=True, text=True, timeout=START_SECONDS
    )
    if done.returncode:
        said = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
        raise RuntimeError(f"{words} ended with {done.returncode}:\n{said}")
    return done.stdout


@contextlib.contextmanager
def _serving(argv: Sequence[str | Path], ready: str, stop: signal.Signals) -> Iterator[None]:
    """A server, from when it has said that it is ready until it has ended.

    It ends with the session, however that ends: the kernel sends it the signal.
    """
    dying = ("setpriv", f"--pdeathsig={stop.name.removeprefix('SIG')}", "--")
    words = [*_as_nobody(), *dying, *map(str, argv)]
    said: list[str] = []
    known = threading.Event()
    with subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        listening = threading.Thread(target=_listen, args=(server, said, ready, known), daemon=True)
        listening.start()
        try:
            if not known.wait(START_SECONDS) or ready not in "".join(said):
                raise RuntimeError(f"{words} did not start:\n{''.join(said)[-2000:]}")
            yield
        finally:
            server.send_signal(stop)
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
            listening.join(STOP_SECONDS)


def _listen(
    server: subprocess.Popen[str], said: list[str], ready: str, known: threading.Event
) -> None:
    """Keep what it says up to the line with ``ready``, and drop what comes later."""
    assert server.stdout is not None
    for line in server.stdout:
        if not known.is_set():
            said.append(line)
            if ready in line:
                known.set()
    known.set()
