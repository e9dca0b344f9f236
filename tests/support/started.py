"""Processes of the command line that need not load all of it: they are forked from one that has.

For tests only. ``python -m harness`` takes half a second of CPU to load its modules, and tests
start it a thousand times. A process that loaded them once, and has run nothing, forks for each:
what a test gets is a process of its own, with its own environment, folder and streams, that
runs the same ``__main__`` from its beginning. Started anew is what has another setting of
Python's own (``PYTHON…``, a locale), and everything while coverage is measured.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec

PROJECT = Path(__file__).resolve().parents[2]
# What decides how Python itself starts, and so can not be changed in a process that has.
DECIDES = ("PYTHON", "LC_", "LANG", "LD_")
COVERAGE = "COVERAGE_"
MOST = 1 << 20  # bytes of a request: words and an environment


class Order(msgspec.Struct, frozen=True):
    """The words behind ``python -m``, the folder and the environment of a process."""

    words: tuple[str, ...]
    cwd: str
    env: dict[str, str]


def can_start(env: Mapping[str, str]) -> bool:
    """Whether a process with that environment may be forked."""
    is_measured = any(name.startswith(COVERAGE) for name in env)
    ours = os.environ | {"PYTHONPATH": str(PROJECT)}
    return not is_measured and _settings(env) == _settings(ours)


def run(
    words: Sequence[str], cwd: Path, env: Mapping[str, str], out: int, err: int, deadline: float
) -> int:
    """Run ``python -m WORDS`` to its end; the exit status, negative for a signal.

    ``out`` and ``err`` are descriptors. Raises ``subprocess.TimeoutExpired`` after ``deadline``
    seconds, when the process has been killed.
    """
    starter = _starter()
    order = msgspec.json.encode(Order(tuple(words), str(cwd), dict(env)))
    socket.send_fds(starter, [order], [out, err])
    pid = int(starter.recv(64))
    starter.settimeout(deadline)
    try:
        return int(starter.recv(64))
    except TimeoutError:
        os.kill(pid, signal.SIGKILL)
        starter.settimeout(None)
        starter.recv(64)
        raise subprocess.TimeoutExpired(list(words), deadline) from None
    finally:
        starter.settimeout(None)


def _settings(env: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in env.items() if name.startswith(DECIDES)}


@cache
def _starter() -> socket.socket:
    """The process that forks, by the socket on which it is asked; it ends with this one."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    path = os.pathsep.join([str(PROJECT), str(PROJECT / "tests")])
    process = subprocess.Popen(
        [sys.executable, "-m", "support.started", str(its.fileno())],
        env=os.environ | {"PYTHONPATH": path},
        pass_fds=[its.fileno()],
        stdin=subprocess.DEVNULL,
    )
    its.close()
    atexit.register(_end, ours, process)
    return ours


def _end(ours: socket.socket, process: subprocess.Popen[bytes]) -> None:
    ours.close()
    process.wait()


def serve(asked: socket.socket) -> None:
    """Fork for each order until nobody asks any more. In a child this runs the order."""
    while True:
        order, streams, _, _ = socket.recv_fds(asked, MOST, 2)
        if not order:
            return
        pid = os.fork()
        if pid == 0:
            asked.close()
            become(msgspec.json.decode(order, type=Order), *streams)
        for stream in streams:
            os.close(stream)
        with suppress(OSError):
            asked.send(str(pid).encode())
        _, ended = os.waitpid(pid, 0)
        with suppress(OSError):
            asked.send(str(os.waitstatus_to_exitcode(ended)).encode())


def become(order: Order, out: int, err: int) -> None:
    """Run the order in this process, as ``python -m`` would; it ends with ``SystemExit``."""
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.close(out)
    os.close(err)
    os.chdir(order.cwd)
    os.environ.clear()
    os.environ.update(order.env)
    tests = str(PROJECT / "tests")
    sys.path[:] = [order.cwd, *(each for each in sys.path[1:] if each != tests)]
    module, *words = order.words
    sys.argv[:] = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit()


def load() -> None:
    """Import what the command line imports for any of its verbs."""
    import harness.__main__
    import harness.cli

    for each in pkgutil.iter_modules(harness.cli.__path__):
        importlib.import_module(f"harness.cli.{each.name}")
    del sys.modules["harness.__main__"]  # each runs it as its own main module
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    load()
    serve(socket.socket(fileno=int(sys.argv[1])))
