"""``python -m harness lab``: one exchange by hand, printed as a timeline, drawn, saved.

Owns what is done in which order. It must not know candidates or reports.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from .captures.recording import Captured, Recording


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


def _observation(
    exchange: Exchange, request: HttpRequest, pace: str, recording: Recording | None
) -> Observation:
    if recording is not None:
        recording.begin(exchange)
    exchange.fetch(request, flags.PACES[pace])
    assert exchange.observation is not None  # fetch() has made one
    if recording is not None:
        recording.end(exchange, request)
    return exchange.observation


def _exchanges(args: argparse.Namespace) -> tuple[list[Observation], Captured | None]:
    """Make them, and save their packets if they are wanted. Raises ``BadTarget``,
    ``ChildFailed`` and ``OSError``."""
    request = REQUESTS[args.request].make(args.size)
    if args.keep_alive:
        request = request.but(close=False)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wire-lab-")))
        recording: Recording | None = None
        if args.packets or flags.wants_packets(args):
            from .captures.recording import recorded

            # Before the server starts: after this, nobody here may capture any more.
            recording = stack.enter_context(recorded())
        server = stack.enter_context(serve(SERVERS[args.server], _target(args, scratch)))
        made = [
            _observation(Exchange(server, args.link, args.client), request, args.pace, recording)
            for _ in range(args.repeat)
        ]
        return made, recording.captured() if recording is not None else None


def present(
    args: argparse.Namespace, seen: list[Observation], captured: Captured | None = None
) -> int:
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
        saving.save(args.save, saving.Exhibit(sides, captured.content if captured else b""))
    except BadFile as error:
        return refuse(str(error))
    which = f"the worst of {len(seen)}, " if len(sides) < len(seen) else ""
    words = " and ".join(each.verdict or each.headline() for _, each in sides)
    if captured is not None:
        which, words = "", captured.words
    print(f"saved to {args.save}: {which}{words}", file=sys.stderr if args.json else sys.stdout)
    return 0


def received(into: Path) -> list[Observation]:
    """What the lab in a sandbox has seen. Raises ``OSError`` and ``msgspec.DecodeError``."""
    lines = into.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Observation) for line in lines]


def _observed(args: argparse.Namespace) -> tuple[list[Observation], Captured | None]:
    """What the flags ask for. Raises ``BadFile``, ``BadTarget``, ``ChildFailed``, ``OSError``."""
    if args.source:
        return [saving.load(path) for path in args.source], None
    if args.read:
        from .captures.reading import told

        return told(args.read, args.port, sys.stderr), None
    return _exchanges(args)


def main(argv: Sequence[str] | None = None) -> int:
    """Do what was asked for; 0 whatever was seen, 2 when it could not be done."""
    args = flags.parser().parse_args(argv)
    if args.list:
        print("\n".join(listing.lines()))
        return 0
    lacking = "" if args.source or args.read else flags.missing(args)
    if why := flags.wrong_with(args) or lacking:
        return refuse(why)
    try:
        seen, captured = _observed(args)
    except BadFile as error:
        return refuse(str(error))
    except (BadTarget, ChildFailed, OSError) as error:
        return refuse(f"the lab could not be set up: {error}")
    if args.into:
        args.into.write_text("".join(f"{each.to_json()}\n" for each in seen), encoding="utf-8")
        if args.packets and captured:
            args.packets.write_bytes(msgspec.msgpack.encode(captured))
        return 0
    return present(args, seen, captured)


def refuse(why: str) -> int:
    """Say why something can not be done; the exit status."""
    print(why, file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
