"""What is under test: a Django tree, an interpreter, their environment.

Owns reading the target file that a caller leaves for the regression tests. It
must not know how the tree was made or what the results are for.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Final

import msgspec

VARIABLE: Final = "WORKBENCH_TARGET"
"""The environment variable that names the target file."""

EXAMPLE: Final = (
    '{"django": "/path/to/django-tree", "python": ["/path/to/python"], "env": {}, '
    '"control": null, "scratch": "/tmp/scratch"}'
)
"""A target file's text."""

HOW: Final = (
    f"{VARIABLE} names no target: write a JSON file like {EXAMPLE} and set the variable to its path"
)
"""What somebody who ran the tests by hand has to do."""


class BadTarget(ValueError):
    """The target file is missing or says something else than it should."""


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to test; in a target file, a JSON object with the same keys.

    ``scratch`` is a folder that may be written to. ``python`` is an argv prefix.
    ``django`` is the root of a Django tree, or None: then the servers of the
    interpreter's standard library are what is tested. ``control`` names a server of
    the control group, which is then the only one tested. ``env`` is set on top of
    the caller's environment. ``servers`` narrows the choice to these names; empty: all.
    """

    scratch: Path
    python: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] = (sys.executable,)
    django: Path | None = None
    control: str | None = None
    env: dict[str, str] = {}
    servers: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """A target file's content; ``parse`` gives the same target."""
        return msgspec.json.encode(self, enc_hook=str)

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


def _path(kind: type, value: object) -> Path:
    """msgspec's hook for the one type here that JSON does not have."""
    if not isinstance(value, str) or not value:
        raise ValueError("Expected a path")
    return Path(value)


# Made here, once: msgspec crashes when two threads first decode a type at the same time.
DECODER: Final = msgspec.json.Decoder(Target, dec_hook=_path)


def parse(text: str) -> Target:
    """The target in a target file's text; BadTarget says what is wrong with it."""
    try:
        return DECODER.decode(text)
    except msgspec.ValidationError as error:
        raise BadTarget(f"the target file: {error}; it should be like {EXAMPLE}") from error
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadTarget(f"the target file is not JSON: {error}") from error


def from_environment() -> Target | None:
    """The target that WORKBENCH_TARGET names, None where it names none."""
    path = os.environ.get(VARIABLE)
    if not path:
        return None
    try:
        return parse(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadTarget(f"{VARIABLE}={path} cannot be read: {error.strerror}") from error
