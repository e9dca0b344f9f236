"""What `bench` measures.

Owns: which measurements, in which order, and keeping what came of each. Must not know how one
is made.
"""

from __future__ import annotations

import os
import platform
import shlex
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from rich.console import Console

from .. import __version__
from ..bench import (
    against,
    counting,
    culprits,
    curve,
    judging,
    noise,
    scale,
    scaling,
    searching,
    serving,
)
from ..compare.plan import Planner
from ..model import RequestError
from ..report import schema
from ..report.measurement import Measurement
from ..report.pages import measured
from ..request import Request
from .options import MEASURES, words
from .session import Session
from .statuses import DONE

# These take many minutes, and are measured only if asked for.
LONG = ("instructions", "curve", "culprits", "scale")
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
        child_words = words(child, but=("measure", "against"))
        _keep(lambda: against.run(child_words, request.against, session.home, out), session, out)
        return DONE

    def candidates(measure: Callable[..., Measurement]) -> Measurement:
        return measure(request, Planner(request, provider, catalog), provider, out, errors)

    if "judging" in wanted:
        narrowed = judging.narrowed(request, provider)
        plan = Planner(narrowed, provider, catalog).plan()
        # The child measures the same request, each part run once.
        child = msgspec.structs.replace(
            narrowed, verb="test", repeat=1, json="", written=(), cache=True
        )
        child_words = words(child, but=("measure",))
        _keep(lambda: judging.run(narrowed, plan, child_words, provider, out), session, out)
    if "noise" in wanted:
        _keep(lambda: noise.run(out), session, out)
    if "searching" in wanted:
        _keep(lambda: searching.run(session.home, request.jobs, out), session, out)
    if "serving" in wanted:
        _keep(lambda: candidates(serving.run), session, out)
    if "scaling" in wanted:
        _keep(lambda: scaling.run(session.home, out), session, out)
    if "scale" in wanted:
        child = msgspec.structs.replace(request, verb="test", json="", written=())
        child_words = words(child, but=("measure", "engine", "scheduler", "store"))
        _keep(lambda: scale.run(child_words, session.home, out), session, out)
    if "instructions" in wanted:
        _keep(lambda: candidates(counting.run), session, out)
    if "culprits" in wanted:
        _keep(lambda: _culprits(request, session, out, errors), session, out)
    if "curve" in wanted:
        _keep(lambda: candidates(curve.run), session, out)
    return DONE


def _keep(measure: Callable[[], Measurement], session: Session, out: Console) -> None:
    """Measure, and write what came of it, for programs and for people."""
    began = time.monotonic()
    made = measure()
    made = msgspec.structs.replace(
        made,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        workbench=__version__,
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        command=shlex.join(["python", "-m", "harness", *sys.argv[1:]]),
        seconds=round(time.monotonic() - began, 1),
    )
    path = session.home.folder("reports") / f"bench-{made.measure}.json"
    schema.write_json(path, made)
    schema.write_text(path.with_suffix(".html"), measured.page_of(made))
    for kept in (path.with_suffix(".html"), path):
        out.print(f"report: {os.path.relpath(kept)}", soft_wrap=True)


def _culprits(request: Request, session: Session, out: Console, errors: Console) -> Measurement:
    if not request.labelled or len(request.mirrors) != 1:
        raise RequestError(
            "culprits are measured on rows that know them, in a clone: give --labelled FILE and "
            "--mirror UPSTREAM=PATH"
        )
    (upstream,) = request.mirrors
    return culprits.run(request.labelled, upstream, request.select, session.provider, out, errors)
