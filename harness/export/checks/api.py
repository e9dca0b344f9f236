"""Public names that a diff adds or changes, and the note that documentation owes for them.

Owns: what an API is here: a class or function whose name begins with no underscore
and that the upstream documents. Must not know git.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from ...sources.provider import Provider
from ..gate import CheckResult, fine, not_asked, wrong_if_any
from ..squash import ChangedFile, SquashedCommit

DIRECTIVE = re.compile(
    r"^\s*\.\. (?:\w+:)?(?:class|exception|function|method|attribute|data)::\s*([\w.]+)", re.M
)


def check(squashed: SquashedCommit, provider: Provider) -> CheckResult:
    """Documented names whose parameters changed or that are new, without a version's note."""
    rules = squashed.upstream.pull_request
    if rules is None or not rules.version_note:
        return not_asked("the upstream has no such rule")
    code = [f for f in squashed.touched if f.path.endswith(".py") and not squashed.in_tests(f.path)]
    changed = [(file.path, name) for file in code for name in changed_names(file)]
    if not changed:
        return not_asked("no public name is new or takes other parameters")
    patterns = squashed.upstream.lint.docs
    docs = [f for f in squashed.touched if any(fnmatchcase(f.path, p) for p in patterns)]
    note = re.compile(rules.version_note)
    if any(note.search(line.text) for file in docs for line in file.added):
        return fine(f"noted: {', '.join(name for _, name in changed)}")
    assert squashed.patched is not None
    known = documented_names(provider.trees.checkout(squashed.patched), patterns)
    said = [f"{path}: {name}" for path, name in changed if _owners(name) & known]
    return wrong_if_any(
        said,
        "say it in the documentation with versionadded or versionchanged",
        "nothing that is documented" if not said else "",
    )


def changed_names(file: ChangedFile) -> Iterator[str]:
    """Public classes, functions and methods that are new or take other parameters."""
    before, after = (_signatures(text) for text in file.texts())
    for name, signature in after.items():
        if before.get(name) != signature:
            yield name


def documented_names(tree: Path, patterns: tuple[str, ...]) -> set[str]:
    """Every name that a directive of the documentation describes, without its module."""
    names: set[str] = set()
    for pattern in patterns:
        folder, _, last = pattern.rpartition("/")
        for path in (tree / folder).rglob(last):
            for name in DIRECTIVE.findall(path.read_text("utf-8", "replace")):
                names.add(name.rpartition(".")[2])
    return names


def _owners(name: str) -> set[str]:
    """A method is an API if its class is documented, a function if it is itself."""
    return {name.partition(".")[0]}


def _signatures(text: str) -> dict[str, str]:
    try:
        module = ast.parse(text)
    except SyntaxError:
        return {}
    return dict(_public(module, ""))


def _public(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, str]]:
    for child in node.body:
        if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            yield f"{prefix}{child.name}", ""
            yield from _public(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and (
            not child.name.startswith("_") or child.name == "__init__"
        ):
            yield f"{prefix}{child.name}", ast.unparse(child.args)
