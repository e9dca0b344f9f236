"""What the SPEC of a base means: the reading of ``--base UPSTREAM=SPEC``.

Owns: that grammar. Must not know how a tree is got.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..model import Interpreter, Project, RequestError, Source
from ..upstreams import kind_of

VERSION = re.compile(r"\d+\.\d+(\.\d+)*((a|b|rc)\d+)?")


class Spec(NamedTuple):
    """A SPEC that was read: a source, and the words for it."""

    source: Source
    words: str


def read(text: str, project: Project, found: Sequence[Interpreter]) -> Spec:
    """``SOURCE:WORDS``, the name of a source, a version, a path, or else a git ref.

    ``found`` are this machine's interpreters. Raises ``RequestError`` for a source that
    the project does not come from.
    """
    spec = _read(text, project, found)
    fitting = kind_of(project).SOURCES
    if spec.source not in fitting:
        raise RequestError(
            f"{project.name} does not come from {spec.source}; "
            f"give a version, or one of {', '.join(fitting)}"
        )
    return spec


def _read(text: str, project: Project, found: Sequence[Interpreter]) -> Spec:
    prefix, colon, rest = text.partition(":")
    if colon and prefix in set(Source):
        return Spec(Source(prefix), rest)
    if text in (Source.INSTALLED, Source.DEB):
        return Spec(Source(text), text if text == Source.INSTALLED else "")
    if ("/" in text or text == ".") and Path(text).is_dir():
        return Spec(Source.PATH, text)
    if VERSION.fullmatch(text):
        return Spec(kind_of(project).release_source(text, found), text)
    return Spec(Source.GIT, text)
