"""Which tests a touched path asks for: by where they stand, by name, by what they import.

Owns: these three rules. Must not know any project. Nothing is imported or run: files are
read as text, and those that name a touched module are parsed.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

# Where more labels than these import a module, importing it says nothing about a test.
MOST_IMPORTERS = 12


def named_after(path: str, labels: Collection[str], general: Collection[str] = ()) -> list[str]:
    """The labels that are called as the file is, or as the nearest folder above that has any.

    ``auth`` asks for ``auth``, ``auth_tests`` and ``auth_x``; ``views`` for ``view_tests``
    as well. Folders in ``general`` are called like everything in them, and ask for nothing.
    """
    for part in reversed(PurePosixPath(path).with_suffix("").parts):
        name = part.strip("_").lower()
        if name in general or name in {"init", "main"}:
            continue
        stems = (name, name.removesuffix("s"))
        found = [
            label
            for label in labels
            if label in (name, f"{name}s") or label.startswith(tuple(f"{s}_" for s in stems))
        ]
        if found:
            return found
    return []


def module_of(path: str) -> str:
    """``a.b`` of ``a/b.py`` and of ``a/b/__init__.py``; empty if it is no Python file."""
    pure = PurePosixPath(path)
    if pure.suffix != ".py":
        return ""
    parts = pure.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def importers(folder: Path, modules: Iterable[str]) -> list[str]:
    """The Python files below ``folder`` that import one of ``modules`` by name, as paths there.

    A file that can not be read or parsed imports nothing.
    """
    return list(dict.fromkeys(path for path, _ in _imports(folder, modules, _imported)))


def importers_of_each(folder: Path, modules: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Those of ``modules`` that are imported below ``folder``, each with the files that do."""
    found: dict[str, list[str]] = {}
    for path, names in _imports(folder, modules, _imported):
        for name in sorted(names):
            found.setdefault(name, []).append(path)
    return {name: tuple(paths) for name, paths in found.items()}


def standing_on(
    folder: Path, modules: Iterable[str], modules_of: Callable[[Iterable[str]], Iterable[str]]
) -> dict[str, str]:
    """What can not be imported without ``modules``, each with the module that it imports.

    These are modules of the same library, in ``folder``; an import within a function does not
    count. ``modules_of`` tells what the paths of files are imported as.
    """
    through: dict[str, str] = {}
    known = set(modules)
    new = known
    while new:
        users: dict[str, str] = {}
        for path, names in _imports(folder, new, _loaded):
            users |= {name: min(names) for name in modules_of([path]) if name not in known}
        through |= users
        new = set(users)
        known |= new
    return through


def _imports(
    folder: Path, modules: Iterable[str], names_in: Callable[[str], frozenset[str]]
) -> Iterator[tuple[str, frozenset[str]]]:
    """The files below ``folder`` with those of ``modules`` that they import."""
    wanted = frozenset(filter(None, modules))
    if not wanted:
        return
    named = _statements_naming(wanted)
    for file in sorted(folder.rglob("*.py")):
        try:
            text = file.read_text("utf-8")
            # Parsing takes most of the time, and few files have such a statement.
            if named.search(text) and (found := wanted & names_in(text)):
                yield file.relative_to(folder).as_posix(), found
        except (OSError, ValueError, SyntaxError, RecursionError):
            continue


def naming(folder: Path, names: Iterable[str]) -> list[str]:
    """The Python files below ``folder`` with one of these words, as paths there.

    Those that have it most often come first; a word of the data model (``__init__``) is
    in too many to say anything.
    """
    words = [name for name in names if not name.startswith("__")]
    if not words:
        return []
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
    found: dict[str, int] = {}
    for file in folder.rglob("*.py"):
        with contextlib.suppress(OSError):
            hits = len(pattern.findall(file.read_text("utf-8", "replace")))
            found |= {file.relative_to(folder).as_posix(): hits} if hits else {}
    return sorted(found, key=lambda path: (-found[path], path))


def labels_importing(tests: Path, modules: Iterable[str]) -> list[str]:
    """The folders and modules of ``tests`` in which a test imports one of ``modules``.

    None where so many do that it says nothing about a test.
    """
    users = importers(tests, modules)
    labels = list(dict.fromkeys(PurePosixPath(PurePosixPath(u).parts[0]).stem for u in users))
    return labels if len(labels) <= MOST_IMPORTERS else []


def _statements_naming(modules: Iterable[str]) -> re.Pattern[str]:
    """What the text of a file has that imports one of them: the module's name, or that of
    the package that it is in, in such a statement. Others may have it as well."""
    names: list[str] = []
    for module in sorted(modules):
        package = module.rpartition(".")[0]
        names.append(rf"{re.escape(module)}\b")
        names += [rf"{re.escape(package)}\s+import\b"] * bool(package)
    return re.compile(rf"\b(?:from|import)\b[^\n]*?(?<![\w.])(?:{'|'.join(names)})")


# The patches of a series ask it of nearly the same files.
@lru_cache(maxsize=4096)
def _imported(text: str) -> frozenset[str]:
    """The modules that a text imports; ``from a import b`` may mean ``a`` or ``a.b``."""
    return _names(ast.walk(ast.parse(text)))


def _loaded(text: str) -> frozenset[str]:
    """The modules without which a text can not be imported."""
    return _names(ast.parse(text).body)


def _names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)
