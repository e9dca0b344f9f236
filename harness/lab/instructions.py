"""Instructions that a server executes for a request: ``python -m harness.lab.instructions``.

Owns: counting them with valgrind's callgrind. It must not know trees, candidates or what
the counts are compared with. On a machine that others use as well they hardly vary, while
its seconds do by a tenth and more; what the kernel does for a request is not among them.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from .children import ChildFailed
from .kinds import SERVERS
from .load import Asker, asked_of
from .request import HttpRequest
from .servers import RunningServer, serve
from .target import parse

PROGRAMS: Final = ("valgrind", "callgrind_control")
"""What has to be installed."""
PATIENCE: Final = 120.0
"""Seconds for a start or an answer: a program runs fifty times slower when it is counted."""
WARM: Final = 3
"""Requests before the first that count: imports and caches."""
REQUESTS: Final = 10
"""Requests that are counted together."""
TOTAL: Final = re.compile(r"^(?:totals|summary): (\d+)", re.M)


class ScenarioCount(msgspec.Struct, frozen=True):
    """One scenario: instructions for each request, by window of ``REQUESTS``."""

    scenario: str
    instructions: tuple[float, ...]


class Counter:
    """The instructions of one process that runs under callgrind."""

    def __init__(self, folder: Path) -> None:
        self._out = folder / "counts"
        self.prefix = (
            *("valgrind", "--tool=callgrind", f"--log-file={folder / 'log'}"),
            f"--callgrind-out-file={self._out}",
        )

    def since_last(self, pid: int) -> int:
        """How many it has executed since this was asked last; ChildFailed if nobody tells."""
        command = ("callgrind_control", "--dump", str(pid))
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        dumps = sorted(self._out.parent.glob("counts.*"), key=lambda path: int(path.suffix[1:]))
        found = TOTAL.search(dumps[-1].read_text("utf-8")) if dumps else None
        for each in dumps:
            each.unlink()
        if found is None:
            raise ChildFailed(f"callgrind tells nothing: {asked.stdout} {asked.stderr}")
        return int(found[1])


def count(
    server: RunningServer, counter: Counter, request: HttpRequest, windows: int
) -> tuple[float, ...]:
    """Instructions for a request in each of so many windows; OSError if one goes wrong."""
    _ask(server, request, WARM)
    counter.since_last(server.child.pid)
    counts = []
    for _ in range(windows):
        _ask(server, request, REQUESTS)
        counts.append(counter.since_last(server.child.pid) / REQUESTS)
    return tuple(counts)


def _ask(server: RunningServer, request: HttpRequest, times: int) -> None:
    asker = Asker(server.address, request, PATIENCE)
    for _ in range(times):
        asker.ask()
    asker.leave()
    # What it does once the client has gone belongs to the request.
    server.wait_free(PATIENCE)


def main(argv: Sequence[str] | None = None) -> int:
    """Start the target's server under callgrind, ask for every scenario, print JSON."""
    parser = argparse.ArgumentParser(prog="python -m harness.lab.instructions")
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--server", choices=SERVERS, required=True)
    parser.add_argument("--windows", type=int, required=True, help="for each scenario")
    args = parser.parse_args(argv)
    kind = SERVERS[args.server]
    try:
        with tempfile.TemporaryDirectory(prefix="instructions-") as scratch:
            counter = Counter(Path(scratch))
            target = msgspec.structs.replace(
                parse(args.target.read_text("utf-8")), scratch=Path(scratch)
            )
            with serve(kind, target):
                pass  # bytecode is made here: to compile what it imports would take minutes
            counted = msgspec.structs.replace(target, python=(*counter.prefix, *target.python))
            with serve(kind, counted, PATIENCE) as server:
                found = [
                    ScenarioCount(name, count(server, counter, request, args.windows))
                    for name, request in asked_of(kind).items()
                ]
    except (ChildFailed, OSError) as error:
        print(f"instructions could not be counted: {error}", file=sys.stderr)
        return 2
    print(msgspec.json.encode(found).decode())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
