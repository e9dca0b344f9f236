"""The verbs: what each is for, and which function does it.

Owns: that table. Must not know how a verb does its work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich.console import Console

from ..request import Request
from ..system.cleaning import running
from . import cleaning, completion, judging, lab, measuring, patches, searching
from .parser import Command, parse
from .session import Session, open_session

Verb = Callable[[Request, Session, Console, Console], int]
LAB = "lab"

HELP: Mapping[str, str] = {
    "apply": "apply candidates to bases: which apply, cleanly or by three-way merge",
    "test": "run the suites on bases and candidates, and report what each patch breaks",
    "report": "show the last report again, as text, Markdown or JSON",
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
VERBS: Mapping[str, Verb] = {
    "apply": judging.apply,
    "test": judging.test,
    "bisect": searching.bisect,
    "history": searching.history,
    "bench": measuring.bench,
    "diffs": patches.diffs,
    "edit": patches.edit,
    "refresh": patches.refresh,
    "new": patches.new,
}


def read(argv: list[str]) -> Command:
    """The command that the words are. Raises ``RequestError`` if they are wrong."""
    return parse(argv, HELP, partly={LAB: lab.help_text()})


def do(command: Command, out: Console, errors: Console) -> int:
    """Do what was asked for and return the exit status.

    Results are printed on ``out``, progress on ``errors``.
    """
    request = command.request
    if request.verb == "report":
        return judging.report(request, out)
    if request.verb == "completion":
        return completion.show(request, HELP, out)
    if request.verb == LAB:
        return lab.exchange(request, command.rest, open_session, out)
    if request.verb == "clean":
        return cleaning.clean(request, out)
    session = open_session(request)
    # Nothing is taken from under a run.
    with running(session.home):
        return VERBS[request.verb](request, session, out, errors)
