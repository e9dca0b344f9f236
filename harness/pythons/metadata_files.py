"""The metadata of a project that was never built: ``NAME-VERSION.dist-info``.

Owns: writing it from what a source tree says (PKG-INFO, pyproject.toml, setup.cfg);
nothing of the tree is run. Must not know environments. Format: the specification of
recorded projects (https://packaging.python.org/specifications/recording-installed-packages/).
"""

from __future__ import annotations

import configparser
import contextlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_metadata(site_packages: Path, checkout: Path, name: str, version: str) -> None:
    """Write the folder; a source distribution's own metadata goes before what is told."""
    project = _project(checkout)
    metadata = _text(checkout / "PKG-INFO") or _told(project, name, version)
    stated = _field(metadata, "Name"), _field(metadata, "Version")
    folder = site_packages / f"{stated[0].replace('-', '_')}-{stated[1]}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(metadata, "utf-8")
    (folder / "INSTALLER").write_text("workbench\n", "utf-8")
    groups = _entry_points(checkout, project)
    if groups:
        parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
        parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
        parser.read_dict(groups)
        with (folder / "entry_points.txt").open("w", encoding="utf-8") as stream:
            parser.write(stream)


def _told(project: Mapping[str, Any], name: str, version: str) -> str:
    fields = {
        "Metadata-Version": "2.1",
        "Name": project.get("name", name),
        "Version": project.get("version", version),
    }
    return "".join(f"{key}: {value}\n" for key, value in fields.items())


def _entry_points(checkout: Path, project: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, str]] = {}
    for group, key in (("console_scripts", "scripts"), ("gui_scripts", "gui-scripts")):
        if project.get(key):
            groups[group] = dict(project[key])
    groups |= {name: dict(points) for name, points in project.get("entry-points", {}).items()}
    parser = configparser.RawConfigParser()
    with contextlib.suppress(configparser.Error, OSError, UnicodeDecodeError):
        parser.read(checkout / "setup.cfg", encoding="utf-8")
        section = "options.entry_points"
        for name, text in parser.items(section) if parser.has_section(section) else ():
            points = (line.partition("=") for line in text.strip().splitlines())
            groups.setdefault(name, {key.strip(): value.strip() for key, _, value in points})
    return groups


def _project(checkout: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        table = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8")).get("project")
        return table if isinstance(table, dict) else {}
    return {}


def _field(metadata: str, name: str) -> str:
    lines = (line for line in metadata.splitlines() if line.startswith(f"{name}:"))
    return next(lines, "").partition(":")[2].strip() or "unknown"


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
