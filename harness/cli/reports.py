"""Where the reports that a user names are kept.

Owns: the words ``last`` and ``previous``, and what a folder stands for. Must not know what a
report says.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from ..model import RequestError
from ..request import Request
from ..system.home import Home

LAST, PREVIOUS = "last", "previous"
FILES = {LAST: "report.json", PREVIOUS: "previous.json"}


def file_of(name: str, home: Home) -> Path:
    """The file of a report: ``last``, ``previous``, a file, or a folder that has one.

    Raises ``RequestError`` if there is none.
    """
    if name in FILES:
        path = home.root / "reports" / FILES[name]
        if not path.is_file():
            raise RequestError(f"there is no {name} report in {path.parent}; run `nox -s test`")
        return path
    places = [Path(name)]
    if Path(name).is_dir():
        below = ("", "reports", ".workbench/reports")
        places = [Path(name, folder, FILES[LAST]) for folder in below]
    for place in places:
        if place.is_file():
            return place
    raise RequestError(
        f"there is no report in {name}; give a report.json, a folder that has one, last or previous"
    )


def shown(request: Request, home: Home) -> Path:
    """The file of the report that is to be shown."""
    return Path(request.json) if request.json else home.folder("reports") / FILES[LAST]


def keep_previous(home: Home) -> None:
    """Keep the last report as the previous one, for another is about to take its place.

    What can not be kept costs only that.
    """
    folder = home.root / "reports"
    part = folder / f".{FILES[PREVIOUS]}.part"
    with suppress(OSError):
        part.unlink(missing_ok=True)
        shutil.copyfile(folder / FILES[LAST], part)
        part.replace(folder / FILES[PREVIOUS])
