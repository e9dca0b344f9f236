"""The job in whose place an exchange of `lab` runs: its server's tree and interpreter.

Owns: which tree the lab's server runs from. Must not know links or clients.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ..compare.plan import Planner
from ..jobs.worker import Worker
from ..lab import cli, flags
from ..lab.captures.recording import Captured, received
from ..lab.kinds import ServerKind
from ..lab.observation import Observation
from ..model import Ground, Job, Judgement, RequestError, WorkbenchError
from ..request import Request
from ..sources.provider import Provider
from ..suites import WIRE, regression
from ..system.cleaning import running
from ..system.processes import ProcessResult
from ..upstreams import kind_of
from .session import Session

SECONDS = 300.0


def run(
    request: Request, words: Sequence[str], session: Session, kind: ServerKind, packets: bool
) -> tuple[ProcessResult, list[Observation], Captured | None]:
    """Run the lab's command line with these words in a job's sandbox; what it saw, nothing
    where it did not do its part, and its ``packets``, if they are wanted.

    Raises ``RequestError``, and ``WorkbenchError`` where what came out of the sandbox is none
    of the lab's."""
    provider = session.provider
    job = _job(request, Planner(request, provider, session.catalog), provider, kind)
    with running(provider.home), provider.home.scratch("lab") as scratch:
        place, _ = Worker(provider).place(job, scratch)
        into = place.folder("lab") / "exchanges.jsonl"
        kept = place.folder("lab") / "packets" if packets else None
        inside = flags.within(words, into, kept)
        finished = regression.run_lab("harness.lab.cli", inside, job, place, SECONDS, packets)
        if not finished.ok:
            return finished, [], None
        try:
            return finished, cli.received(into), received(kept) if kept else None
        except (OSError, msgspec.DecodeError) as error:
            raise WorkbenchError(f"the lab left no exchange: {error}") from error


def _job(request: Request, planner: Planner, provider: Provider, kind: ServerKind) -> Job:
    """The job in whose place the exchange runs: a base, or a candidate on it."""
    stacks = planner.stacks if request.is_named else ()
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
