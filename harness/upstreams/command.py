"""A command as one would type it.

Owns: that value. Must not know who runs it.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class PlainCommand(NamedTuple):
    """Arguments for a Python, the folder to be in, and the folders to import from."""

    arguments: tuple[str, ...]
    folder: Path
    import_path: tuple[Path, ...]
