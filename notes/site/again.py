"""A build after one that warned, or was cut short, reads every page again.

Sphinx warns of a page only while it reads or writes that page. Left as it is, the
second build would be silent about a dead link that failed the first.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

PASSED = "passed"  # is in the folder of what was read, if nothing was wrong with that
READ = "environment.pickle"  # Sphinx's own name


class Counter(logging.Handler):
    """Counts what Sphinx and its extensions warn of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.warnings = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.warnings += 1


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx, before it loads what it has read."""
    passed = Path(app.doctreedir, PASSED)
    if not passed.exists():
        Path(app.doctreedir, READ).unlink(missing_ok=True)
    passed.unlink(missing_ok=True)
    counter = Counter()
    logging.getLogger("sphinx").addHandler(counter)

    def finish(app: Sphinx, error: Exception | None) -> None:
        if error is None and not counter.warnings:
            passed.touch()

    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True}
