"""Names that a patch leaves undefined, as pyflakes finds them.

Owns: calling pyflakes (https://pypi.org/project/pyflakes/). Importing a module does not see
a name that only a function uses. pyflakes and not the linter of an upstream: it is asked
about one thing only, needs no configuration, and reads a text without a tree around it.
"""

from __future__ import annotations

import ast
from collections import Counter

from pyflakes.checker import Checker
from pyflakes.messages import UndefinedName


def names(before: str, after: str) -> list[tuple[int, str]]:
    """The lines of ``after`` that use a name which is defined nowhere, with the name.

    What was undefined before already is left out, and so is a text that this Python can not
    parse: the import check compiles it with the tree's own.
    """
    known = Counter(name for _, name in _undefined(before))
    found = []
    for line, name in _undefined(after):
        known[name] -= 1
        if known[name] < 0:
            found.append((line, name))
    return found


def _undefined(text: str) -> list[tuple[int, str]]:
    try:
        messages = Checker(ast.parse(text)).messages
    except (SyntaxError, ValueError, RecursionError):
        return []
    mine = (message for message in messages if isinstance(message, UndefinedName))
    return sorted((message.lineno, str(message.message_args[0])) for message in mine)
