"""``lab``: one exchange by hand, on a tree of the user's choice.

Owns: what runs in the sandbox, and what is done outside of it: the exchange is made there
and comes back in a file; it is shown, drawn and saved here, where the user's files are. Must
not know links or clients; the lab reads its own flags. What a tree needs is imported when
there is one: a list or a saved exchange needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from ..lab import cli, flags
from ..lab.kinds import SERVERS
from ..model import WorkbenchError
from ..request import Request

if TYPE_CHECKING:
    from .session import Session

HELP = """\
The server comes from a tree, as in `test`: --base UPSTREAM=SPEC, with --candidate
UPSTREAM/NAME or --patch FILE for a patched one. --list, --from and --read need none. These
are the lab's own flags:
"""


def help_text() -> str:
    """What stands below the workbench's flags in the help of `lab`."""
    return HELP + flags.help_text()


def exchange(
    request: Request,
    words: Sequence[str],
    open_session: Callable[[Request], Session],
    errors: Console,
) -> int:
    """Run the exchange in a job's sandbox, and show and save it; the lab's exit status."""
    args = flags.parser().parse_args(list(words))
    if args.list or args.source or args.read:
        return cli.main(words)
    if why := flags.wrong_with(args):
        return cli.refuse(why)
    from .lab_job import run

    packets = flags.wants_packets(args)
    kind = SERVERS[args.server]
    finished, seen, captured = run(request, words, open_session(request), kind, packets)
    if not finished.ok:
        errors.print(finished.stderr.strip() or finished.explain(), markup=False, soft_wrap=True)
        return finished.status if finished.status > 0 else WorkbenchError.exit_status
    return cli.present(args, seen, captured)
