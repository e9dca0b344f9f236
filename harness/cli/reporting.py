"""What `report` does with a report: show it, compare it with another, open it, serve it.

Owns: which of these was asked for, and the exit statuses. Must not know how a report looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from ..model import RequestError
from ..report import formats, schema
from ..report.difference import Differences
from ..report.difference_texts import markdown, show
from ..report.differences import compare
from ..report.pages import differences as page
from ..report.pages.fresh import page_of
from ..request import Request
from ..system.home import Home
from . import judging
from .browser import open_page
from .reports import file_of, shown
from .statuses import DONE, INTERRUPTED, MATCHED

COMPARISON = "comparison.html"
TERMINAL = "terminal"
# The names are those of ``report.formats``.
FORMS: Mapping[str, Callable[[Differences], str]] = {
    "markdown": markdown,
    "json": schema.json_of,
    "html": page.render,
}


def report(request: Request, out: Console, errors: Console) -> int:
    """Show the last report again, in the form that was asked for."""
    home = Home()
    if request.serve:
        return _serve(request, home, out, errors)
    if request.compare:
        return _compare(request, home, out, errors)
    if request.open:
        path = shown(request, home)
        last = schema.read(path)
        open_page(page_of(path), out, errors)
        return judging.exit_status(request, last)
    return judging.report(request, out)


def _compare(request: Request, home: Home, out: Console, errors: Console) -> int:
    """Say what differs between two reports, and write the page that says it."""
    wanted = {f"--write {file}": formats.format_of(file) for file in request.written}
    wanted["--format"] = request.format
    for flag, form in wanted.items():
        if form not in FORMS and form != TERMINAL:
            raise RequestError(f"{flag}: a comparison has no form {form}; give {', '.join(FORMS)}")
    before, after = (schema.read(file_of(name, home)) for name in request.compare)
    found = compare(before, after)
    path = home.folder("reports") / COMPARISON
    schema.write_text(path, page.render(found))
    for file in request.written:
        schema.write_text(Path(file), FORMS[formats.format_of(file)](found))
    if request.format in FORMS:
        out.file.write(FORMS[request.format](found))
    else:
        show(found, out)
    if request.open:
        open_page(path, errors, errors)
    elif request.format == TERMINAL:
        out.print(f"page: {path}", soft_wrap=True, markup=False)
    return _status(request, found)


def _status(request: Request, found: Differences) -> int:
    """1 if something is newly broken, or with ``any`` only worse; what was so before is not."""
    worse = {"broken": found.is_newly_breaking, "any": found.is_worse}
    return MATCHED if worse.get(request.fail_on) else DONE


def _serve(request: Request, home: Home, out: Console, errors: Console) -> int:
    """Serve the reports until the user stops it."""
    from ..report.live.server import serve

    def ready(url: str) -> None:
        out.print(url, soft_wrap=True, markup=False)
        out.file.flush()
        if request.open:
            open_page(url, errors, errors)

    serve(home, ready)
    errors.print("no longer served")
    return INTERRUPTED
