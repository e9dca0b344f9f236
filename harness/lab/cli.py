"""``python -m harness lab``: one exchange by hand, printed as a timeline, drawn, saved.

Owns what is done in which order. It must not know candidates or reports.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from . import flags, listing, saving, showing
from .children import ChildFailed
from .exchange import Exchange
from .kinds import SERVERS
from .observation import Observation
from .request import REQUESTS, HttpRequest
from .saving import BadFile
from .servers import serve
from .target import BadTarget, Target, from_environment, parse


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
    exchange.fetch(request, flags.PACES[pace])
    assert exchange.observation is not None  # fetch() has made one
    return exchange.observation


def _exchanges(args: argparse.Namespace) -> list[Observation]:
    """Make them. Raises ``BadTarget``, ``ChildFailed`` and ``OSError``."""
    request = REQUESTS[args.request].make(args.size)
    if args.keep_alive:
        request = request.but(close=False)
    with tempfile.TemporaryDirectory(prefix="wire-lab-") as scratch:
        target = _target(args, Path(scratch))
        with serve(SERVERS[args.server], target) as server:
            return [
                _observation(Exchange(server, args.link, args.client), request, args.pace)
                for _ in range(args.repeat)
            ]


def present(args: argparse.Namespace, seen: list[Observation]) -> int:
    """Show and save what was seen; 0, or 2 where it can not be saved."""
    if args.json:
        print("\n".join(each.to_json() for each in seen))
    else:
        showing.show(seen, sys.stdout, showing.drawable(sys.stdout))
    if not args.save:
        return 0
    if args.source:
        labels = [path.stem for path in args.source] if len(seen) > 1 else [""]
        sides = tuple(zip(labels, seen, strict=True))
    else:
        sides = (("", saving.worst(seen)),)
    try:
        saving.save(args.save, saving.Exhibit(sides))
    except BadFile as error:
        return refuse(str(error))
    which = f"the worst of {len(seen)}, " if len(sides) < len(seen) else ""
    words = " and ".join(each.headline() for _, each in sides)
    print(f"saved to {args.save}: {which}{words}", file=sys.stderr if args.json else sys.stdout)
    return 0


def received(into: Path) -> list[Observation]:
    """What the lab in a sandbox has seen. Raises ``OSError`` and ``msgspec.DecodeError``."""
    lines = into.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Observation) for line in lines]


def _observed(args: argparse.Namespace) -> list[Observation]:
    """What the flags ask for. Raises ``BadFile``, ``BadTarget``, ``ChildFailed``, ``OSError``."""
    if args.source:
        return [saving.load(path) for path in args.source]
    return _exchanges(args)


def main(argv: Sequence[str] | None = None) -> int:
    """Do what was asked for; 0 whatever was seen, 2 when it could not be done."""
    args = flags.parser().parse_args(argv)
    if args.list:
        print("\n".join(listing.lines()))
        return 0
    lacking = "" if args.source else flags.missing(args)
    if why := flags.wrong_with(args) or lacking:
        return refuse(why)
    try:
        seen = _observed(args)
    except BadFile as error:
        return refuse(str(error))
    except (BadTarget, ChildFailed, OSError) as error:
        return refuse(f"the lab could not be set up: {error}")
    if args.into:
        args.into.write_text("".join(f"{each.to_json()}\n" for each in seen), encoding="utf-8")
        return 0
    return present(args, seen)


def refuse(why: str) -> int:
    """Say why something can not be done; the exit status."""
    print(why, file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
