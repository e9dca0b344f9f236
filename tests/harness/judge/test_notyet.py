"""A test on a tree that is too old for it: what it uses is not there yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.failing import CODE, signature

from harness.judge.codefolders import CodeFolders
from harness.judge.notyet import is_not_yet
from harness.judge.signature import Signature
from harness.model import Status

CLASS = "class Light:\n    def on(self): {body}\n\ndef run(*words): {body}\n"
PLAIN = CLASS.format(body="pass")
ASKS = "raise ValueError(f'{words}')"

MISSING = [
    ("a module", PLAIN, "import lamp.core", ""),
    ("a name of a module", PLAIN, "from lamp import spark", ""),
    ("a module at the top of the test", PLAIN, "pass", "import lamp.core"),
    ("a name at the top of the test", PLAIN, "pass", "from lamp import spark"),
    ("a base class of the test module", PLAIN, "pass", "import lamp\nclass Mine(lamp.Dim): pass"),
    ("a function", PLAIN, "lamp.spark()", "import lamp"),
    ("a method", PLAIN, "lamp.Light().off()", "import lamp"),
    ("a class attribute", PLAIN, "lamp.Light.colour", "import lamp"),
    ("a keyword", PLAIN, "lamp.Light().on(power=1)", "import lamp"),
    ("a further argument", PLAIN, "lamp.Light().on(1)", "import lamp"),
    ("an argument of a constructor", PLAIN, "lamp.Light(1)", "import lamp"),
    (
        "what a double stands in for",
        PLAIN,
        "mock.patch('lamp.spark').start()",
        "from unittest import mock",
    ),
    (
        "an option of a command",
        "def run(words): raise SystemError(f'unrecognized arguments: {words}')",
        "lamp.run('--dim')",
        "import lamp",
    ),
    (
        "what is looked up by its name",
        "def run(words): raise SystemError(f'Invalid filter: {words!r}')",
        "lamp.run('dim')",
        "import lamp",
    ),
]
BROKEN = [
    ("the code's own attribute", PLAIN.replace("pass", "self.colour"), "lamp.Light().on()"),
    ("the code's own import", "def run(): import lamp.core", "lamp.run()"),
    ("the code's own import at its top", "import lamp.core", "lamp.run()"),
    ("the code's own call", "def run(): ''.join(1, 2)", "lamp.run()"),
    ("a result that is none", "def run(): pass", "lamp.run().colour"),
    ("a dependency", PLAIN, "import nothing_of_that_name"),
    ("another type of argument", PLAIN, "lamp.Light() + 1"),
    ("too few arguments", "def run(word): pass", "lamp.run()"),
    ("a wrong value", "run = 1", "self.assertEqual(lamp.run, 2)"),
    (
        "a name that the test does not use",
        "def run(): raise SystemError('Invalid filter: dim')",
        "lamp.run()",
    ),
]


@pytest.mark.parametrize(("what", "code", "body", "imports"), MISSING)
def test_what_the_test_itself_uses_is_not_there_yet(
    what: str, code: str, body: str, imports: str, tmp_path: Path
) -> None:
    assert is_not_yet(signature(tmp_path, code, body, imports), CODE)


@pytest.mark.parametrize(("what", "code", "body"), BROKEN)
def test_this_is_a_failure_like_any_other(what: str, code: str, body: str, tmp_path: Path) -> None:
    found = signature(tmp_path, code, body)
    assert found.kind in (Status.FAILED, Status.ERROR)
    assert not is_not_yet(found, CODE)


def test_where_the_folder_holds_all_kinds_of_modules_each_may_be_not_there_yet() -> None:
    found = Signature(
        Status.ERROR, "ModuleNotFoundError", "No module named 'tomllib'", is_by_test=True
    )
    assert is_not_yet(found, CodeFolders(("Lib/",), ("Lib/test/",)))
    assert is_not_yet(found, CodeFolders(("src/tomllib/",), ("tests/",)))
    assert not is_not_yet(found, CODE)
