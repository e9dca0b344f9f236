"""What the text of test files says that a patch does to tests by hand."""

from __future__ import annotations

import pytest

from harness.judge.testedits import TestEdit, added, edits
from harness.model import ChangeKind

PATH, OTHER = "tests/a.py", "tests/b.py"
BODY = """\
        made = make(1, 2)
        self.assertEqual(made.name, "a")
        self.assertTrue(made.is_there)
"""
TEST = f"class A(TestCase):\n    def test_a(self):\n{BODY}"


def only(before: str, after: str) -> TestEdit:
    (found,) = edits({PATH: (before, after)})
    return found


@pytest.mark.parametrize(
    ("after", "names"),
    [
        (TEST.replace("test_a", "test_b"), ("A", "test_b")),
        (TEST.replace("class A", "class B"), ("B", "test_a")),
        (TEST.replace("test_a", "test_b").replace("2", "3"), ("A", "test_b")),
    ],
    ids=["the test", "its class", "the test, and a bit of its body"],
)
def test_a_test_under_another_name_is_renamed(after: str, names: tuple[str, ...]) -> None:
    found = only(TEST, after)
    assert (found.kind, found.line, found.to) == (ChangeKind.RENAMED, 2, names)


def test_a_test_may_move_to_another_file() -> None:
    (found,) = edits({PATH: (TEST, ""), OTHER: ("", TEST)})
    assert (found.kind, found.path, found.to_path) == (ChangeKind.RENAMED, PATH, OTHER)


def test_another_test_in_its_place_is_no_rename() -> None:
    after = (
        "class A(TestCase):\n    def test_b(self):\n        with open('x') as file: file.read()\n"
    )
    assert only(TEST, after).kind is ChangeKind.REMOVED


def test_of_two_that_are_alike_the_nearest_is_meant() -> None:
    twice = TEST.replace("test_a", "test_b") + TEST.replace("class A", "class C")
    assert only(TEST, twice).to == ("A", "test_b")


@pytest.mark.parametrize(
    ("after", "line"),
    [
        (TEST.replace("    def", "    @unittest.skipIf(True, '')\n    def"), 2),
        ("@skip('')\n" + TEST, 1),
        ("pytestmark = pytest.mark.skip\n" + TEST, 1),
        (TEST + "        raise unittest.SkipTest\n", 6),
        (TEST.replace("    def", "    @expectedFailure\n    def"), 2),
        (TEST.replace("test_a", "_test_a"), 2),
    ],
)
def test_a_test_is_turned_off(after: str, line: int) -> None:
    found = only(TEST, after)
    assert (found.kind, found.line) == (ChangeKind.TURNED_OFF, line)


def test_a_test_with_fewer_assertions_is_weakened() -> None:
    found = only(TEST, TEST.replace("        self.assertTrue(made.is_there)\n", ""))
    assert (found.kind, found.lost, found.checks) == (ChangeKind.WEAKENED, 1, 2)


@pytest.mark.parametrize(
    "after",
    [
        TEST.replace("2", "3"),
        TEST.replace("assertTrue", "assertFalse"),
        "# words\n" + TEST,
        TEST * 2,
    ],
)
def test_what_asserts_as_much_is_left_alone(after: str) -> None:
    assert edits({PATH: (TEST, after)}) == []


def test_a_file_that_can_not_be_parsed_removes_nothing() -> None:
    assert edits({PATH: (TEST, f"  {TEST}")}) == []


def test_the_tests_that_a_patch_adds() -> None:
    assert added({PATH: ("", TEST)}) == {(PATH, ("A", "test_a"))}
    assert added({PATH: (TEST, TEST + "    def test_b(self): pass\n")}) == {(PATH, ("A", "test_b"))}
