"""What every verb works with: the workbench's folder, the catalog, the provider.

Owns: making these from a request. Must not know any verb.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..catalog.catalog import Catalog
from ..request import Request
from ..sources.provider import Provider
from ..system.home import Home
from .parser import OWN_FOLDER


class Session(NamedTuple):
    """One start of the workbench."""

    home: Home
    catalog: Catalog
    provider: Provider


def open_session(request: Request) -> Session:
    """Read ``patches/`` and look at the workbench's folder.

    Raises ``RequestError`` for what is wrong in ``patches/``.
    """
    home = Home()
    catalog = Catalog(Path(request.folder) if request.folder else OWN_FOLDER)
    return Session(home, catalog, Provider.of(home, catalog, request.mirrors))
