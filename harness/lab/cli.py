"""``python -m harness lab``: one exchange by hand, printed as a timeline.

Owns the flags of that verb. It must not know candidates or reports.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from .children import ChildFailed
from .clients import CLIENTS, HELD, SMALL, USUAL
from .exchange import Exchange
from .kinds import SERVERS
from .links import LINKS, missing
from .observation import Observation
from .rates import interval
from .request import REQUESTS, HttpRequest
from .servers import serve
from .target import BadTarget, Target, from_environment, parse

DEFAULT_SERVER = "runserver"
PACES = {"usual": USUAL, "small": SMALL, "held": HELD}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m harness lab", description="one exchange by hand, printed as a timeline"
    )
    asked = [name for name, kind in SERVERS.items() if kind.protocol == "http"]
    parser.add_argument("--server", choices=asked, default=DEFAULT_SERVER)
    parser.add_argument(
        "--link", default="direct", help=f"{', '.join(LINKS)}, or a brigade of them: a+b"
    )
    parser.add_argument("--client", choices=CLIENTS, default="raw")
    parser.add_argument("--request", choices=REQUESTS, default="get")
    parser.add_argument("--size", type=int, default=50_000, help="bytes of the response's body")
    parser.add_argument("--keep-alive", action="store_true", help="do not say Connection: close")
    parser.add_argument(
        "--pace",
        choices=PACES,
        default="usual",
        help="how the client reads: as usual, with a small receive buffer, or only once the "
        "server had the time to close",
    )
    parser.add_argument(
        "--repeat", type=int, default=1, metavar="N", help="and count what went wrong"
    )
    parser.add_argument("--target", type=Path, help="a target file, as WORKBENCH_TARGET names it")
    parser.add_argument("--django-tree", type=Path, metavar="PATH", help="a Django source tree")
    parser.add_argument(
        "--python", default=sys.executable, metavar="PATH", help="what runs the server"
    )
    parser.add_argument("--json", action="store_true", help="print each observation as JSON")
    return parser


def _target(args: argparse.Namespace, scratch: Path) -> Target:
    if args.target:
        target = parse(args.target.read_text(encoding="utf-8"))
    elif args.django_tree is None and (named := from_environment()) is not None:
        target = named
    else:
        tree = args.django_tree.resolve() if args.django_tree else None
        target = Target(scratch, (args.python,), tree)
    if SERVERS[args.server].family == "django" and target.django is None:
        raise BadTarget(f"{args.server} needs a Django tree: give --django-tree PATH")
    return replace(target, scratch=scratch)


def _observation(exchange: Exchange, request: HttpRequest, pace: str) -> Observation:
    exchange.fetch(request, PACES[pace])
    assert exchange.observation is not None  # fetch() has made one
    return exchange.observation


def server_of(argv: Sequence[str]) -> str:
    """The server that the words ask for; one that there is not is not refused here."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--server", default=DEFAULT_SERVER)
    return str(parser.parse_known_args(list(argv))[0].server)


def flags() -> str:
    """The help of the lab's own flags."""
    return _parser().format_help().partition("options:")[2]


def main(argv: Sequence[str] | None = None) -> int:
    """Run what was asked for; 0 whatever was seen, 2 when it could not be done."""
    args = _parser().parse_args(argv)
    unknown = [leg for leg in args.link.split("+") if leg not in LINKS]
    lacking = CLIENTS[args.client].missing() or missing(args.link)
    if unknown or lacking:
        print(lacking or f"no link {unknown[0]!r}: there are {', '.join(LINKS)}", file=sys.stderr)
        return 2
    request = REQUESTS[args.request](args.size)
    if args.keep_alive:
        request = request.but(close=False)
    try:
        with tempfile.TemporaryDirectory(prefix="wire-lab-") as scratch:
            target = _target(args, Path(scratch))
            with serve(SERVERS[args.server], target) as server:
                seen = [
                    _observation(Exchange(server, args.link, args.client), request, args.pace)
                    for _ in range(args.repeat)
                ]
    except (BadTarget, ChildFailed, OSError) as error:
        print(f"the lab could not be set up: {error}", file=sys.stderr)
        return 2
    for observation in seen:
        print(observation.to_json() if args.json else observation.timeline())
        if not args.json:
            print(f"=> {observation.headline()}\n")
    if args.repeat > 1 and not args.json:
        good = sum(observation.good for observation in seen)
        bad = len(seen) - good
        low, high = interval(bad, len(seen))
        print(
            f"{bad} of {len(seen)} exchanges went wrong"
            f" (95 % interval of the rate: {low:.0%} to {high:.0%})"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
