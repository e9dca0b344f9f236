"""What `clean` prints: what the workbench keeps, and what was taken away.

Owns: its output. Must not know what an entry is.
"""

from __future__ import annotations

import os
import time

from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape

from ..report import tables
from ..report.tables import Column
from ..request import Request
from ..system import cleaning
from ..system.home import Home
from ..trees import tidying
from .statuses import DONE

DAY = 86400.0


def clean(request: Request, out: Console) -> int:
    """Show the sizes of all folders; remove what was named, what is old, or everything."""
    home = Home()
    if not (request.folders or request.older_than or request.everything):
        _table(home, out)
        out.print("remove with `clean FOLDER`, `clean --older-than 30d` or `clean --all`")
        return DONE
    age = cleaning.seconds_of(request.older_than) if request.older_than else 0.0
    done = cleaning.remove(
        home,
        request.folders,
        unused_for=age,
        changed=tidying.is_changed,
        prune=lambda: tidying.prune(home),
    )
    for reason in dict.fromkeys(each.reason for each in done.kept):
        names = [each.entry.path.name for each in done.kept if each.reason == reason]
        text = f"{len(names)} left, since {reason}: {', '.join(sorted(names)[:3])}"
        out.print(f"[yellow]note[/]: {escape(text)}", soft_wrap=True)
    freed = decimal(sum(entry.size for entry in done.removed))
    out.print(f"removed {len(done.removed)} entries, {freed}")
    return DONE


def _table(home: Home, out: Console) -> None:
    found = cleaning.folders(cleaning.entries(home))
    title = f"{os.path.relpath(home.root)}: {decimal(sum(each.size for each in found))}"
    rows = []
    for each in found:
        days = (time.time() - each.used) / DAY
        used = "today" if days < 1 else f"{days:.0f} days ago"
        rows.append([each.name, decimal(each.size), f"{each.files}", f"{each.entries}", used])
    columns = [Column("folder"), *tables.numbers("size", "files", "entries", "last used")]
    tables.show(out, title, columns, rows)
