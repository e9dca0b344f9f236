"""What `bisect` and `history` print and write.

Owns: their output and exit statuses. Must not know how anything was found out.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from rich.console import Console

from ..catalog import tickets
from ..catalog.catalog import Catalog
from ..catalog.upstream import Upstream
from ..model import RequestError, Value
from ..report import culprits, histories, passing, schema, searches, suspects
from ..report.pages import heatmaps, searched, suspected
from ..request import Request
from ..search import bisect as search
from ..search import culprit
from ..search.history import histories_of
from ..search.passing import passing_of
from ..search.suspect import trial_of
from ..suites import PROMISES
from . import stepsummary
from .session import Session
from .statuses import DONE, UNDONE


def bisect(request: Request, session: Session, out: Console, errors: Console) -> int:
    """Find where a test's behaviour changes, or whether a suspected commit did it."""
    if request.replay:
        return _replay(Path(request.replay), out)
    if request.suspect:
        return _suspect(request, session, out, errors)
    if not (request.good and request.bad):
        raise RequestError(search.HOW)
    if request.good == request.bad:
        raise RequestError(f"good and bad are both {request.good}; name two different states")
    upstream = culprit.upstream_of(request, session.catalog, session.provider)
    if not search.are_releases(request, upstream.name):
        return _commits(request, session, upstream, out, errors)
    found = search.bisection_of(request, session.catalog, session.provider, errors)
    searches.show(found.search, out)
    if found.hunks is not None and found.hunks.patch:
        searches.show_hunks(found.hunks.findings, found.hunks.hunks, found.hunks.patch, out)
    elif found.hunks is not None:
        searches.say(out, f"  but by no hunk of a text file in {found.hunks.prefix}")
    path = session.home.folder("reports") / "bisect.html"
    schema.write_text(path, _page(found, session, path.parent))
    out.print(f"report: {os.path.relpath(path)}", soft_wrap=True)
    out.print(f"log: {os.path.relpath(found.log)}", soft_wrap=True)
    if request.json:
        schema.write_text(Path(request.json), _json(found.search))
    return DONE


def _page(found: search.Bisection, session: Session, folder: Path) -> str:
    """The page of a search of releases."""
    needed, said = found.hunks, ""
    if needed is not None and needed.patch:
        said = searches.hunks_line(needed.findings, needed.hunks)
    elif needed is not None:
        said = f"By no hunk of a text file in {needed.prefix}."
    return searched.of_releases(
        found.search,
        session.home.root,
        folder,
        patch=needed.patch if needed is not None else "",
        hunks=said,
        log=os.path.relpath(found.log, folder),
    )


def _commits(
    request: Request, session: Session, upstream: Upstream, out: Console, errors: Console
) -> int:
    report = culprit.culprits_of(request, session.provider, upstream, errors)
    culprits.show(report, out)
    folder = session.home.folder("reports")
    text = culprits.markdown(report)
    schema.write_text(folder / "bisect.md", text)
    stepsummary.append(lambda _: text, errors)
    for path in (folder / "bisect.json", *([Path(request.json)] if request.json else [])):
        schema.write_text(path, _json(report))
    log = culprit.log_of(report, session.home)
    page = searched.of_commits(report, session.home.root, folder, os.path.relpath(log, folder))
    schema.write_text(folder / "bisect.html", page)
    for name in ("bisect.html", "bisect.md", "bisect.json"):
        out.print(f"report: {os.path.relpath(folder / name)}", soft_wrap=True)
    out.print(f"log: {os.path.relpath(log)}", soft_wrap=True)
    return DONE if report.culprits else UNDONE


def history(request: Request, session: Session, out: Console, errors: Console) -> int:
    """Show how behaviours changed from release to release; 3 if a release is missing."""
    if request.tests:
        return _passing(request, session, out, errors)
    request = of_ticket(request, session.catalog)
    made = histories_of(request, session.provider, errors)
    for each in made:
        histories.show(each, out)
    folder = session.home.folder("reports")
    text = msgspec.json.format(msgspec.json.encode({"schema": 1, "histories": made}), indent=1)
    markdown = "\n".join(map(histories.markdown, made))
    schema.write_text(folder / "history.md", markdown)
    schema.write_text(folder / "history.html", heatmaps.of_behaviours(made))
    stepsummary.append(lambda _: markdown, errors)
    for path in (folder / "history.json", *([Path(request.json)] if request.json else [])):
        schema.write_text(path, text.decode())
    for name in ("history.html", "history.md", "history.json"):
        out.print(f"report: {os.path.relpath(folder / name)}", soft_wrap=True)
    return UNDONE if any(each.notes for each in made) else DONE


def of_ticket(request: Request, catalog: Catalog) -> Request:
    """The request with the promises that a ticket is about, and its upstreams, if it names one."""
    if not request.ticket or request.suites:
        return request
    found = [catalog.get(name) for name in tickets.candidates_of(catalog, request.ticket)[0]]
    named = [suite for each in found for suite in each.about.suites]
    suites = [suite for suite in named if suite.partition(":")[0] in PROMISES]
    if not suites:
        raise RequestError(
            f"--ticket {request.ticket}: its candidates name no suite of promises "
            f"({', '.join(PROMISES)}); name one with --suite"
        )
    others = {name: () for name in catalog.upstreams if name not in {c.upstream for c in found}}
    return msgspec.structs.replace(request, suites=(suites[0],), bases=others | dict(request.bases))


def _passing(request: Request, session: Session, out: Console, errors: Console) -> int:
    report = passing_of(request, session.catalog, session.provider, errors)
    passing.show(report, out)
    folder = session.home.folder("reports")
    text = passing.markdown(report)
    schema.write_text(folder / "history.md", text)
    schema.write_text(folder / "history.html", heatmaps.of_tests(report))
    stepsummary.append(lambda _: text, errors)
    for path in (folder / "history.json", *([Path(request.json)] if request.json else [])):
        schema.write_text(path, _json(report))
    for name in ("history.html", "history.md", "history.json"):
        out.print(f"report: {os.path.relpath(folder / name)}", soft_wrap=True)
    return UNDONE if report.notes else DONE


def _suspect(request: Request, session: Session, out: Console, errors: Console) -> int:
    report = trial_of(request, session.catalog, session.provider, errors)
    folder = session.home.folder("reports")
    paths = [folder / f"suspect-{report.commit[:10]}.{kind}" for kind in ("html", "md", "json")]
    text = suspects.markdown(report)
    schema.write_text(paths[0], suspected.page_of(report))
    schema.write_text(paths[1], text)
    stepsummary.append(lambda _: text, errors)
    for path in (paths[2], *([Path(request.json)] if request.json else [])):
        schema.write_text(path, _json(report))
    suspects.show(report, out)
    for path in paths:
        out.print(f"report: {os.path.relpath(path)}", soft_wrap=True)
    return UNDONE if report.notes else DONE


def _replay(path: Path, out: Console) -> int:
    kept = search.replayed(path)
    searches.show_probes(kept, out)
    searches.show(kept, out)
    return DONE


def _json(value: Value) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode()
