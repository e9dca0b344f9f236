"""The form of what a diff adds: whitespace, lengths, forgotten debugging. Pure but for git.

Owns: checks that need no tool. What the base already had is not the patch's fault:
only added lines, and calls that are more than before, are looked at.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase

from ...catalog.upstream import LintRules
from ..gate import CheckResult, wrong_if_any
from ..squash import ChangedFile, SquashedCommit, Squasher

DEBUGGING = frozenset({"breakpoint", "print", "pdb.set_trace", "pdb.post_mortem", "pprint.pprint"})


def check_whitespace(squashed: SquashedCommit, squasher: Squasher) -> CheckResult:
    """Trailing blanks, blank lines at the end, tabs, line ends of another system."""
    assert squashed.patched is not None
    said = squasher.whitespace(squashed.base.commit, squashed.commit)
    return wrong_if_any(
        [*said, *_line_end_problems(squashed)], "remove it; `git diff --check` shows the same"
    )


def check_line_length(squashed: SquashedCommit) -> CheckResult:
    """Added lines that are longer than the upstream allows."""
    rules = squashed.upstream.lint
    said = [text for file in squashed.touched for text in overlong_lines(file, rules)]
    limits = f"code {rules.line_length}"
    limits += f", comments {rules.comment_length}" if rules.comment_length else ""
    limits += f", documentation {rules.docs_length}" if rules.docs_length else ""
    return wrong_if_any(said, "wrap these lines", limits)


def overlong_lines(file: ChangedFile, rules: LintRules) -> Iterator[str]:
    """Each added line of one file that is too long for what stands in it."""
    docs = any(fnmatchcase(file.path, pattern) for pattern in rules.docs)
    if not docs and not file.path.endswith(".py"):
        return
    comments = set() if docs else _comment_lines(file.texts()[1])
    for line in file.added:
        limit = rules.docs_length if docs else rules.line_length
        if line.number in comments and rules.comment_length:
            limit = rules.comment_length
        if limit and len(line.text) > limit and "://" not in line.text:
            yield f"{file.path}:{line.number}: {len(line.text)} characters, more than {limit}"


def check_debug(squashed: SquashedCommit) -> CheckResult:
    """Calls that somebody uses while looking for a fault, and forgets."""
    said = [text for file in squashed.touched for text in debugging_calls(file)]
    return wrong_if_any(said, "remove them, or --allow debug=reason where the output is meant")


def debugging_calls(file: ChangedFile) -> Iterator[str]:
    """Each call to ``print``, ``breakpoint`` or a debugger that a file has more of than before."""
    if not file.path.endswith(".py"):
        return
    before, after = (Counter(name for name, _ in _calls(text)) for text in file.texts())
    lines = dict(_calls(file.texts()[1]))
    for name, number in (after - before).items():
        times = f" ({number} times)" if number > 1 else ""
        yield f"{file.path}:{lines[name]}: {name}(){times}"


def _line_end_problems(squashed: SquashedCommit) -> Iterator[str]:
    for file in squashed.touched:
        before, after = file.before or b"", file.after or b""
        if b"\r\n" in after and b"\r\n" not in before:
            yield f"{file.path}: lines end in CR LF"
        if after and not after.endswith(b"\n") and (not before or before.endswith(b"\n")):
            yield f"{file.path}: no line end at the end of the file"
        if file.path.endswith(".py"):
            for line in file.added:
                if "\t" in line.text[: len(line.text) - len(line.text.lstrip())]:
                    yield f"{file.path}:{line.number}: indented with a tab"


def _comment_lines(text: str) -> set[int]:
    """The numbers of the lines on which only a comment stands."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return set()
    return {
        t.start[0]
        for t in tokens
        if t.type == tokenize.COMMENT and not t.line[: t.start[1]].strip()
    }


def _calls(text: str) -> Iterator[tuple[str, int]]:
    """Every debugging call of a module: its name and its line."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            # print(…, file=…) is addressed to somebody.
            if name in DEBUGGING and not any(word.arg == "file" for word in node.keywords):
                yield name, node.lineno
