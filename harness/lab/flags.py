"""The flags of ``python -m harness lab``.

Owns their names and help, what is wrong with them, and which of them are for whoever is
outside of the sandbox that the exchange runs in. It must not know what is done with them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from . import saving
from .clients import CLIENTS, HELD, SMALL, USUAL
from .kinds import SERVERS
from .links import LINKS
from .links import missing as missing_link
from .request import REQUESTS
from .saving import BadFile

DEFAULT_SERVER = "runserver"
PACES = {"usual": USUAL, "small": SMALL, "held": HELD}


def outside() -> argparse.ArgumentParser:
    """The flags that are not for the exchange, but for what becomes of it."""
    flags = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    flags.add_argument("--json", action="store_true", help="print each observation as JSON")
    flags.add_argument(
        "--save",
        type=Path,
        metavar="FILE",
        help=f"write the exchange, or the worst of several, by suffix: {', '.join(saving.WRITERS)}",
    )
    flags.add_argument(
        "--from",
        dest="source",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="show what was saved as .json instead; a second one is drawn beside the first",
    )
    flags.add_argument(
        "--read",
        type=Path,
        metavar="FILE",
        help="tell the TCP connections of a capture that anybody made (pcap, pcapng) instead",
    )
    flags.add_argument(
        "--port", type=int, metavar="N", help="with --read: the connections of this port alone"
    )
    flags.add_argument(
        "--list", action="store_true", help="every server, link, client, request and fault"
    )
    return flags


def parser() -> argparse.ArgumentParser:
    """All of the lab's flags."""
    flags = argparse.ArgumentParser(
        prog="python -m harness lab",
        description="one exchange by hand, printed as a timeline",
        parents=[outside()],
        allow_abbrev=False,
    )
    asked = [name for name, kind in SERVERS.items() if kind.protocol == "http"]
    flags.add_argument("--server", choices=asked, default=DEFAULT_SERVER)
    flags.add_argument(
        "--link", default="direct", help=f"{', '.join(LINKS)}, or a brigade of them: a+b"
    )
    flags.add_argument("--client", choices=CLIENTS, default="raw")
    flags.add_argument("--request", choices=REQUESTS, default="get")
    flags.add_argument("--size", type=int, default=50_000, help="bytes of the response's body")
    flags.add_argument("--keep-alive", action="store_true", help="do not say Connection: close")
    flags.add_argument(
        "--pace",
        choices=PACES,
        default="usual",
        help="how the client reads: as usual, with a small receive buffer, or only once the "
        "server had the time to close",
    )
    flags.add_argument(
        "--repeat", type=int, default=1, metavar="N", help="and count what went wrong"
    )
    flags.add_argument("--target", type=Path, help="a target file, as WORKBENCH_TARGET names it")
    flags.add_argument("--django-tree", type=Path, metavar="PATH", help="a Django source tree")
    flags.add_argument(
        "--python", default=sys.executable, metavar="PATH", help="what runs the server"
    )
    # For whoever is outside of a sandbox: a line of JSON for each exchange, and nothing else.
    flags.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    flags.add_argument("--packets", type=Path, help=argparse.SUPPRESS)
    return flags


def help_text() -> str:
    """The help of the lab's own flags."""
    return parser().format_help().partition("options:")[2]


def within(argv: Sequence[str], into: Path, packets: Path | None = None) -> list[str]:
    """The words for the lab in a sandbox: nothing is shown or saved there, and what was seen
    goes ``into`` a file that ``received`` reads; so do the ``packets``, if they are wanted."""
    more = ["--packets", str(packets)] if packets else []
    return [*outside().parse_known_args(list(argv))[1], "--into", str(into), *more]


def wants_packets(args: argparse.Namespace) -> bool:
    """Whether the packets of the exchange are to be saved."""
    return args.save is not None and args.save.suffix == saving.PACKETS


def wrong_with(args: argparse.Namespace) -> str:
    """What is wrong with flags that argparse takes one by one; empty: nothing."""
    unknown = [leg for leg in args.link.split("+") if leg not in LINKS]
    if unknown:
        return f"no link {unknown[0]!r}: there are {', '.join(LINKS)}"
    if args.repeat < 1:
        return "--repeat takes a number from 1 on"
    if why := _wrong_with_files(args):
        return why
    try:
        if args.save:
            saving.check(args.save)
    except BadFile as error:
        return str(error)
    return ""


def _wrong_with_files(args: argparse.Namespace) -> str:
    made = not (args.source or args.read)
    wrong = {
        "--from draws one exchange, or two side by side": len(args.source) > 2,
        "give --from or --read": bool(args.source and args.read),
        "--port goes with --read": args.port is not None and not args.read,
        f"--save {args.save}: packets are of an exchange that is made, and not of one in a file": (
            wants_packets(args) and not made
        ),
    }
    return next((why for why, is_so in wrong.items() if is_so), "")


def missing(args: argparse.Namespace) -> str:
    """What the exchange needs and this machine has not; empty: nothing."""
    known = all(leg in LINKS for leg in args.link.split("+"))
    return CLIENTS[args.client].missing() or (missing_link(args.link) if known else "")
