"""What checks say of a single file, and how credit gets into a message."""

from __future__ import annotations

import pytest

from harness.catalog.catalog import LintRules
from harness.export.checks import api, form, redgreen
from harness.export.credit import Sender, credited
from harness.export.squash import AddedLine, ChangedFile
from harness.model import JobEnd, Outcome, Result, Status

RULES = LintRules(line_length=88, comment_length=79, docs_length=79, docs=("docs/*.txt",))
SENDER = Sender("A Contributor", "contributor@example.com")


def touched(before: str, after: str, path: str = "django/server.py") -> ChangedFile:
    """A file with every line of ``after`` that ``before`` has not as added."""
    old = before.splitlines()
    added = [AddedLine(n, line) for n, line in enumerate(after.splitlines(), 1) if line not in old]
    return ChangedFile(path, before.encode(), after.encode(), tuple(added))


@pytest.mark.parametrize(
    ("path", "line", "wrong"),
    [
        ("django/server.py", "x = " + "1" * 84, False),
        ("django/server.py", "x = " + "1" * 85, True),
        ("django/server.py", "# " + "x" * 77, False),
        ("django/server.py", "# " + "x" * 78, True),
        ("django/server.py", "# https://example.com/" + "x" * 80, False),
        ("docs/ref.txt", "x" * 79, False),
        ("docs/ref.txt", "x" * 80, True),
        ("django/data.json", "x" * 200, False),
    ],
)
def test_the_length_of_a_line_depends_on_what_stands_in_it(
    path: str, line: str, wrong: bool
) -> None:
    assert bool(list(form.too_long(touched("", f"{line}\n", path), RULES))) is wrong


def test_lines_that_the_base_had_are_not_the_patchs_fault() -> None:
    long = "x = " + "1" * 100 + "\n"
    assert list(form.too_long(touched(long, f"{long}y = 1\n"), RULES)) == []
    assert list(form.debugging(touched("print(1)\n", "print(1)\ny = 1\n"))) == []


@pytest.mark.parametrize("call", ["print(x)", "breakpoint()", "pdb.set_trace()"])
def test_a_call_that_was_left_from_debugging(call: str) -> None:
    (said,) = form.debugging(touched("x = 1\n", f"x = 1\n{call}\n"))
    assert said == f"django/server.py:2: {call.partition('(')[0]}()"


def test_printing_to_somebody_is_no_debugging() -> None:
    assert list(form.debugging(touched("", "print(1, file=out)\n"))) == []


def test_names_that_are_new_or_take_other_parameters() -> None:
    before = "class A:\n    def f(self): pass\n    def g(self): pass\n    def _h(self): pass\n"
    after = (
        "class A:\n    def f(self, x): pass\n    def g(self): return 1\n    def _h(self, y): pass\n"
    )
    assert list(api.changes(touched(before, after))) == ["A.f"]
    assert list(api.changes(touched(before, f"{before}def new(): pass\n"))) == ["new"]


def test_which_test_modules_a_patch_touches() -> None:
    paths = ["tests/servers/test_basehttp.py", "tests/servers/urls.py", "tests/wsgi/tests.py"]
    assert redgreen.labels_of(paths, "tests/") == ("servers.test_basehttp", "wsgi.tests")
    assert redgreen.labels_of(["tests/servers/urls.py"], "tests/") == ("servers",)
    assert redgreen.labels_of(["Lib/test/test_wsgiref.py"], "Lib/test/") == ("test_wsgiref",)


def test_which_tests_a_patch_changes() -> None:
    before = "class T:\n    def test_a(self): pass\n    def test_b(self): pass\n"
    path = "tests/servers/tests.py"
    one = touched(before, before.replace("test_b(self): pass", "test_b(self): 1"), path)
    assert redgreen.changed_tests(one, "tests/") == ["servers.tests.T.test_b"]
    new = touched(before, f"{before}    def test_c(self): pass\n", path)
    assert redgreen.changed_tests(new, "tests/") == ["servers.tests.T.test_c"]
    prepared = touched(before, f"{before}    def setUp(self): pass\n", path)
    assert redgreen.changed_tests(prepared, "tests/") == ["servers.tests.T.*"]


def test_a_module_that_can_not_be_imported_without_the_code_is_red() -> None:
    failed = {"unittest.loader._FailedTest.servers.tests": Outcome(Status.ERROR)}
    assert redgreen._is_red(Result(JobEnd.COMPLETED, failed), "servers.tests.T.test_a")
    assert not redgreen._is_red(Result(JobEnd.COMPLETED), "servers.tests.T.test_a")


def test_who_has_an_address_becomes_a_co_author() -> None:
    message = credited("Subject.\n\nWhy.\n", ["B <b@example.com>"], SENDER)
    assert message == "Subject.\n\nWhy.\n\nCo-authored-by: B <b@example.com>\n"


def test_who_has_none_is_named_in_the_text_once() -> None:
    message = credited("Subject.\n\nWhy.\n\nReported-by: C\n", ["David Sanders"], SENDER)
    assert message == "Subject.\n\nWhy.\n\nBased on work by David Sanders.\n\nReported-by: C\n"
    assert credited(message, ["David Sanders"], SENDER) == message


def test_nobody_is_a_co_author_of_oneself() -> None:
    message = "Subject.\n\nWhy.\n"
    assert credited(message, [f"{SENDER.name} <{SENDER.address}>"], SENDER) == message
