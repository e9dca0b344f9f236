"""Hunks that went into another class or function than the patch says."""

from __future__ import annotations

import pytest

from harness.trees.scope import misplaced

METHOD = """\
    def value(self):
        first = 1
        second = 2
        return first + second

"""
PATH = "django/x.py"
HUNK = """\
--- a/django/x.py
+++ b/django/x.py
@@ -{at},4 +{at},5 @@ {heading}
     def value(self):
         first = 1
         second = 2
+        third = 3
         return first + second
"""


def tree(*names: str) -> str:
    """Classes with the same method, the last of which got the hunk."""
    text = "".join(f"class {name}:\n    x = 1\n\n{METHOD}\n" for name in names)
    head, _, tail = text.rpartition("        return")
    return f"{head}        third = 3\n        return{tail}"


def said(content: str, heading: str, at: int) -> list[str]:
    text = HUNK.format(heading=heading, at=at)
    return [str(each) for each in misplaced(text, "0001.patch", {PATH: content}.get)]


def test_a_hunk_in_the_class_next_door_is_told_in_words() -> None:
    assert said(tree("A", "B"), "class A:", 13) == [
        "0001.patch: hunk 1 of django/x.py: the patch says `class A`, "
        "it stands in `class B, def value`"
    ]


@pytest.mark.parametrize(
    "heading", ["class B:", "class B(object):", "def value(self):", "x = 1", "import this", ""]
)
def test_only_names_of_classes_and_functions_are_compared(heading: str) -> None:
    assert said(tree("A", "B"), heading, 13) == []


def test_the_class_may_end_above_the_hunk() -> None:
    """The heading is of what stands above the first line, and not of what is changed."""
    after = tree("A", "B").replace("class B:\n    x = 1\n\n", "")
    assert said(after, "class A:", 12) == []


def test_lines_may_have_moved() -> None:
    assert said("\n" * 40 + tree("A", "B"), "class B:", 13) == []


def test_what_is_not_there_is_not_judged() -> None:
    assert said("class B:\n    pass\n", "class A:", 1) == []
    assert misplaced(HUNK.format(heading="class A:", at=1), "0001.patch", lambda path: None) == ()
