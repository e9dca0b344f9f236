"""Reading one patch: what it touches, who wrote it, and whether it may be applied."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.shapes import literal
from support.tiny import PATCHES, diff

from harness.catalog.patchfile import check, hunk_at, mail
from harness.model import RequestError

MAIL = """\
From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: =?utf-8?q?J=C3=BCrgen?= <juergen@example.com>
Date: Sun, 21 Feb 2021 12:00:00 +0000
Subject: [PATCH v2 1/3] Fixed #32472 -- Waited for the client
 to close.

Because of this.

---
 django/server.py | 2 +-

diff --git a/django/server.py b/django/server.py
--- a/django/server.py
+++ b/django/server.py
@@ -1 +1 @@
-a
+b
"""
RENAME = """\
diff --git a/django/old.py b/{to}
similarity index 100%
rename from django/old.py
rename to {to}
"""
MODE = """\
diff --git a/django/with space.py b/django/with space.py
old mode 100644
new mode 100755
"""
BINARY = f"""\
diff --git a/django/x.png b/django/x.png
new file mode 100644
index 0000000..1111111
GIT binary patch
{literal(b"picture").decode()}"""


def test_the_head_of_a_mailed_patch() -> None:
    head = mail(MAIL, "x.patch")
    assert (head.author, head.address) == ("Jürgen", "juergen@example.com")
    assert head.date == "Sun, 21 Feb 2021 12:00:00 +0000"
    assert head.message == ("Fixed #32472 -- Waited for the client to close.\n\nBecause of this.\n")


def test_a_plain_diff_gets_the_workbenchs_own_head() -> None:
    assert mail(diff("a\n", "b\n"), "x.diff").message == "Apply x.diff\n"


@pytest.mark.parametrize("file", sorted(PATCHES.glob("*/*/*.patch")), ids=lambda path: path.stem)
def test_the_miniatures_patches_may_be_applied(file: Path) -> None:
    assert check(file.read_text("utf-8"), file.name)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (MAIL, ["django/server.py"]),
        (RENAME.format(to="django/new.py"), ["django/new.py", "django/old.py"]),
        (BINARY, ["django/x.png"]),
        (diff("", "new\n", "docs/x.txt"), ["docs/x.txt"]),
        (diff("a\n", "b\n", "django/with space.py"), ["django/with space.py"]),
        (diff("a\n", "b\n") + diff("a\n", "b\n", "tests/t.py"), ["django/server.py", "tests/t.py"]),
        (MODE, ["django/with space.py"]),
        (diff("-- a comment\n", "++ another\n", "tests/t.sql"), ["tests/t.sql"]),
    ],
    ids=["mail", "rename", "binary", "new", "space", "two", "mode", "comment"],
)
def test_what_a_patch_touches(text: str, paths: list[str]) -> None:
    assert check(text, "x.patch") == paths


@pytest.mark.parametrize(
    "path",
    [
        "../outside.py",
        "django/../../outside.py",
        "django/..",
        "/etc/passwd",
        "~/.profile",
        "..\\outside.py",
    ],
)
def test_a_patch_that_reaches_outside_is_refused(path: str) -> None:
    for text in (diff("a\n", "b\n", path), RENAME.format(to=path)):
        with pytest.raises(RequestError, match=r"x\.patch: refused: .* reaches outside the tree"):
            check(text.replace(f"a/{path}", path).replace(f"b/{path}", path), "x.patch")


@pytest.mark.parametrize("path", [".git/config", "django/.GIT/hooks/post-checkout"])
def test_a_patch_into_a_repositorys_own_folder_is_refused(path: str) -> None:
    with pytest.raises(RequestError, match="repository's own folder"):
        check(diff("a\n", "b\n", path), "x.patch")


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("new file mode 120000\n", "a symbolic link"),
        ("old mode 100644\nnew mode 120000\n", "a symbolic link"),
        ("index 1111111..2222222 120000\n", "a symbolic link"),
        ("new file mode 160000\n", "a submodule"),
    ],
)
def test_links_and_submodules_are_refused(head: str, said: str) -> None:
    text = f"diff --git a/django/x b/django/x\n{head}{diff(chr(10), '', 'django/x')}"
    with pytest.raises(RequestError, match=said):
        check(text, "x.patch")


@pytest.mark.parametrize("text", ["", "hello\n", "--- not a patch\n", MAIL.partition("---\n")[0]])
def test_what_is_no_patch_is_told_with_the_next_step(text: str) -> None:
    with pytest.raises(RequestError, match=r"make one with `git diff`|make it with `git diff`"):
        check(text, "x.patch")


def test_a_line_of_a_file_leads_to_its_hunk() -> None:
    old = "".join(f"line {number}\n" for number in range(40))
    new = old.replace("line 2\n", "two\n").replace("line 33\n", "thirty-three\n")
    text = diff(old, new)
    assert hunk_at(text, "django/server.py", 31) == "hunk 2 of 2 (@@ -31,7 @@)"
    assert hunk_at(text, "django/server.py", 20) == "line 20"
