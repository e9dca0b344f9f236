"""From the words of a command line to a request, and what is wrong with a wrong word.

Owns: argparse. Must not know a flag by its name: they are all in ``options``.
"""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn

from ..catalog import tickets
from ..model import RequestError
from ..request import Request
from ..system.home import PROJECT
from .options import BASE, CHOOSING, NAMING, NONE, OPTIONS, SHELLS, Option

PROGRAM = "python -m harness"
OWN_FOLDER = PROJECT / "patches"


class Command(NamedTuple):
    """A command line that was read: the request, and words that are for somebody else."""

    request: Request
    rest: tuple[str, ...]


class _Parser(argparse.ArgumentParser):
    """Argparse with errors of one line, raised instead of printed."""

    def error(self, message: str) -> NoReturn:
        raise RequestError(f"{message}; see `{self.prog} --help`")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Argparse lists every choice; people look for the one that they meant."""
        if action.choices is not None and value not in action.choices:
            raise argparse.ArgumentError(action, _not_among(value, list(action.choices)))


def upstreams_in(folder: Path) -> list[str]:
    """The upstreams that have a flag of their own: those of a folder, and the workbench's."""
    places = (*OWN_FOLDER.glob("*/upstream.toml"), *folder.glob("*/upstream.toml"))
    taken = {option.flag for option in OPTIONS}
    names = sorted({path.parent.name for path in places})
    return [name for name in names if f"--{name}" not in taken]


def parser_for(
    verbs: Mapping[str, str],
    folder: Path = OWN_FOLDER,
    partly: Mapping[str, str] = MappingProxyType({}),
    shown: bool = False,
) -> argparse.ArgumentParser:
    """The parser of every verb; ``shown`` makes one for completion.

    A verb's own parser takes what other verbs use as well, and does not show it. ``partly``
    has what else stands in the help of verbs that have flags of their own.
    """
    parser = _Parser(
        prog=PROGRAM,
        description="Judge patches for Django, CPython and projects under pytest.",
        allow_abbrev=False,
    )
    below = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=_Parser)
    for verb, text in verbs.items():
        own = below.add_parser(
            verb,
            help=text,
            description=f"{text[0].upper()}{text[1:]}.",
            epilog=partly.get(verb),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if verb in NAMING:
            own.add_argument("name", nargs="?", metavar="NAME", help="UPSTREAM/NAME of a candidate")
        if verb == "clean":
            own.add_argument("folders", nargs="*", metavar="FOLDER", help="what to remove")
        if verb == "completion":
            own.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))
        strict = shown or verb in partly
        for option in OPTIONS:
            _add(own, option, verb, strict)
            if option is BASE:
                for upstream in upstreams_in(folder):
                    _add(own, _short_for(upstream), verb, strict)
    return parser


def parse(
    argv: Sequence[str],
    verbs: Mapping[str, str],
    partly: Mapping[str, str] = MappingProxyType({}),
) -> Command:
    """Read the command line. Raises ``RequestError`` for what is wrong in itself.

    Verbs that are in ``partly`` have flags of their own beside the workbench's: what is
    not known is given back.
    """
    folder = _folder(argv)
    known, rest = parser_for(verbs, folder, partly).parse_known_args(list(argv))
    if rest and known.verb not in partly:
        _refuse(rest[0], known, verbs, folder)
    return Command(_request(known, folder), tuple(rest))


def _add(parser: argparse.ArgumentParser, option: Option, verb: str, strict: bool) -> None:
    """Add a flag to a verb; ``strict`` leaves out what the verb does not use."""
    uses = verb in option.verbs
    if not uses and (option.only or strict):
        return
    if not option.takes:
        parser.add_argument(
            option.flag,
            dest=option.flag,
            action="store_true",
            help=option.text_for(verb) if uses else argparse.SUPPRESS,
        )
        return
    default, text = option.default, option.text_for(verb)
    if default and not option.many:
        text = f"{text} ({default})"
    takes_several = verb in option.several
    parser.add_argument(
        option.flag,
        dest=option.flag,
        metavar=option.metavar,
        action="extend" if takes_several else "append",
        nargs="+" if takes_several else option.together or None,
        choices=option.choices or None,
        help=text if uses else argparse.SUPPRESS,
    )


