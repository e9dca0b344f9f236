"""A test module of its own, with some tests of another one and what these need.

Owns: its name and its text. Pure; must not know the tree that it goes into.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from .closure import parts_for
from .rendering import names_needed, statement
from .source import IMPORTS, Source

STEM = "test_workbench_overlay"
HEAD = '"""Tests that were taken along from {}."""\n\n'


def path_beside(path: str) -> str:
    """Where the module stands: beside the one that its tests are from, in the same package."""
    pure = PurePosixPath(path)
    return pure.with_name(f"{STEM}_{pure.stem}.py").as_posix()


def module_of(
    source: Source,
    path: str,
    wanted: Mapping[str, Collection[str]],
    functions: Collection[str],
    names: tuple[str, str],
) -> str:
    """The module with the ``wanted`` members of classes and ``functions``.

    ``names`` are what the old module and this one are imported as; empty if nobody can tell.
    """
    parts = parts_for(source, wanted, functions, module=names[0])
    needed = names_needed(source, parts)
    texts = [(node, statement(source, node, parts, needed)) for node in parts.statements]
    imports = "".join(text for node, text in texts if isinstance(node, IMPORTS))
    others = "\n\n".join(text for node, text in texts if not isinstance(node, IMPORTS))
    text = f"{HEAD.format(PurePosixPath(path).name)}{imports}\n\n{others}"
    return _renamed(text, names, {n.name for n in parts.statements if isinstance(n, ast.ClassDef)})


def _renamed(text: str, names: tuple[str, str], classes: Collection[str]) -> str:
    """The text, in which what names a class by its module means this module."""
    old, new = names
    if not (old and new):
        return text
    ends = "|".join(map(re.escape, classes))
    # A long name may be written as two strings side by side.
    pattern = rf"(?<=['\"]){re.escape(old)}(?=\.(?:(?:{ends})\b|['\"]))"
    return re.sub(pattern, new, text) if classes else text
