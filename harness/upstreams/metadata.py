"""What a source tree says about itself: version, Pythons, dependencies.

Owns: reading pyproject.toml, setup.cfg, PKG-INFO, and the plain text of setup.py, which
is never run. Must not know any project. Formats: https://packaging.python.org/specifications/.
"""

from __future__ import annotations

import configparser
import contextlib
import re
import tomllib
from collections.abc import Iterable
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from dependency_groups import DependencyGroupResolver
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..model import Interpreter


def requires_python(folder: Path) -> str | None:
    """Requires-Python of a checkout: pyproject.toml, else setup.cfg, else setup.py's text."""
    declared = _project(folder).get("requires-python")
    if declared is not None:
        return str(declared)
    configured = _setup_cfg(folder, "options", "python_requires")
    if configured is not None:
        return configured
    text = _text(folder / "setup.py")
    plain = re.search(r"python_requires\s*=\s*(['\"])([^'\"{]+)\1", text)
    if plain:
        return plain[2]
    numbers = re.search(r"^REQUIRED_PYTHON\s*=\s*\((\d+),\s*(\d+)\)", text, re.MULTILINE)
    return f">={numbers[1]}.{numbers[2]}" if numbers else None


def dependencies(folder: Path) -> list[str] | None:
    """What the project needs to run; None if it does not say."""
    declared = _project(folder).get("dependencies")
    if declared is not None:
        return [str(line) for line in declared]
    configured = _setup_cfg(folder, "options", "install_requires")
    if configured is not None:
        return configured.split("\n")
    found = re.search(r"install_requires\s*=\s*\[(.*?)\]", _text(folder / "setup.py"), re.DOTALL)
    return re.findall(r"['\"]([^'\"]+)['\"]", found[1]) if found else None


def extra(folder: Path, name: str) -> list[str] | None:
    """What an optional feature needs; None if there is no such feature."""
    declared = _project(folder).get("optional-dependencies", {}).get(name)
    if declared is not None:
        return [str(line) for line in declared]
    configured = _setup_cfg(folder, "options.extras_require", name)
    return None if configured is None else configured.split("\n")


def dependency_group(folder: Path, name: str) -> list[str] | None:
    """What a dependency group (PEP 735) holds, those that it includes as well; None: none."""
    groups = _pyproject(folder).get("dependency-groups")
    if not isinstance(groups, dict):
        return None
    try:
        return [str(each) for each in DependencyGroupResolver(groups).resolve(name)]
    except (LookupError, ValueError, TypeError):
        return None


def version(folder: Path) -> str:
    """The version that a tree states. Raises ``ValueError`` if it states none.

    A source distribution says it in PKG-INFO; a checkout in pyproject.toml or setup.cfg,
    or as ``__version__`` of the package.
    """
    with contextlib.suppress(OSError, UnicodeDecodeError):
        stated = HeaderParser().parsestr((folder / "PKG-INFO").read_text("utf-8"))["Version"]
        if stated:
            return str(stated)
    declared = _project(folder).get("version") or _setup_cfg(folder, "metadata", "version")
    if declared and not str(declared).startswith(("attr:", "file:")):
        return str(declared)
    for file in sorted((*folder.glob("src/*/__init__.py"), *folder.glob("*/__init__.py"))):
        found = re.search(r"^__version__\s*=\s*['\"]([^'\"]+)['\"]", _text(file), re.MULTILINE)
        if found:
            return found[1]
    raise ValueError("no version is stated")


def fitting(lines: Iterable[str], python: Interpreter) -> dict[str, str]:
    """The requirements whose markers hold on ``python``, by canonical name, without markers."""
    chosen: dict[str, str] = {}
    environment = {"python_version": python.minor, "python_full_version": python.version}
    for line in lines:
        with contextlib.suppress(InvalidRequirement):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate(environment):
                requirement.marker = None
                chosen[canonicalize_name(requirement.name)] = str(requirement)
    return chosen


def _pyproject(folder: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _project(folder: Path) -> dict[str, Any]:
    table = _pyproject(folder).get("project")
    return table if isinstance(table, dict) else {}


def _setup_cfg(folder: Path, section: str, option: str) -> str | None:
    parser = configparser.RawConfigParser()
    try:
        parser.read(folder / "setup.cfg", encoding="utf-8")
        return parser.get(section, option)
    except (configparser.Error, OSError, UnicodeDecodeError):
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