def _short_for(upstream: str) -> Option:
    text = f"short for --base {upstream}=SPEC"
    return BASE._replace(flag=f"--{upstream}", help=text, metavar="SPEC", read=str, meanings={})


def _folder(argv: Sequence[str]) -> Path:
    """The folder of candidates: it decides which upstreams have a flag of their own."""
    early = _Parser(add_help=False, allow_abbrev=False)
    early.add_argument("--patches", default="")
    known, _ = early.parse_known_args([word for word in argv if word not in ("-h", "--help")])
    return Path(known.patches) if known.patches else OWN_FOLDER


def _request(known: argparse.Namespace, folder: Path) -> Request:
    given = vars(known)
    fields: dict[str, Any] = {"verb": known.verb}
    fields |= {name: given[name] for name in ("name", "shell") if given.get(name)}
    fields["folders"] = tuple(given.get("folders") or ())
    bases: dict[str, list[str]] = {}
    for option in OPTIONS:
        values = given.get(option.flag)
        if not values:
            continue
        if not option.takes:
            fields[option.field] = option.constant
            continue
        if option.together:
            fields[option.field] = tuple(map(option.read, values[-1]))
            continue
        read = [option.read(text) for text in values]
        if option.plural and known.verb in option.several:
            fields[option.plural] = tuple(dict.fromkeys(read))
            continue
        if option is BASE:
            for name, text in read:
                bases.setdefault(name, []).append(text)
        elif isinstance(option.default, dict):
            fields[option.field] = dict(read)
        else:
            fields[option.field] = tuple(dict.fromkeys(read)) if option.many else read[-1]
    for upstream in upstreams_in(folder):
        for text in given.get(f"--{upstream}") or ():
            bases.setdefault(upstream, []).append(text)
    fields["bases"] = {
        name: tuple(dict.fromkeys(text for text in texts if text != NONE))
        for name, texts in bases.items()
    }
    if fields.get("scheduler"):
        fields.setdefault("engine", "dask")
    request = Request(**fields)
    _check(request)
    return request


def _check(request: Request) -> None:
    """What takes two fields to see."""
    if request.verb in NAMING and not request.name:
        raise RequestError(f"{request.verb} needs a name: {request.verb} django/my-fix")
    if request.verb == "new" and tickets.read(request.ticket) is None:
        raise RequestError(f"new needs the ticket's number: new {request.name} --ticket 32472")
    if request.verb in CHOOSING and request.ticket and request.is_named:
        raise RequestError("--ticket chooses candidates; leave it out where you name them")
    if request.serve and (request.compare or request.json):
        raise RequestError("--serve shows the reports of the workbench's folder, and no others")
    if request.compare and request.json:
        raise RequestError("--compare names its two reports; leave --json out")
    if request.scheduler and request.engine != "dask":
        raise RequestError(f"--scheduler is for --engine dask, not {request.engine}")
    if request.verb == "clean" and request.everything and request.older_than:
        raise RequestError("clean takes --all or --older-than, not both")


def _refuse(
    word: str, known: argparse.Namespace, verbs: Mapping[str, str], folder: Path
) -> NoReturn:
    """Say what is wrong with a word that no flag of the verb takes."""
    flag = word.partition("=")[0]
    own = {f"--{name}" for name in upstreams_in(folder)}
    for option in OPTIONS:
        if option.flag == flag:
            *some, last = (f"`{verb}`" for verb in option.verbs if verb in verbs)
            users = f"{', '.join(some)} and {last}" if some else last
            raise RequestError(f"{flag} is for {users}, not for `{known.verb}`")
    if not flag.startswith("-"):
        hint = f"did you mean --candidate {word}?" if "/" in word else f"{word!r} is no flag"
        raise RequestError(f"{known.verb} takes no name; {hint}")
    flags = [option.flag for option in OPTIONS]
    near = difflib.get_close_matches(flag, [*flags, *own], 1)
    hint = f"did you mean {near[0]}?" if near else f"see `{PROGRAM} {known.verb} --help`"
    raise RequestError(f"unknown flag {flag}; {hint}")


def _not_among(value: object, choices: Sequence[str]) -> str:
    near = difflib.get_close_matches(str(value), choices, 1)
    hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(choices)}"
    return f"invalid choice: {value!r}; {hint}"
