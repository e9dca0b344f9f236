"""What a laid test imports of its own upstream and a state can not have.

Owns: telling that from paths and texts alone. It says only what is sure: where a name may be
made at run time, or a module be one that is not in the tree, nothing is missing. Pure.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

from .source import read_source
from .values import Laid

# A module that has one of these may have names that do not stand in it.
UNSURE = re.compile(r"import \*|__getattr__|globals\(\)|\bexec\b|vars\(\)|sys\.modules")
STANDARD = "os.py"
INIT = "__init__.py"

TextsOf = Callable[[Iterable[str]], Mapping[str, str | None]]
"""The texts of files of the state; None where there is none."""


class _Import(NamedTuple):
    """Names that a test file takes from a module of the tree: the file of the module, the
    place of its folder if it is a package, and what it is called in the import."""

    test: str
    file: str
    place: str
    module: str
    names: tuple[str, ...]

    def called(self, name: str) -> str:
        """One of the names as a reader knows it: ``a.b.name``, ``.name``."""
        return f"{self.module}{'' if self.module.endswith('.') else '.'}{name}"


def imports_missing(laid: Laid, paths: Collection[str], texts_of: TextsOf) -> list[str]:
    """``path: name`` for each import of a module of wanted tests that surely fails on a state.

    ``paths`` are all that the state has. Only what is imported at the margin counts:
    elsewhere somebody may be prepared for the failure.
    """
    files = laid.files
    layout = _Layout(_names(frozenset(paths)) | _names(frozenset(files)))
    found: list[str] = []
    asked: list[_Import] = []
    for path in sorted(laid.modules & files.keys()):
        source = read_source(files[path])
        for node in source.module.body if source else ():
            if isinstance(node, ast.Import | ast.ImportFrom):
                for each in layout.imports(node, path):
                    if isinstance(each, str):
                        found.append(f"{path}: {each}")
                    else:
                        asked.append(each)
    texts = texts_of({wanted.file for wanted in asked} - files.keys())
    for wanted in asked:
        defining = files.get(wanted.file) or texts.get(wanted.file)
        if defining is not None and not UNSURE.search(defining):
            found += [
                f"{wanted.test}: {wanted.called(name)}"
                for name in wanted.names
                if name not in _words(defining) and not layout.has(f"{wanted.place}/{name}")
            ]
    return found


class _Layout:
    """Which modules there are, told from what stands where."""

    def __init__(self, names: frozenset[str]) -> None:
        self._there = names
        self._tops = sorted({"", *(n for n in names if n.endswith("/") and n.count("/") == 1)})

    def imports(self, node: ast.Import | ast.ImportFrom, path: str) -> Iterator[str | _Import]:
        """The modules that the tree lacks; for those that it has, what is asked of them."""
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if self._lacks(a.name))
            return
        module = "." * node.level + (node.module or "")
        if node.level:
            folder = PurePosixPath(path).parents[node.level - 1].as_posix()
            # Where it is no package, nobody knows what it is imported as.
            if f"{folder}/{INIT}" not in self._there:
                return
            places = ["/".join([folder, *filter(None, (node.module or "").split("."))])]
            is_missing = not self.has(places[0])
        else:
            places = self._places(module)
            is_missing = self._lacks(module)
        if is_missing:
            yield module
        elif len(places) == 1:
            both = (f"{places[0]}.py", f"{places[0]}/{INIT}")
            file = next((each for each in both if each in self._there), "")
            names = tuple(alias.name for alias in node.names)
            if file:
                yield _Import(path, file, places[0], module, names)

    def has(self, place: str) -> bool:
        """Whether a module or a package may stand there: a folder without ``__init__`` is one
        as well, and a module may be built of C."""
        return f"{place}/" in self._there or f"{place}." in self._there

    def _lacks(self, module: str) -> bool:
        """Whether the upstream has the package, and not this module of it."""
        return bool(self._roots(module.partition(".")[0])) and not self._places(module)

    def _places(self, module: str) -> list[str]:
        inner = module.replace(".", "/")
        places = [f"{root}{inner}" for root in self._roots(module.partition(".")[0])]
        return list(filter(self.has, places))

    def _roots(self, top: str) -> list[str]:
        """The folders of the tree in which a package or module of that name stands."""
        found = [
            folder
            for folder in self._tops
            if {f"{folder}{top}/{INIT}", f"{folder}{top}.py"} & self._there
            and f"{folder}{INIT}" not in self._there
        ]
        if top in sys.stdlib_module_names:
            return [folder for folder in found if f"{folder}{STANDARD}" in self._there]
        return found


@lru_cache(maxsize=4)
def _names(paths: frozenset[str]) -> frozenset[str]:
    """The paths, their folders with a slash at the end, and what stands before their ends,
    with a dot."""
    found = set(paths)
    for path in paths:
        folder, slash, name = path.rpartition("/")
        found.add(f"{folder}{slash}{name.partition('.')[0]}.")
        while folder and f"{folder}/" not in found:
            found.add(f"{folder}/")
            folder = folder.rpartition("/")[0]
    return frozenset(found)


@lru_cache(maxsize=64)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))
