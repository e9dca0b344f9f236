"""The page beside a ``report.json``.

Owns: when it has to be made again. Must not know what it shows.
"""

from __future__ import annotations

from pathlib import Path

from .. import schema
from . import judged


def page_of(report: Path) -> Path:
    """The page of a report, made now if there is none or the report is newer.

    Raises ``WorkbenchError`` if there is no such report, or the page can not be written.
    """
    page = report.with_suffix(".html")
    if not _is_fresh(page, report):
        schema.write_text(page, judged.render(schema.read(report)))
    return page


def _is_fresh(page: Path, report: Path) -> bool:
    try:
        return page.stat().st_mtime_ns >= report.stat().st_mtime_ns
    except OSError:
        return False
