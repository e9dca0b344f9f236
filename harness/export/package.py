"""The folder of one diff: the patch, the text for the pull request, checks, evidence.

Owns: what is in ``.workbench/diffs/<upstream>/<name>/``. Must not know how any of it
was found out. A folder is replaced as a whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ..model import Matrix, Value
from ..report import markdown, schema
from ..report.schema import Report
from ..system.home import Home
from ..trees.repository import safe
from . import pull_request, stale
from .checks.news import BlurbReply
from .gate import Checked
from .pull_request import Contents
from .squash import write_patch

CHECKS = "checks.json"
TEXT = "PULL_REQUEST.md"


class ChecksFile(Value, frozen=True):
    """``checks.json``: whether the diff is ready, and every check."""

    name: str
    ready: bool
    stale: tuple[str, ...]
    checks: tuple[Checked, ...]
    left_to_the_sender: tuple[str, ...] = ()


def folder_of(home: Home, name: str) -> Path:
    """Where the diff of that candidate is, or will be."""
    upstream, _, own = name.partition("/")
    return home.root / "diffs" / upstream / safe(own)


def existing(home: Home) -> Iterator[Path]:
    """The folders of all diffs that were written before."""
    yield from sorted(path.parent for path in (home.root / "diffs").glob(f"*/*/{CHECKS}"))


def write(home: Home, contents: Contents, range_diff: str, entry: BlurbReply | None) -> Path:
    """Write everything of one diff and return its folder."""
    target = folder_of(home, contents.squashed.name)
    with home.scratch("diff") as scratch:
        new = scratch / "diff"
        evidence = new / stale.FILE.parent
        evidence.mkdir(parents=True)
        if contents.squashed.mail:
            write_patch(contents.squashed, new)
        _text(new / TEXT, pull_request.render(contents))
        _json(new / CHECKS, _checks(contents))
        schema.write(contents.report, evidence / "report.json")
        _text(evidence / "report.md", markdown.render(contents.report))
        _json(evidence / "red-green.json", contents.proof)
        _json(new / stale.FILE, contents.made)
        if range_diff:
            _text(evidence / "range-diff.txt", range_diff.rstrip() + "\n")
        if entry is not None:
            place = new / "news" / entry.path
            place.parent.mkdir(parents=True)
            _text(place, entry.text)
        with home.lock(f"diff-{contents.squashed.name}"):
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                os.rename(target, scratch / "old")
            shutil.move(new, target)
    return target


def mark_stale(folder: Path, reasons: list[str]) -> None:
    """Say in a folder that its evidence is of the past: it is not ready any more."""
    kept = msgspec.json.decode((folder / CHECKS).read_bytes(), type=ChecksFile)
    if tuple(reasons) == kept.stale:
        return
    _json(folder / CHECKS, msgspec.structs.replace(kept, ready=False, stale=tuple(reasons)))
    title, _, text = (folder / TEXT).read_text("utf-8").partition("\n")
    notice = "".join(f"> **Stale, not ready:** {each}.\n" for each in reasons)
    text = "\n".join(line for line in text.lstrip("\n").split("\n") if not line.startswith("> **S"))
    _text(folder / TEXT, f"{title}\n\n{notice}\n{text.lstrip()}")


def only(report: Report, name: str) -> Report:
    """The part of a report that is about one candidate."""
    candidates = tuple(each for each in report.candidates if each.name == name)
    grounds = {each.base for each in candidates}
    return msgspec.structs.replace(
        report,
        candidates=candidates,
        bases=tuple(b for b in report.bases if any(_in(b, ground) for ground in grounds)),
        controls=tuple(each for each in report.controls if each.base in grounds),
        matrices=tuple(_column(m, name) for m in report.matrices if m.ground in grounds),
    )


def _in(base: schema.BaseLine, ground: str) -> bool:
    return f"{base.upstream} {base.version}" in ground.split(" on ")


def _column(matrix: Matrix, name: str) -> Matrix:
    """The base, the candidate, and the control group."""
    kept = [
        i
        for i, column in enumerate(matrix.columns)
        if i == 0 or column == name or column in matrix.control
    ]
    rows = tuple(
        msgspec.structs.replace(row, cells=tuple(row.cells[i] for i in kept)) for row in matrix.rows
    )
    columns = tuple(matrix.columns[i] for i in kept)
    return msgspec.structs.replace(matrix, columns=columns, rows=rows)


def _checks(contents: Contents) -> ChecksFile:
    left = tuple(pull_request.left_to_the_sender(contents.squashed))
    return ChecksFile(
        name=contents.squashed.name,
        ready=contents.ready,
        stale=tuple(contents.stale),
        checks=tuple(contents.checks),
        left_to_the_sender=left,
    )


def _json(path: Path, value: Value) -> None:
    _text(path, msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def _text(path: Path, text: str) -> None:
    schema.write_text(path, text)
