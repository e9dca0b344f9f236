"""What `diffs`, `edit`, `refresh` and `new` print.

Owns: their output. Must not know how a diff is made.
"""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from ..export import editing, skeleton
from ..export.run import run as make_diffs
from ..request import Request
from .options import words
from .session import Session
from .statuses import DONE


def diffs(request: Request, session: Session, out: Console, errors: Console) -> int:
    """Write diffs that can be sent upstream, with their proof, and say which are ready."""
    return make_diffs(request, session.catalog, session.provider, words, out, errors)


def edit(request: Request, session: Session, out: Console, errors: Console) -> int:
    """Print the folder in which a candidate's commits can be worked on."""
    out.print(str(editing.edit(request, session.catalog, session.provider)), soft_wrap=True)
    return DONE


def refresh(request: Request, session: Session, out: Console, errors: Console) -> int:
    """Write the commits of that folder back to ``patches/``."""
    for line in editing.refresh(request, session.catalog, session.provider):
        out.print(escape(line), soft_wrap=True)
    return DONE


def new(request: Request, session: Session, out: Console, errors: Console) -> int:
    """Make the skeleton of a candidate."""
    for line in skeleton.make(request, session.catalog):
        out.print(escape(line), soft_wrap=True)
    return DONE
