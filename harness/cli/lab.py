"""``python -m harness lab``: one exchange by hand, on a tree of the user's choice.

Owns: which tree the lab's server runs from. Must not know servers, links or
clients; the lab reads its own flags.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from rich.console import Console

from ..catalog.catalog import Catalog
from ..compare.plan import Ground, Planner
from ..jobs.worker import Worker
from ..lab import cli
from ..lab.servers import SERVERS, ServerKind
from ..model import Job, Judgement, RequestError
from ..request import Request
from ..sources.provider import DEFAULT, Supply
from ..suites import regression
from ..system.home import PROJECT
from . import arguments

Parts = Callable[[Request], tuple[Catalog, Supply]]

MINE = ("--django", "--cpython", "--candidate", "--patch", "--python", "--mirror", "--patches")
SECONDS = 300.0
HELP = """\
Runs one exchange between a server and a client over a link, and prints what was seen.
The server comes from a tree: --django SPEC, --cpython SPEC, with --candidate UPSTREAM/NAME
or --patch FILE for a patched one. These are the lab's own flags:
"""


def split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The workbench's own flags, and those that are for the lab."""
    mine: list[str] = []
    theirs: list[str] = []
    rest = iter(words)
    for word in rest:
        if word.partition("=")[0] not in MINE:
            theirs.append(word)
        elif "=" in word:
            mine.append(word)
        else:
            mine += [word, next(rest, "")]
    return mine, theirs


def run(words: Sequence[str], parts: Parts, out: Console) -> int:
    """Run the exchange in a job's sandbox and print its timeline; the lab's exit status."""
    mine, theirs = split(words)
    server = _value(theirs, "--server", "runserver")
    kind = SERVERS.get(server)
    request = arguments.parse(["test", "--suite", "regression", *mine], {"test": ""})
    catalog, supply = parts(request)
    if {"--help", "-h"} & set(theirs) or kind is None:
        # The lab explains its flags, and refuses a server that it does not know.
        out.print(HELP, markup=False, highlight=False)
        return cli.main(theirs)
    job = _job(request, Planner(request, supply, catalog), kind)
    with supply.home.scratch("lab") as scratch:
        place, _ = Worker(supply).place(job, scratch)
        target = scratch / "target.json"
        target.write_bytes(regression.target_of(job, place).to_json())
        env = place._replace(python_path=()).environment(PROJECT)
        seeing = place._replace(readable=(*place.readable, PROJECT / "harness"))
        argv = [sys.executable, "-m", "harness.lab.cli", *theirs, "--target", str(target)]
        finished = seeing.run(argv, cwd=place.folder("cwd"), env=env, deadline=SECONDS)
    out.file.write(finished.stdout)
    return finished.status


def _job(request: Request, planner: Planner, kind: ServerKind) -> Job:
    """The job in whose place the exchange runs: a base, or a candidate on it."""
    names = planner.names if request.candidates or request.patches else []
    if len(names) > 1:
        raise RequestError("give one --candidate; a+b stacks two")
    ground = _ground(request, planner, kind)
    trees = ground.trees
    for name in names:
        made = planner.compare(name, ground)
        if isinstance(made, Judgement):
            raise RequestError(f"{name} does not apply: {'; '.join(made.problems)}")
        trees = made.patched_trees
    if kind.family == "control":
        trees = ()
    return Job(suite="regression", trees=trees, python=ground.python, labels=(kind.name,))


def _ground(request: Request, planner: Planner, kind: ServerKind) -> Ground:
    if kind.family == "stdlib":
        return planner.cpython_ground(request.cpython[0])
    django = planner.django_ground(request.django[0])
    if request.cpython == (DEFAULT,):
        return django
    cpython = planner.cpython_ground(request.cpython[0])
    return Ground((*django.trees, *cpython.trees), cpython.python, ())


def _value(words: Sequence[str], flag: str, default: str) -> str:
    for index, word in enumerate(words):
        if word == flag and index + 1 < len(words):
            return words[index + 1]
        if word.startswith(f"{flag}="):
            return word.partition("=")[2]
    return default
