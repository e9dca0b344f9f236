"""What a patch does to tests by hand: it removes, renames, turns off or weakens them. Pure.

Owns: telling that from the text of test files before and after, and what the runs then
mean. May know only the words in ``model``. The runs decide what became of a test; the text
tells whose doing it was, and where.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from ..model import ChangeKind, Value

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
TEST = "test"
"""What the name of a test begins with."""
# From this share of equal words on, a new test is an old one under another name.
SIMILAR, SIMILAR_ELSEWHERE = 0.6, 0.85
SKIPPING = re.compile(r"skip|xfail|expectedFailure", re.IGNORECASE)
CHECKING = re.compile(r"assert|raises|fail|warns", re.IGNORECASE)

Files = Mapping[str, tuple[str, str]]
"""The text of files before and after a patch by path; empty where there is none."""


class TestEdit(Value, frozen=True):
    """What a patch does to one test by hand.

    ``path`` and ``line`` are where: in the file before the patch for what it removes or
    renames, after it for the rest. ``names`` are those of the class and the function, and
    ``to`` those of the test that it is now. ``lost`` of ``checks`` assertions are gone from one
    that is weakened.
    """

    __test__ = False  # pytest, for its name

    path: str
    line: int
    names: tuple[str, ...]
    kind: ChangeKind
    to: tuple[str, ...] = ()
    to_path: str = ""
    lost: int = 0
    checks: int = 0


class _Function(NamedTuple):
    """One function of a test file; ``skips`` are the lines that turn it off, by their text."""

    line: int
    words: tuple[str, ...]
    checks: Counter[str]
    skips: Mapping[str, int]


_Key = tuple[str, tuple[str, ...]]


def edits(files: Files) -> list[TestEdit]:
    """Every test that the patch removes, renames, turns off or weakens.

    A file that can not be parsed, on either side, tells nothing: whatever went missing with
    it was not taken away by hand.
    """
    before: dict[_Key, _Function] = {}
    after: dict[_Key, _Function] = {}
    for path, texts in files.items():
        old, new = map(_functions, texts)
        if old is not None and new is not None:
            before |= {(path, names): function for names, function in old.items()}
            after |= {(path, names): function for names, function in new.items()}
    gone = [key for key in before if _is_test(key) and key not in after]
    fresh = [key for key in after if key not in before]
    renamed = _renamed({k: before[k] for k in gone}, {k: after[k] for k in fresh})
    found = [_taken(key, before[key].line, renamed.get(key)) for key in gone]
    for key in before.keys() & after.keys():
        if _is_test(key):
            found += _turned_off(key, before[key], after[key])
            found += _weakened(key, before[key], after[key])
    return sorted(found, key=lambda edit: (edit.path, edit.line, edit.names))


def added(files: Files) -> set[_Key]:
    """The tests that the patch adds, by path and names."""
    found: set[_Key] = set()
    for path, texts in files.items():
        old, new = map(_functions, texts)
        if new is not None:
            found |= {(path, names) for names in new.keys() - (old or {}).keys()}
    return {key for key in found if _is_test(key)}


def _is_test(key: _Key) -> bool:
    return key[1][-1].startswith(TEST)


def _taken(key: _Key, line: int, to: _Key | None) -> TestEdit:
    path, names = key
    if to is None:
        return TestEdit(path, line, names, ChangeKind.REMOVED)
    # Under a name that no runner takes for a test, it is only turned off.
    kind = ChangeKind.RENAMED if _is_test(to) else ChangeKind.TURNED_OFF
    return TestEdit(path, line, names, kind, to[1], to[0])


def _turned_off(key: _Key, before: _Function, after: _Function) -> Iterator[TestEdit]:
    new = [line for text, line in after.skips.items() if text not in before.skips]
    if new:
        yield TestEdit(key[0], min(new), key[1], ChangeKind.TURNED_OFF)


def _weakened(key: _Key, before: _Function, after: _Function) -> Iterator[TestEdit]:
    """Fewer assertions than before. Others, as many as before, are another test."""
    lost = before.checks.total() - after.checks.total()
    if lost > 0:
        path, names = key
        yield TestEdit(
            path, after.line, names, ChangeKind.WEAKENED, lost=lost, checks=before.checks.total()
        )


def _renamed(gone: Mapping[_Key, _Function], fresh: Mapping[_Key, _Function]) -> dict[_Key, _Key]:
    """Which new function each of the tests that are gone is now; the most alike go first."""
    pairs = [
        (alike, old, new)
        for old, was in gone.items()
        for new, now in fresh.items()
        if (alike := _likeness(old, was, new, now))
    ]
    found: dict[_Key, _Key] = {}
    for _, old, new in sorted(pairs, key=lambda pair: (-pair[0], pair[1:])):
        if old not in found and new not in found.values():
            found[old] = new
    return found


def _likeness(old: _Key, was: _Function, new: _Key, now: _Function) -> float:
    """How much of two functions is the same, from 0 to more than 1; 0 is said of too little."""
    matcher = SequenceMatcher(None, was.words, now.words, autojunk=False)
    enough = SIMILAR if old[0] == new[0] else SIMILAR_ELSEWHERE
    if not was.words or matcher.quick_ratio() < enough or matcher.ratio() < enough:
        return 0.0
    # Of two that are as much alike, the one in the same class, or of the same name.
    return matcher.ratio() + 0.01 * (old[1][:-1] == new[1][:-1]) + 0.01 * (old[1][-1] == new[1][-1])


# Each patch of a series is looked at again for every later one.
@lru_cache(maxsize=512)
def _functions(text: str) -> Mapping[tuple[str, ...], _Function] | None:
    """The functions of a file by the names of their classes and their own."""
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return dict(_within(module.body, (), {}))


def _within(
    body: Sequence[ast.stmt], names: tuple[str, ...], skips: Mapping[str, int]
) -> Iterator[tuple[tuple[str, ...], _Function]]:
    """``skips`` are those of what stands around: they hold for all that is in it."""
    skips = {**skips, **_skips(node for node in body if not _is_scope(node))}
    for node in body:
        if isinstance(node, ast.ClassDef):
            own = _skips(node.decorator_list)
            yield from _within(node.body, (*names, node.name), {**skips, **own})
        elif isinstance(node, FUNCTIONS):
            own = _skips([*node.decorator_list, *node.body])
            yield (*names, node.name), _function(node, {**skips, **own})
        else:
            inner = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt)]
            if any(map(_is_scope, inner)):
                # A class that stands below `if` is none the less a class.
                yield from _within(inner, names, skips)


def _is_scope(node: ast.AST) -> bool:
    return isinstance(node, (ast.ClassDef, *FUNCTIONS))


def _skips(nodes: Iterable[ast.AST]) -> dict[str, int]:
    """The parts that skip something, with their lines."""
    found: dict[str, int] = {}
    for node in nodes:
        for each in ast.walk(node):
            if isinstance(each, ast.Name | ast.Attribute):
                name = each.id if isinstance(each, ast.Name) else each.attr
                if SKIPPING.search(name):
                    found.setdefault(ast.unparse(node), each.lineno)
    return found


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, skips: Mapping[str, int]) -> _Function:
    body = "\n".join(map(ast.unparse, node.body))
    checks: Counter[str] = Counter()
    for each in (inner for part in node.body for inner in ast.walk(part)):
        if isinstance(each, ast.Assert):
            checks["assert"] += 1
        elif isinstance(each, ast.Call):
            called = each.func
            name = called.attr if isinstance(called, ast.Attribute) else ""
            name = called.id if isinstance(called, ast.Name) else name
            if CHECKING.search(name):
                checks[name] += 1
    return _Function(node.lineno, tuple(re.findall(r"\w+|[^\w\s]", body)), checks, skips)
