"""What `bench` measures.

Owns: which measurements, in which order. Must not know how one is made.
"""

from __future__ import annotations

import msgspec
from rich.console import Console

from ..bench import against, counting, culprits, curve, judging, noise, scaling, searching, serving
from ..compare.plan import Planner
from ..model import RequestError
from ..request import Request
from .options import MEASURES, words
from .session import Session
from .statuses import DONE

# These take many minutes, and are measured only if asked for.
LONG = ("instructions", "curve", "culprits")
# It takes a run of `test` to begin with.
AFTERWARDS = ("scaling",)


def bench(request: Request, session: Session, out: Console, errors: Console) -> int:
    """Measure the workbench against what one would do by hand, and what candidates cost."""
    usual = (
        ("serving",)
        if request.candidates
        else tuple(measure for measure in MEASURES if measure not in (*LONG, *AFTERWARDS))
    )
    wanted = request.measure or usual
    provider, catalog = session.provider, session.catalog
    if request.against:
        child = msgspec.structs.replace(request, verb="test", json="", written=())
        against.run(words(child, but=("measure", "against")), request.against, session.home, out)
        return DONE
    if "judging" in wanted:
        narrowed = judging.narrowed(request, provider)
        plan = Planner(narrowed, provider, catalog).plan()
        # The child measures the same request, each part run once.
        child = msgspec.structs.replace(
            narrowed, verb="test", repeat=1, json="", written=(), cache=True
        )
        judging.run(narrowed, plan, words(child, but=("measure",)), provider, out)
        noise.run(out)
    if "searching" in wanted:
        searching.run(session.home, request.jobs, out)
    if "serving" in wanted:
        serving.run(request, Planner(request, provider, catalog), provider, out, errors)
    if "scaling" in wanted:
        scaling.run(session.home, out)
    if "instructions" in wanted:
        counting.run(request, Planner(request, provider, catalog), provider, out, errors)
    if "culprits" in wanted:
        _culprits(request, session, out, errors)
    if "curve" in wanted:
        curve.run(request, Planner(request, provider, catalog), provider, out, errors)
    return DONE


def _culprits(request: Request, session: Session, out: Console, errors: Console) -> None:
    if not request.labelled or len(request.mirrors) != 1:
        raise RequestError(
            "culprits are measured on rows that know them, in a clone: give --labelled FILE and "
            "--mirror UPSTREAM=PATH"
        )
    (upstream,) = request.mirrors
    culprits.run(request.labelled, upstream, request.select, session.provider, out, errors)
