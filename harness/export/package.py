"""The folder of one diff: the patch, the text for the pull request, checks, evidence.

Owns: what is in ``.workbench/diffs/<upstream>/<name>/``. Must not know how any of it
was found out. A folder is replaced as a whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from ..model import BaseName, Matrix, Stack, Value
from ..report import markdown, schema
from ..report.schema import Report
from ..system.home import Home
from ..trees.repository import safe
from . import pull_request
from .checks.news import BlurbReply
from .gate import CheckResult
from .provenance import FILE as PROVENANCE
from .pull_request import Contents
from .squash import write_patch

CHECKS = "checks.json"
TEXT = "PULL_REQUEST.md"


class ChecksFile(Value, frozen=True):
    """``checks.json``: whether the diff is ready, why it is stale, and every check."""

    name: str
    ready: bool
    stale: tuple[str, ...]
    checks: tuple[CheckResult, ...]
    left_to_the_sender: tuple[str, ...] = ()


def folder_of(home: Home, stack: Stack) -> Path:
    """Where the diff of that stack is, or will be."""
    own = "+".join(name.name for name in stack.names)
    return home.root / "diffs" / stack.upstreams[0] / safe(own)


def folders(home: Home) -> Iterator[Path]:
    """The folders of all diffs that were written before."""
    yield from sorted(path.parent for path in (home.root / "diffs").glob(f"*/*/{CHECKS}"))


def write(home: Home, contents: Contents, range_diff: str, entry: BlurbReply | None) -> Path:
    """Write everything of one diff and return its folder, which is replaced in one step.

    ``range_diff`` may be empty; ``entry`` is a news entry that the diff still lacks.
    """
    target = folder_of(home, contents.squashed.name)
    with home.scratch("diff") as scratch:
        new = scratch / "diff"
        evidence = new / PROVENANCE.parent
        evidence.mkdir(parents=True)
        if contents.squashed.mail:
            write_patch(contents.squashed, new)
        _write_text(new / TEXT, pull_request.render(contents))
        _write_json(new / CHECKS, _checks_file(contents))
        schema.write(contents.report, evidence / "report.json")
        _write_text(evidence / "report.md", markdown.render(contents.report))
        _write_json(evidence / "red-green.json", contents.proof)
        _write_json(evidence / "mutants.json", contents.mutation)
        _write_json(new / PROVENANCE, contents.made)
        if range_diff:
            _write_text(evidence / "range-diff.txt", range_diff.rstrip() + "\n")
        if entry is not None:
            place = new / "news" / entry.path
            place.parent.mkdir(parents=True)
            _write_text(place, entry.text)
        with home.lock(f"diff-{contents.squashed.name}"):
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                os.rename(target, scratch / "old")
            shutil.move(new, target)
    return target


def mark_stale(folder: Path, reasons: Sequence[str]) -> None:
    """Say in a diff's folder why its evidence is of the past: it is not ready any more."""
    kept = msgspec.json.decode((folder / CHECKS).read_bytes(), type=ChecksFile)
    if tuple(reasons) == kept.stale:
        return
    text = (folder / TEXT).read_text("utf-8").removeprefix(_notice(kept.stale))
    _write_text(folder / TEXT, _notice(reasons) + text)
    marked = msgspec.structs.replace(kept, ready=False, stale=tuple(reasons))
    _write_json(folder / CHECKS, marked)


def _notice(reasons: Sequence[str]) -> str:
    """What stands above everything else in the text of a stale diff; nothing for none."""
    lines = (f"> **Stale, not ready:** {each}.\n" for each in reasons)
    return "".join([*lines, "\n"]) if reasons else ""


def part_about(report: Report, stack: Stack) -> Report:
    """The part of a report that is about one stack, on the grounds it was judged on."""
    candidates = tuple(each for each in report.candidates if each.stack == stack)
    grounds = {each.ground for each in candidates}
    bases = {base for ground in grounds for base in ground}
    return msgspec.structs.replace(
        report,
        candidates=candidates,
        bases=tuple(b for b in report.bases if BaseName(b.upstream, b.version) in bases),
        controls=tuple(each for each in report.controls if each.ground in grounds),
        matrices=tuple(_own_columns(m, stack) for m in report.matrices if m.bases in grounds),
    )


def _own_columns(matrix: Matrix, stack: Stack) -> Matrix:
    """The base, the stack, and the control group."""
    shown = (Stack(), stack)
    own = [i for i, each in enumerate(matrix.stacks) if each in shown]
    kept = [*own, *range(len(matrix.stacks), len(matrix.columns))]
    rows = tuple(
        msgspec.structs.replace(row, cells=tuple(row.cells[i] for i in kept)) for row in matrix.rows
    )
    columns = tuple(matrix.columns[i] for i in kept)
    stacks = tuple(matrix.stacks[i] for i in own)
    return msgspec.structs.replace(matrix, columns=columns, rows=rows, stacks=stacks)


def _checks_file(contents: Contents) -> ChecksFile:
    left = tuple(pull_request.left_to_the_sender(contents.squashed))
    return ChecksFile(
        name=str(contents.squashed.name),
        ready=contents.is_ready,
        stale=(),
        checks=tuple(contents.checks),
        left_to_the_sender=left,
    )


def _write_json(path: Path, value: Value) -> None:
    _write_text(path, msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def _write_text(path: Path, text: str) -> None:
    schema.write_text(path, text)
