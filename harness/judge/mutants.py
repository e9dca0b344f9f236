"""Mutants: the text of a Python file with one small fault put into it. Pure.

Owns: which faults there are, where they can be, and what each is called. Must not know
trees or tests. A mutant is for its tests: one that passes them shows what nobody asserts.
Only the place of the fault differs, to the byte.

What no test can be asked to notice is left out: annotations, docstrings, what is logged or
printed, the words of an error or a help text, what is only there for type checkers. So is
what every test notices that gets there, such as a variable that was never set.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple, TypeVar

from .quiet import Context, worth_a_fault
from .spots import SourceText, Spot

NEGATED = "the condition is negated"
DROPPED = "the statement is dropped"
NO_CALL = "the call becomes None"
RETURNS = "it returns None"
UNCAUGHT = "nothing is caught"
M = TypeVar("M")
BECOMES = re.compile(r"\S.* becomes \S.*")
# A larger number is a size, a port, a number of seconds for ever: one more of them is the same.
COUNTED = 10
LONGEST = 30  # characters of a constant in the name of a fault

OPERATORS: dict[type[ast.cmpop] | type[ast.boolop], tuple[str, str]] = {
    ast.And: (r"\band\b", "or"),
    ast.Or: (r"\bor\b", "and"),
    ast.Lt: (r"<", "<="),
    ast.LtE: (r"<=", "<"),
    ast.Gt: (r">", ">="),
    ast.GtE: (r">=", ">"),
    ast.Eq: (r"==", "!="),
    ast.NotEq: (r"!=", "=="),
    ast.Is: (r"\bis\b", "is not"),
    ast.IsNot: (r"\bis\s+not\b", "is"),
    ast.In: (r"\bin\b", "not in"),
    ast.NotIn: (r"\bnot\s+in\b", "in"),
}
# With these it is the same as negating the whole comparison.
EQUALITIES = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)


class Mutant(NamedTuple):
    """A file with one fault: its line's number and text, its name, and the file's whole text."""

    line: int
    text: str
    mutation: str
    source: str


class Fault(NamedTuple):
    """What is written where, and what it is called."""

    spot: Spot
    new: str
    mutation: str


def mutants(source: str, lines: Collection[int]) -> list[Mutant]:
    """Every mutant of a file whose fault begins on one of some lines, in their order.

    Raises ``SyntaxError`` (or ``ValueError``) for what is no Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those about somebody else's code
        module = ast.parse(source)
    text, context = SourceText(source), Context(module)
    found = [
        Mutant(number, text.line(number), fault.mutation, text.with_other(fault.spot, fault.new))
        for node in worth_a_fault(module)
        for fault in _faults(node, text, context)
        if (number := text.line_of(fault.spot)) in lines
    ]
    return sorted(found, key=lambda mutant: mutant.line)


def is_mutation(text: str) -> bool:
    """Whether a fault may have that name."""
    return text in (NEGATED, DROPPED, NO_CALL, RETURNS, UNCAUGHT) or bool(BECOMES.fullmatch(text))


def spread(every: Sequence[M], most: int) -> list[M]:
    """Up to so many of them, evenly from the first to the last."""
    if len(every) <= most:
        return list(every)
    return [every[number * len(every) // most] for number in range(most)]


def is_python(source: str) -> bool:
    """Whether Python takes a mutant: what it refuses, no test has to notice."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _faults(node: ast.AST, text: SourceText, context: Context) -> Iterator[Fault]:
    for kind in KINDS:
        yield from kind(node, text, context)


def _negated(node: ast.AST, text: SourceText, context: Context) -> Iterator[Fault]:
    if isinstance(node, ast.expr) and context.is_condition(node):
        spot = text.of(node)
        yield Fault(spot, f"not ({text.text(spot)})", NEGATED)


def _operators(node: ast.AST, text: SourceText, context: Context) -> Iterator[Fault]:
    if isinstance(node, ast.BoolOp):
        pairs = zip([node.op] * len(node.values), node.values, node.values[1:], strict=False)
        yield from (_swapped(text, *pair) for pair in pairs)
    elif isinstance(node, ast.Compare):
        whole = context.is_condition(node) and len(node.ops) == 1
        operands = [node.left, *node.comparators]
        for op, left, right in zip(node.ops, operands, operands[1:], strict=False):
            if not (whole and isinstance(op, EQUALITIES)):
                yield _swapped(text, op, left, right)


def _swapped(
    text: SourceText, op: ast.cmpop | ast.boolop, left: ast.expr, right: ast.expr
) -> Fault:
    pattern, new = OPERATORS[type(op)]
    spot = text.found(pattern.encode(), text.between(left, right))
    assert spot is not None, f"no {pattern} where the syntax tree has one"
    return Fault(spot, new, f"{' '.join(text.text(spot).split())} becomes {new}")


def _dropped(node: ast.AST, text: SourceText, context: Context) -> Iterator[Fault]:
    if isinstance(node, ast.stmt) and context.can_be_dropped(node):
        yield Fault(text.of(node), "pass", DROPPED)


def _values(node: ast.AST, text: SourceText, context: Context) -> Iterator[Fault]:
    """What is returned, or the result of a call that is kept."""
    if isinstance(node, ast.Return) and not isinstance(node.value, ast.Constant | None):
        yield Fault(text.of(node.value), "None", RETURNS)
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(
        node.value, ast.Call | ast.Await
    ):
        yield Fault(text.of(node.value), "None", NO_CALL)


def _handlers(node: ast.AST, text: SourceText, context: Context) -> Iterator[Fault]:
    if isinstance(node, ast.ExceptHandler) and node.type is not None:
        yield Fault(text.of(node.type), "()", UNCAUGHT)


def _constants(node: ast.AST, text: SourceText, context: Context) -> Iterator[Fault]:
    if isinstance(node, ast.Constant) and not context.is_condition(node):
        new = _other(node.value)
        if new is not None and not (isinstance(node.value, str) and context.is_wording(node)):
            spot = text.of(node)
            old = " ".join(text.text(spot).split())
            old = old if len(old) <= LONGEST else f"{old[:LONGEST]}..."
            yield Fault(spot, new, f"{old} becomes {new}")


def _other(value: object) -> str | None:
    """Another constant of that kind, as Python writes it."""
    if isinstance(value, bool):
        return str(not value)
    if isinstance(value, int):
        return str(value + 1 if value <= COUNTED else 0)
    if isinstance(value, float):
        return str(value + 1 if value <= COUNTED else 0.0)
    if isinstance(value, str | bytes):
        prefix = "b" if isinstance(value, bytes) else ""
        return prefix + ('""' if value else '"mutant"')
    return None


Kind = Callable[[ast.AST, SourceText, Context], Iterator[Fault]]
KINDS: tuple[Kind, ...] = (_negated, _operators, _dropped, _values, _handlers, _constants)
