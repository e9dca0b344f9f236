"""What is under test: a Django tree, an interpreter, their environment.

Owns reading the target file that a caller leaves for the regression tests. It
must not know how the tree was made or what the results are for.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

VARIABLE: Final = "WORKBENCH_TARGET"
"""The environment variable that names the target file."""

HOW: Final = (
    f"{VARIABLE} names no target: write a JSON file like "
    '{"django": "/path/to/django-tree", "python": ["/path/to/python"], "env": {}, '
    '"control": null, "scratch": "/tmp/scratch"} and set the variable to its path'
)
"""What somebody who ran the tests by hand has to do."""


class BadTarget(ValueError):
    """The target file is missing or says something else than it should."""


@dataclass(frozen=True)
class Target:
    """One thing to test.

    ``django`` is the root of a Django tree, or None: then the servers of the
    interpreter's standard library are what is tested. ``python`` is an argv
    prefix. ``control`` names a server of the control group, which is then the
    only one tested. ``servers`` narrows the choice to these names; empty: all.
    """

    python: tuple[str, ...]
    scratch: Path
    django: Path | None = None
    control: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    servers: tuple[str, ...] = ()

    def environment(self) -> dict[str, str]:
        """The environment for a child of the tree's interpreter: ``env`` on top of
        ours, the tree on PYTHONPATH, and nothing that would redirect Django."""
        env = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "PYTEST_"))}
        env.update(self.env)
        # Bytecode is kept (it is most of the time of a start), but not in the tree.
        env.setdefault("PYTHONPYCACHEPREFIX", str(self.scratch / "pycache"))
        env["PYTHONFAULTHANDLER"] = "1"
        env["HOME"] = str(self.scratch)
        if self.django is not None:
            known = [p for p in env.get("PYTHONPATH", "").split(os.pathsep) if p]
            if str(self.django) not in known:
                env["PYTHONPATH"] = os.pathsep.join([str(self.django), *known])
        return env


def parse(text: str) -> Target:
    """Read a target file's text; BadTarget says what is wrong with it."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise BadTarget(f"the target file is not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise BadTarget("the target file must hold one JSON object")
    unknown = set(raw) - {"django", "python", "env", "control", "scratch", "servers"}
    if unknown:
        raise BadTarget(f"the target file has unknown keys: {', '.join(sorted(unknown))}")
    if not raw.get("scratch"):
        raise BadTarget("the target file names no scratch directory")
    python = raw.get("python") or [sys.executable]
    return Target(
        python=(python,) if isinstance(python, str) else tuple(python),
        scratch=Path(raw["scratch"]),
        django=Path(raw["django"]) if raw.get("django") else None,
        control=raw.get("control"),
        env=dict(raw.get("env") or {}),
        servers=tuple(raw.get("servers") or ()),
    )


def from_environment() -> Target | None:
    """The target that WORKBENCH_TARGET names, None where it names none."""
    path = os.environ.get(VARIABLE)
    if not path:
        return None
    try:
        return parse(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadTarget(f"{VARIABLE}={path} cannot be read: {error.strerror}") from error
