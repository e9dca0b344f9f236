"""Where in a Python file a fault can be noticed, and where nobody could. Pure.

Owns: what of a syntax tree is code that tests can be asked about. Must not know which
faults there are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

TYPES = ("annotation", "returns", "type_params", "type_comment")
LOGGING = ("log", "logger", "logging", "warnings", "stderr", "stdout")
PRINTING = ("print", "log_message", "log_error", "warn")
# Arguments whose text is for people alone.
WORDS = ("help", "help_text", "verbose_name", "verbose_name_plural")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
SIMPLE = (ast.Raise, ast.Delete, ast.Assert, ast.Continue, ast.Break, ast.AugAssign)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign)


def worth_a_fault(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all that is in it, but for what no test can be asked about."""
    if _is_quiet(node):
        return
    yield node
    for field, value in ast.iter_fields(node):
        if field in TYPES or (field == "body" and _is_for_type_checkers(node)):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from worth_a_fault(child)


class Context:
    """What is around each node of one file."""

    def __init__(self, module: ast.Module) -> None:
        self._above: dict[ast.AST, ast.AST] = {}
        self._blocks: dict[ast.AST, list[ast.stmt]] = {}
        for node in ast.walk(module):
            for child in ast.iter_child_nodes(node):
                self._above[child] = node
            for _, value in ast.iter_fields(node):
                if isinstance(value, list):
                    self._blocks.update(
                        (each, value) for each in value if isinstance(each, ast.stmt)
                    )

    def is_condition(self, node: ast.expr) -> bool:
        """Whether it decides, all of it, about what is run next."""
        above = self._above.get(node)
        if isinstance(above, ast.If | ast.While | ast.IfExp):
            return above.test is node and not _is_for_type_checkers(above)
        if isinstance(above, ast.match_case):
            return above.guard is node
        return isinstance(above, ast.comprehension) and node in above.ifs

    def is_wording(self, node: ast.expr) -> bool:
        """Whether a text is part of what is said to people (an error, a help), or is looked
        up, where any other is missed at once."""
        owner = self._above.get(node)
        if isinstance(owner, ast.Subscript) and isinstance(owner.ctx, ast.Load):
            return True
        for above in self._around(node):
            if isinstance(above, ast.Raise | ast.Assert):
                return True
            if isinstance(above, ast.keyword) and above.arg in WORDS:
                return True
            if isinstance(above, ast.stmt):
                return False
        return False

    def can_be_dropped(self, node: ast.stmt) -> bool:
        """Whether a program without a statement is still one, and another one."""
        if isinstance(node, ast.Continue):
            return not self._is_last(node, LOOPS)
        if isinstance(node, ast.Return):
            return node.value is None and not self._is_last(node, FUNCTIONS)
        if isinstance(node, ASSIGNMENTS):
            return node.value is not None and self._leaves_a_value(node)
        return isinstance(node, (*SIMPLE, ast.Expr))

    def _is_last(self, node: ast.stmt, kinds: tuple[type[ast.AST], ...]) -> bool:
        return isinstance(self._above[node], kinds) and self._blocks[node][-1] is node

    def _leaves_a_value(self, node: ast.Assign | ast.AnnAssign) -> bool:
        """Whether something is found under the names that it sets without it as well: what is
        an attribute may be inherited, and a variable may have been set before."""
        targets: list[ast.expr] = node.targets if isinstance(node, ast.Assign) else [node.target]
        if not all(isinstance(each, ast.Name) for each in targets):
            return True
        owner = next(
            n for n in self._around(node) if isinstance(n, (*FUNCTIONS, ast.ClassDef, ast.Module))
        )
        if isinstance(owner, ast.ClassDef):
            return True
        names = {each.id for each in targets if isinstance(each, ast.Name)}
        return names <= {name for other in ast.walk(owner) for name in _set_by(other, targets)}

    def _around(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self._above:
            node = self._above[node]
            yield node


def _set_by(node: ast.AST, but: list[ast.expr]) -> Iterator[str]:
    """The variable that a node sets, if it is none of some nodes."""
    if isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in but:
        yield node.id


def _is_quiet(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or _is_said(node.value)
    if isinstance(node, ast.Assign):
        names = [each.id for each in node.targets if isinstance(each, ast.Name)]
        return any(name.startswith("__") and name.endswith("__") for name in names)
    return isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom)


def _is_said(node: ast.expr) -> bool:
    """Whether it is a call that logs, warns or prints."""
    if not isinstance(node, ast.Call):
        return False
    *owners, name = ast.unparse(node.func).split(".")
    return name in PRINTING or bool(owners and owners[-1].strip("_").lower() in LOGGING)


def _is_for_type_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
