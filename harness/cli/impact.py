"""What `impact` does: the projects that stand on an interpreter judge a patch of it.

Owns: putting the study of these projects and the main job together. Must not know how a
project is found, nor how it is judged.
"""

from __future__ import annotations

from rich.console import Console

from ..compare.impact import Study
from ..compare.judging import judge
from ..report import schema
from ..request import Request
from ..sources.provider import Provider
from ..system.runlog import RunLog
from .judging import told
from .session import Session


def impact(request: Request, session: Session, out: Console, errors: Console) -> int:
    """Find who imports what the patches touch, run their tests, judge, report."""
    with errors.status("looking for projects that import what is touched"):
        study = Study(
            request,
            session.catalog,
            lambda catalog: Provider.of(session.home, catalog, request.mirrors),
        )

    def found(log: RunLog) -> schema.Report:
        return judge(study.request, study.provider, study.catalog, errors, log, study)

    return told(found, request, session, out, errors)
