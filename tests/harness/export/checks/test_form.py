"""What checks say of a single file, and how credit gets into a message."""

from __future__ import annotations

import pytest
from support.exporting import changed_file

from harness.catalog.upstream import LintRules
from harness.export.checks import api, form
from harness.export.credit import Sender, credited

RULES = LintRules(line_length=88, comment_length=79, docs_length=79, docs=("docs/*.txt",))
SENDER = Sender("A Contributor", "contributor@example.com")


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
    assert bool(list(form.overlong_lines(changed_file("", f"{line}\n", path), RULES))) is wrong


def test_lines_that_the_base_had_are_not_the_patchs_fault() -> None:
    long = "x = " + "1" * 100 + "\n"
    assert list(form.overlong_lines(changed_file(long, f"{long}y = 1\n"), RULES)) == []
    assert list(form.debugging_calls(changed_file("print(1)\n", "print(1)\ny = 1\n"))) == []


@pytest.mark.parametrize("call", ["print(x)", "breakpoint()", "pdb.set_trace()"])
def test_a_call_that_was_left_from_debugging(call: str) -> None:
    (said,) = form.debugging_calls(changed_file("x = 1\n", f"x = 1\n{call}\n"))
    assert said == f"django/server.py:2: {call.partition('(')[0]}()"


def test_printing_to_somebody_is_no_debugging() -> None:
    assert list(form.debugging_calls(changed_file("", "print(1, file=out)\n"))) == []


def test_names_that_are_new_or_take_other_parameters() -> None:
    before = "class A:\n    def f(self): pass\n    def g(self): pass\n    def _h(self): pass\n"
    after = (
        "class A:\n    def f(self, x): pass\n    def g(self): return 1\n    def _h(self, y): pass\n"
    )
    assert list(api.changed_names(changed_file(before, after))) == ["A.f"]
    assert list(api.changed_names(changed_file(before, f"{before}def new(): pass\n"))) == ["new"]


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
