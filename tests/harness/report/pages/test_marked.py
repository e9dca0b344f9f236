"""A diff's lines, with what is known of who ran them."""

from __future__ import annotations

from support.values import X

from harness.model import (
    ApplyResult,
    FileReach,
    Judgement,
    PatchText,
    RanLines,
    Reach,
    Verdict,
)
from harness.report.pages import marked

DIFF = """\
--- a/lamp/bulb.py
+++ b/lamp/bulb.py
@@ -1,3 +1,7 @@ def glow():
 import time
-old = 1
+new = 2
+if new:
+    lost()
+
+# said only
 last = 3
"""
FILE = FileReach(
    "django",
    "lamp/bulb.py",
    statements=3,
    at_import=1,
    unreached=((4, 4),),
    tests=("a.Test.one", "a.Test.two"),
    ran=(RanLines(((2, 2),)), RanLines(((3, 3),), (0, 1))),
)


def judged(*patches: PatchText, files: tuple[FileReach, ...] = (FILE,)) -> Judgement:
    return Judgement(
        "django/x",
        "django 6.1.3",
        ApplyResult.CLEAN,
        Verdict.UNPROVEN,
        stack=X,
        reach=Reach(files),
        patches=patches,
    )


def test_each_changed_statement_is_marked_by_what_ran_it() -> None:
    (file,) = marked.files_of(judged(PatchText("django/x", "django", "x.patch", DIFF)))
    assert [(line.sign, line.number, line.mark, line.tests) for line in file.lines] == [
        ("@", None, "", 0),
        (" ", 1, "", 0),
        ("-", None, "", 0),
        ("+", 2, marked.AT_IMPORT, 0),
        ("+", 3, marked.RAN, 2),
        ("+", 4, marked.NOT_RUN, 0),
        ("+", 5, "", 0),
        ("+", 6, "", 0),
        (" ", 7, "", 0),
    ]
    assert file.unreached == "4"
    assert file.run_by == (
        marked.RunBy("2", ()),
        marked.RunBy("3", ("a.Test.one", "a.Test.two")),
    )


def test_a_file_of_which_nothing_is_known_is_shown_without_marks() -> None:
    patch = PatchText("django/x", "django", "x.patch", DIFF)
    (file,) = marked.files_of(judged(patch, files=()))
    assert {line.mark for line in file.lines} == {""}


def test_what_is_no_diff_is_shown_as_it_stands() -> None:
    text = "--- a/x\n+++ b/x\n@@ -1 +1,9 @@\n only this\n"
    (file,) = marked.files_of(judged(PatchText("django/x", "django", "x.patch", text)))
    assert [line.text for line in file.lines] == text.splitlines()
