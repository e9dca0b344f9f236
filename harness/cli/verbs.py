"""The verbs: what each is for, and which function does it.

Owns: that table. Must not know how a verb does its work. What does it is imported when the
verb is asked for: help and mistakes are answered before most of the workbench is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, cast

from rich.console import Console

from ..request import Request
from .parser import Command, parse

if TYPE_CHECKING:
    from .session import Session

Verb = Callable[[Request, "Session", Console, Console], int]
LAB = "lab"

HELP: Mapping[str, str] = {
    "apply": "apply candidates to bases: which apply, cleanly or by three-way merge",
    "test": "run the suites on bases and candidates, and report what each patch breaks",
    "matrix": "judge candidates on many releases and Pythons, the most telling cells first",
    "impact": "what a patch of an interpreter breaks in the projects that stand on it",
    "report": "show the last report again in any form, compare two, open or serve them",
    "bisect": "find where a test's behaviour changes, or try a suspected commit",
    "history": "behaviour by release, and the first release that has each change",
    "bench": "measure the workbench against a plain loop that does the same work",
    "diffs": "write diffs that can be sent upstream, with their proof; say which are ready",
    "edit": "print the folder in which a candidate's commits can be worked on",
    "refresh": "write the commits of that folder back to patches/",
    "new": "make the skeleton of a candidate",
    LAB: "one exchange between a server and a client by hand, printed as a timeline",
    "clean": "show what the workbench keeps, and how much; remove what is old",
    "completion": "print the completion script of a shell",
}
# In which module of this package each is a function of its own name.
VERBS: Mapping[str, str] = {
    "apply": "judging",
    "test": "judging",
    "matrix": "gridding",
    "impact": "impact",
    "bisect": "searching",
    "history": "searching",
    "bench": "measuring",
    "diffs": "patches",
    "edit": "patches",
    "refresh": "patches",
    "new": "patches",
}


def read(argv: list[str]) -> Command:
    """The command that the words are. Raises ``RequestError`` if they are wrong."""
    partly = {}
    if LAB in argv:
        from .lab import help_text

        partly[LAB] = help_text()
    return parse(argv, HELP, partly=partly)


def function_of(verb: str) -> Verb:
    """What does a verb of ``VERBS``."""
    return cast(Verb, getattr(import_module(f".{VERBS[verb]}", __package__), verb))


def _session(request: Request) -> Session:
    from .session import open_session

    return open_session(request)


def do(command: Command, out: Console, errors: Console) -> int:
    """Do what was asked for and return the exit status.

    Results are printed on ``out``, progress on ``errors``.
    """
    request = command.request
    if request.verb == "report":
        from .reporting import report

        return report(request, out, errors)
    if request.verb == "completion":
        from .completion import show

        return show(request, HELP, out)
    if request.verb == LAB:
        from .lab import exchange

        return exchange(request, command.rest, _session, errors)
    from ..system.cleaning import running
    from .session import open_session

    if request.verb == "clean":
        from .cleaning import clean

        return clean(request, out)
    session = open_session(request)
    # Nothing is taken from under a run.
    with running(session.home):
        return function_of(request.verb)(request, session, out, errors)
