"""The command line: ``python -m harness VERB FLAGS``.

Owns: the exit status of what went wrong, and where errors go. Results are printed on
standard output, progress and errors on standard error.
"""

from __future__ import annotations

import io
import signal
import sys

from rich.console import Console

from .cli import verbs
from .cli.statuses import INTERRUPTED, UNDONE
from .model import WorkbenchError
from .system import processes


def main(argv: list[str] | None = None) -> int:
    """Do what the command line says and return the exit status."""
    signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # No sign or name is worth a traceback where a terminal has no more than ASCII.
            stream.reconfigure(errors="replace")
    out, errors = Console(highlight=False), Console(stderr=True, highlight=False)
    try:
        return verbs.do(verbs.read(sys.argv[1:] if argv is None else argv), out, errors)
    except (KeyboardInterrupt, processes.Interrupted):
        processes.stop_all()
        errors.print("stopped; finished results are kept, so the next run goes on from here")
        return INTERRUPTED
    except WorkbenchError as error:
        errors.print(f"error: {error}", markup=False, soft_wrap=True)
        return error.exit_status
    except OSError as error:
        # No disk, no permission: the machine's part, which nobody below could tell better.
        errors.print(f"error: {error}", markup=False, soft_wrap=True)
        return UNDONE


def _terminate(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
