"""Wheels of what is installed here, so that an environment can be made without an index.

For tests only. A wheel is a zip archive of a distribution's files, which an installed
distribution lists in its RECORD; all of these are plain Python.
"""

from __future__ import annotations

import importlib.metadata
import zipfile
from pathlib import Path

PYTEST = ("pytest", "iniconfig", "packaging", "pluggy", "pygments")


def wheels(folder: Path, names: tuple[str, ...] = PYTEST) -> Path:
    """A folder with a wheel of each distribution, to be given as ``find-links``."""
    folder.mkdir()
    for name in names:
        found = importlib.metadata.distribution(name)
        tag = f"{name}-{found.version}-py3-none-any.whl"
        with zipfile.ZipFile(folder / tag, "w") as archive:
            for file in found.files or ():
                inside = not file.is_absolute() and ".." not in file.parts
                if inside and "__pycache__" not in file.parts:
                    archive.write(Path(str(file.locate())), file.as_posix())
    return folder
