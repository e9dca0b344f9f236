"""What `matrix` prints and writes.

Owns: its output and exit statuses. Must not know how a grid is judged.
"""

from __future__ import annotations

import os
import shlex
import sys
from functools import partial

from rich.console import Console
from rich.markup import escape

from .. import __version__
from ..compare.grid.run import GridRun, grid_of
from ..compare.judging import Stopped
from ..report import github, grids, schema
from ..report.live import telling
from ..report.pages import grid as page
from ..request import Request
from ..system import runlog
from . import judging, stepsummary
from .reports import keep_previous
from .session import Session
from .statuses import DONE

WHOLE, PARTIAL = "report.json", "partial.json"
PAGE = "matrix.html"


def matrix(request: Request, session: Session, out: Console, errors: Console) -> int:
    """Judge candidates on several releases and Pythons, and report it as a table."""
    if request.plan:
        with grid_of(request, session.provider, session.catalog, errors) as run:
            _show_plan(run, out)
        return DONE
    command = shlex.join(["python", "-m", "harness", *sys.argv[1:]])
    with runlog.opened(session.home, command, __version__) as log:
        try:
            with grid_of(request, session.provider, session.catalog, errors, log) as run:
                _show_plan(run, out)
                found = run.go()
        except Stopped as stopped:
            _write(stopped.report, request, session, out, PARTIAL)
            stepsummary.append(partial(github.render, stopped.report), errors)
            telling.end(log, stopped.report, PARTIAL)
            raise
        keep_previous(session.home)
        _write(found, request, session, out, WHOLE)
        stepsummary.append(partial(github.render, found), errors)
        telling.end(log, found, WHOLE)
    return judging.exit_status(request, found)


def _show_plan(run: GridRun, out: Console) -> None:
    order = [(spot.name, chosen.telling) for spot, chosen in run.order()]
    grids.show_plan(run.cells(), order, run.forecast(), out)
    out.file.flush()


def _write(
    report: schema.Report, request: Request, session: Session, out: Console, name: str
) -> None:
    path = session.home.folder("reports") / PAGE
    judged = session.home.folder("reports") / name
    schema.write_text(path, page.render_page(report, judged.with_suffix(".html").name))
    judging.write(report, request, session, out, name)
    out.print(f"report: {escape(os.path.relpath(path))}", soft_wrap=True)
