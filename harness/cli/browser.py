"""The user's browser.

Owns: opening a page in it, and what is said where there is none. Must not know what the page
shows. It never waits for a browser: some run in the foreground until they are closed, so that
another process asks for it, which holds none of the streams of this one.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rich.console import Console

from ..system.aside import leave_running

SECONDS = 3.0  # until a browser that goes on is taken for one that shows the page
OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def open_page(place: Path | str, out: Console, errors: Console) -> None:
    """Print where a page is, on ``out``, and open it; say on ``errors`` if that can not be."""
    is_file = isinstance(place, Path)
    out.print(f"page: {place}" if is_file else str(place), soft_wrap=True, markup=False)
    url = place.absolute().as_uri() if isinstance(place, Path) else place
    if not (_has_browser() and _is_opened(url)):
        said = f"no browser could be opened here; open {place} in one"
        errors.print(said, soft_wrap=True, markup=False)


def _has_browser() -> bool:
    """Whether there is a browser to try. Without a display the standard library would find
    those for a terminal, and take this one over."""
    if sys.platform in ("darwin", "win32") or os.environ.get("BROWSER"):
        return True
    return any(os.environ.get(name) for name in DISPLAYS)


def _is_opened(url: str) -> bool:
    """Whether a browser took the page, or has not said that it could not by its deadline."""
    try:
        return not leave_running([sys.executable, "-c", OPEN, url], dict(os.environ), SECONDS)
    except OSError:
        return False
