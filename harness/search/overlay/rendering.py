"""Parts of a test module as text again.

Owns: cutting imports and classes down. Pure; must not know why a part is wanted.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from .closure import Parts
from .source import IMPORTS, STAR, Source, bound_by, needed_by


def names_needed(source: Source, parts: Parts) -> set[str]:
    """The names that the parts take from their module, and those that they bind."""
    found: set[str] = set()
    for node in parts.statements:
        if isinstance(node, IMPORTS):
            continue
        found |= bound_by(node)
        if isinstance(node, ast.ClassDef) and node.name in parts.kept:
            for each in (*node.bases, *node.keywords, *node.decorator_list):
                found |= needed_by(each)
            for member in parts.kept[node.name]:
                found |= needed_by(member)
        else:
            found |= needed_by(node)
    return found


def statement(source: Source, node: ast.stmt, parts: Parts, needed: Collection[str]) -> str:
    """The text of one statement: of an import, what is needed; of a class, what is kept."""
    if isinstance(node, IMPORTS):
        return imported(node, needed)
    if isinstance(node, ast.ClassDef) and node.name in parts.kept:
        return cut_class(source, node, parts.kept[node.name])
    return source.segment(node)


def imported(node: ast.Import | ast.ImportFrom, needed: Collection[str]) -> str:
    """An import of what is needed of it; empty if nothing is."""
    is_whole = isinstance(node, ast.ImportFrom) and node.module == "__future__"
    aliases = [
        alias
        for alias in node.names
        if is_whole
        or alias.name == STAR
        or (alias.asname or alias.name.partition(".")[0]) in needed
    ]
    if not aliases:
        return ""
    if isinstance(node, ast.Import):
        return ast.unparse(ast.Import(aliases)) + "\n"
    return ast.unparse(ast.ImportFrom(node.module, aliases, node.level)) + "\n"


def cut_class(source: Source, node: ast.ClassDef, kept: Sequence[ast.stmt]) -> str:
    """A class with some of its members."""
    head = source.head(node)
    if not head:  # all of it stands on one line
        return source.segment(node)
    indent = " " * node.body[0].col_offset
    body = "\n".join(source.segment(part) for part in kept) or f"{indent}pass\n"
    return head + body
