"""Reach: which of the statements that a patch changes were run, and by which tests. Pure.

Owns: what an executable, changed statement is, and what traces say of it. May know only
the words in ``model``. Statements and not lines are counted, since which of a statement's
lines Python tells of differs from version to version
(https://docs.python.org/3/library/ast.html).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from ..model import FileReach, HunkLines, Judgement, RanLines, Reach, Trace, TracedFile, Verdict

PYTHON = ".py"
UNWATCHED = "what is not Python is not watched"
GONE = "all of its code is taken away"
# They make no code, or none that Python tells the line of in every version.
SILENT = (ast.Pass, ast.Global, ast.Nonlocal)


class Statement(NamedTuple):
    """A statement's own lines, without those of the statements in it.

    ``column`` is where its block begins: what is only run if something else was not, an
    ``elif`` or an ``except``, counts as inside of that. ``at_import`` says that importing
    its file always runs it, and ``scope`` names the classes and functions around it.
    """

    first: int
    last: int
    column: int
    at_import: bool
    scope: tuple[str, ...]


def statements(source: str) -> list[Statement]:
    """The executable statements of a Python file in the order of their lines.

    Raises ``SyntaxError`` (or ``ValueError``) for what is none.
    """
    return sorted(_walk(ast.parse(source).body, True, False, ()))


def changed(old: str, new: str, hunks: Iterable[HunkLines]) -> list[Statement]:
    """The executable statements of ``new`` that the hunks between ``old`` and it are about.

    Where statements were only taken away, it is the neighbour: what is run where they were.
    Raises ``SyntaxError`` (or ``ValueError``) if ``new`` is no Python.
    """
    found = statements(new)
    try:
        before = statements(old)
    except (SyntaxError, ValueError):
        before = []
    mine: set[Statement] = set()
    for hunk in hunks:
        added = [s for s in found if s.first < hunk.new[1] and s.last >= hunk.new[0]]
        gone = [s for s in before if s.first >= hunk.old[0] and s.last < hunk.old[1]]
        if gone and not added:
            added = _neighbour(found, hunk.new[1], min(s.column for s in gone))
        mine.update(added)
    return sorted(mine)


def why_unknown(path: str, old: str, new: str) -> str:
    """Why it is not known whether a test runs what a change of a file is about.

    Empty if that is known: by what runs its statements, or as it has none.
    """
    if not path.endswith(PYTHON):
        return UNWATCHED
    try:
        left = statements(new)
    except (SyntaxError, ValueError) as error:
        return f"it can not be parsed: {error}"
    try:
        return GONE if statements(old) and not left else ""
    except (SyntaxError, ValueError):
        return ""


def with_reach(judged: Judgement, reach: Reach | None) -> Judgement:
    """A judgement with what is known of its reach: where nothing changed and not all of
    the change was run, nobody knows whether it would."""
    unproven = judged.verdict is Verdict.NEUTRAL and reach is not None and not reach.is_full
    verdict = Verdict.UNPROVEN if unproven else judged.verdict
    return msgspec.structs.replace(judged, reach=reach, verdict=verdict)


def to_trace(upstream: str, path: str, changed: Iterable[Statement]) -> TracedFile:
    """What a job has to watch, to tell which of these statements were run."""
    lines: set[int] = set()
    at_import: set[int] = set()
    for each in changed:
        own = range(each.first, each.last + 1)
        lines.update(own)
        at_import.update(own if each.at_import else ())
    return TracedFile(upstream, path, tuple(sorted(lines)), tuple(sorted(at_import)))


def of_file(
    upstream: str, path: str, changed: Sequence[Statement], traces: Iterable[Trace]
) -> FileReach:
    """What ``traces`` say of the changed statements of one file."""
    runs: dict[str, frozenset[int]] = {}
    for trace in traces:
        if (trace.upstream, trace.path) == (upstream, path):
            runs[trace.test] = runs.get(trace.test, frozenset()) | frozenset(trace.lines)
    seen = frozenset().union(*runs.values())
    tests = sorted(test for test in runs if test)
    by_tests = frozenset().union(*(runs[test] for test in tests))
    unreached = [each for each in changed if not _is_run(each, seen)]
    return FileReach(
        upstream=upstream,
        path=path,
        statements=len(changed),
        at_import=sum(_is_run(s, seen) and not _is_run(s, by_tests) for s in changed),
        unreached=tuple(_ranges(changed, unreached)),
        names=tuple(dict.fromkeys(each.scope[-1] for each in unreached if each.scope)),
        tests=tuple(tests),
        ran=tuple(_ran(changed, seen, [runs[test] for test in tests])),
    )


def _ran(
    changed: Sequence[Statement], seen: frozenset[int], runs: Sequence[frozenset[int]]
) -> Iterator[RanLines]:
    """What was run, by the places in ``runs`` of the tests that ran exactly that."""
    found: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for each in changed:
        if _is_run(each, seen):
            mine = tuple(place for place, lines in enumerate(runs) if _is_run(each, lines))
            lines = found.setdefault(mine, [])
            touches = bool(lines) and each.first <= lines[-1][1] + 1
            first, last = lines.pop() if touches else (each.first, each.last)
            lines.append((first, max(last, each.last)))
    yield from (RanLines(tuple(lines), tests) for tests, lines in found.items())


def _is_run(statement: Statement, lines: frozenset[int]) -> bool:
    return not lines.isdisjoint(range(statement.first, statement.last + 1))


def _ranges(
    changed: Sequence[Statement], unreached: Sequence[Statement]
) -> Iterator[tuple[int, int]]:
    """First and last lines of what was not run, neighbours together."""
    first = last = 0
    for each in changed:
        if each in unreached:
            first, last = first or each.first, max(last, each.last)
        elif first:
            yield first, last
            first = last = 0
    if first:
        yield first, last


def _neighbour(found: Sequence[Statement], line: int, column: int) -> list[Statement]:
    """What is run where something at ``column`` stood before ``line``: the next statement of
    that block, or the last one before it, or what the block belonged to."""
    after = [each for each in found if each.first >= line][:1]
    if after and after[0].column == column:
        return after
    above = [each for each in found if each.first < line and each.column <= column]
    return above[-1:] or after


def _walk(
    body: Iterable[ast.stmt],
    at_import: bool,
    in_function: bool,
    scope: tuple[str, ...],
    elifs: Sequence[ast.stmt] = (),
) -> Iterator[Statement]:
    for node in body:
        inner, inside, always = scope, in_function, False
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = (*scope, node.name)
            inside = in_function or not isinstance(node, ast.ClassDef)
            always = at_import and not inside
        if _makes_code(node, in_function):
            column = node.col_offset + (node in elifs)
            yield Statement(*_own_lines(node), column, at_import, scope)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _walk(node.orelse, False, inside, inner)
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from _walk(getattr(node, field, ()), always, inside, inner, _elifs(node))
        for handler in getattr(node, "handlers", ()):
            until = (handler.type and handler.type.end_lineno) or handler.lineno
            yield Statement(handler.lineno, until, node.col_offset + 1, False, scope)
            yield from _walk(handler.body, False, inside, inner)
        for case in getattr(node, "cases", ()):
            end: ast.expr | ast.pattern = case.guard or case.pattern
            last = end.end_lineno or case.pattern.lineno
            yield Statement(case.pattern.lineno, last, node.col_offset + 1, False, scope)
            yield from _walk(case.body, False, inside, inner)


def _elifs(node: ast.stmt) -> list[ast.stmt]:
    """The ``elif`` of an ``if``, which Python reads as an ``if`` within its ``else``."""
    if not isinstance(node, ast.If):
        return []
    return [each for each in node.orelse if each.col_offset == node.col_offset]


def _makes_code(node: ast.stmt, in_function: bool) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return False  # a docstring, or dots
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return not in_function
    return not isinstance(node, (*SILENT, ast.Try, ast.TryStar))


def _own_lines(node: ast.stmt) -> tuple[int, int]:
    """First and last line of a statement, decorators with it, its body without."""
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    first = min([node.lineno, *(each.lineno for each in decorators)])
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if not body:
        return first, node.end_lineno or first
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return first, max(node.lineno, body[0].lineno - 1)
    parts = [getattr(node, name, None) for name in ("test", "iter", "target", "subject")]
    parts += [item.optional_vars or item.context_expr for item in getattr(node, "items", ())]
    return first, max([first, *(part.end_lineno or 0 for part in parts if part)])
