"""Which tests a patch adds or changes, read from the text before and after it."""

from __future__ import annotations

from functools import partial

from harness.judge.changedtests import changed_tests, fits
from harness.upstreams import django, pytest_project

PATH = "tests/servers/tests.py"
PATTERN = partial(django.test_pattern, PATH, "tests/")
BEFORE = "class T:\n    def test_a(self): pass\n    def test_b(self): pass\n"


def changed(after: str, before: str = BEFORE) -> list[str]:
    return changed_tests(before, after, PATTERN)


def test_a_test_whose_body_changed() -> None:
    after = BEFORE.replace("test_b(self): pass", "test_b(self): 1")
    assert changed(after) == ["servers.tests.T.test_b"]


def test_a_test_that_is_new() -> None:
    assert changed(f"{BEFORE}    def test_c(self): pass\n") == ["servers.tests.T.test_c"]


def test_what_decides_about_a_whole_class_changes_every_test_of_it() -> None:
    for after in (
        f"{BEFORE}    def setUp(self): pass\n",
        f"{BEFORE}    available_apps = []\n",
        BEFORE.replace("class T:", "class T(Base):"),
        f"@skip\n{BEFORE}",
    ):
        assert changed(after) == ["servers.tests.T.*"], after


def test_another_layout_of_the_same_code_changes_no_test() -> None:
    assert changed(BEFORE.replace(": pass", ":\n        pass  # as before")) == []


def test_what_is_no_python_has_no_tests() -> None:
    assert changed("class T(:\n") == []


def test_a_test_that_stands_in_no_class() -> None:
    pattern = partial(pytest_project.test_pattern, "tests/test_x.py", "tests/")
    before, after = "def test_a(): pass\n", "def test_a(): pass\ndef test_b(x): pass\n"
    assert changed_tests(before, after, pattern) == ["tests/test_x.py::test_b*"]


def test_which_ids_are_meant() -> None:
    patterns = ["test.test_wsgiref.T.*", "tests/test_x.py::test_b*"]
    assert fits("test.test_wsgiref.T.test_a", patterns)
    assert fits("tests/test_x.py::test_b[1-a]", patterns)
    assert not fits("test.test_wsgiref.U.test_a", patterns)
