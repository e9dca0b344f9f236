"""Libraries and programs that seem to be installed: metadata and files, nothing that runs."""

from __future__ import annotations

from pathlib import Path


def library(folder: Path, name: str, version: str, *requires: str) -> Path:
    """``folder``, which on the path of a Python makes it have that version of a library."""
    place = folder / f"{name}-{version}.dist-info"
    place.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {each}" for each in requires]
    (place / "METADATA").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def program(folder: Path, name: str) -> Path:
    """``folder``, which on ``PATH`` makes a machine have that program."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    path.chmod(0o755)
    return folder
