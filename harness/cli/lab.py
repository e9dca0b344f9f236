"""``lab``: one exchange by hand, on a tree of the user's choice.

Owns: which tree the lab's server runs from. Must not know links or clients; the lab
reads its own flags.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Console

from ..compare.plan import Planner
from ..jobs.worker import Worker
from ..lab import cli
from ..lab.kinds import SERVERS, ServerKind
from ..model import Ground, Job, Judgement, RequestError
from ..request import Request
from ..sources.provider import Provider
from ..suites import WIRE, regression
from ..system.cleaning import running
from ..upstreams import kind_of
from .session import Session

SECONDS = 300.0
HELP = """\
The server comes from a tree, as in `test`: --base UPSTREAM=SPEC, with --candidate
UPSTREAM/NAME or --patch FILE for a patched one. These are the lab's own flags:
"""


def help_text() -> str:
    """What stands below the workbench's flags in the help of `lab`."""
    return HELP + cli.flags()


def exchange(
    request: Request,
    words: Sequence[str],
    open_session: Callable[[Request], Session],
    out: Console,
) -> int:
    """Run the exchange in a job's sandbox and print its timeline; the lab's exit status."""
    kind = SERVERS.get(cli.server_of(words))
    if kind is None:
        return cli.main(words)  # it refuses a server that it does not know
    session = open_session(request)
    provider = session.provider
    job = _job(request, Planner(request, provider, session.catalog), provider, kind)
    with running(provider.home), provider.home.scratch("lab") as scratch:
        place, _ = Worker(provider).place(job, scratch)
        finished = regression.run_lab("harness.lab.cli", words, job, place, SECONDS)
    out.file.write(finished.stdout)
    return finished.status


def _job(request: Request, planner: Planner, provider: Provider, kind: ServerKind) -> Job:
    """The job in whose place the exchange runs: a base, or a candidate on it."""
    stacks = planner.stacks if request.candidates or request.patches or request.series else ()
    if len(stacks) > 1:
        raise RequestError("give one --candidate; a+b stacks two")
    ground = _ground(request, planner, provider, kind)
    trees = ground.trees
    for stack in stacks:
        made = planner.compare(stack, ground)
        if isinstance(made, Judgement):
            raise RequestError(f"{stack} does not apply: {'; '.join(made.problems)}")
        trees = made.patched_trees
    if kind.family == "control":
        trees = ()
    return Job(suite=WIRE, trees=trees, python=ground.python, labels=(kind.name,))


def _ground(request: Request, planner: Planner, provider: Provider, kind: ServerKind) -> Ground:
    """What the server runs on: its own upstream, and the interpreter that was named, if any."""
    families = {name: kind_of(each) for name, each in provider.projects.items()}
    own = [n for n, each in families.items() if each.LAB_FAMILY and not each.IS_INTERPRETER]
    pythons = [n for n, each in families.items() if each.LAB_FAMILY and each.IS_INTERPRETER]
    if any(kind.family == families[name].LAB_FAMILY for name in pythons):
        return _first(request, planner, pythons)
    ground = _first(request, planner, own)
    named = [name for name in pythons if request.bases.get(name)]
    return (
        planner.grounds.on_interpreter(ground, _first(request, planner, named)) if named else ground
    )


def _first(request: Request, planner: Planner, upstreams: Sequence[str]) -> Ground:
    for name in sorted(upstreams, key=lambda name: name not in request.bases):
        if request.specs(name):
            return planner.grounds.of_base(request.specs(name)[0], name)
    raise RequestError(f"the server needs a base: give --base {(*upstreams, 'UPSTREAM')[0]}=SPEC")
