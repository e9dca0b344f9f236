"""Patches from anywhere, through the real command line: odd shapes, and series of them."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import pytest
from support import shapes
from support.tiny import DONE, SERVER, UPSTREAM, WRONG, Workbench, content, diff, patch

SUM = ("sum(numbers) if numbers else None", "sum(numbers)")
FIX = patch(*SUM)
FIXED = SERVER.read_text("utf-8").replace(*SUM)
OTHER = diff(FIXED, FIXED.replace('"HTTP/1.0"', '"HTTP/1.1"'))
CAFE = "caf\xe9".encode("latin-1")


def checkout(workbench: Workbench, name: str) -> Path:
    """The tree of a candidate that `apply` has left."""
    (found,) = (workbench.home / "worktrees/django/0.1").glob(f"{name}-*")
    return found


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(FIX.replace("\n", "\r\n").encode("utf-16")),
        shapes.attached(bz2.compress(FIX.encode()), "fix.diff.bz2"),
        shapes.trac("diff --git a/x b/x\n" + FIX).encode(),
        FIX.replace("a/django", "django-0.1.orig/django")
        .replace("b/django", "django-0.1/django")
        .encode(),
        b"".join(line for line in FIX.encode().splitlines(True) if line[:1] != b" ").replace(
            b"@@ -12,7 +12,7 @@", b"@@ -15 +15 @@"
        ),
    ],
    ids=["utf-16 in gzip", "attached bzip2", "trac", "release folders", "zero context"],
)
def test_an_odd_shape_is_applied(workbench: Workbench, tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "odd.patch"
    file.write_bytes(data)
    assert workbench.run("apply", "--patch", file).status == DONE
    assert content(checkout(workbench, "odd"))["django/server.py"] == FIXED


def test_bytes_that_are_no_utf_8_come_through_to_the_job(
    workbench: Workbench, tmp_path: Path
) -> None:
    file = tmp_path / "cafe.patch"
    new = "--- /dev/null\n+++ b/django/cafe.txt\n@@ -0,0 +1 @@\n+"
    file.write_bytes(FIX.encode() + new.encode() + CAFE + b"\n")
    finished = workbench.run("test", "--patch", file, "--repeat", "1", "--engine", "processes")
    assert finished.status == DONE, finished.err
    assert workbench.candidates()["django/cafe"]["counts"]["fixed"] == 1
    assert (checkout(workbench, "cafe") / "django/cafe.txt").read_bytes() == CAFE + b"\n"


def test_a_series_is_one_candidate_whose_documentation_does_not_stop_it(
    workbench: Workbench, tmp_path: Path
) -> None:
    place = tmp_path / "debian" / "patches"
    place.mkdir(parents=True)
    (place / "fix.patch").write_text(FIX, "utf-8")
    (place / "docs.patch").write_text(diff("", "new\n", "docs/new.txt"), "utf-8")
    (place / "other.patch").write_text(OTHER, "utf-8")
    (place / "series").write_text("docs.patch\nfix.patch\nother.patch\n", "utf-8")
    finished = workbench.run("apply", "--series", place / "series")
    assert finished.status == DONE, finished.err
    files = content(checkout(workbench, "debian"))
    assert files["django/server.py"] == FIXED.replace('"HTTP/1.0"', '"HTTP/1.1"')
    assert files["docs/new.txt"] == "new\n"


def test_a_series_with_a_missing_file_is_one_clear_line(
    workbench: Workbench, tmp_path: Path
) -> None:
    series = tmp_path / "series"
    series.write_text("gone.patch\n", "utf-8")
    finished = workbench.run("apply", "--series", series)
    assert finished.status == WRONG
    assert finished.error.endswith("series, line 1: there is no patch gone.patch beside it")


def test_a_patch_that_needs_fuzz_says_where_it_would_go_and_goes_there_if_told(
    workbench: Workbench, tmp_path: Path
) -> None:
    file = tmp_path / "old.patch"
    file.write_text(FIX.replace("def total(numbers)", "def total(values)"), "utf-8")
    refused = workbench.run("apply", "--patch", file)
    said = " ".join(refused.out.replace("│", " ").split())
    assert "the text there is another; patch(1) would put it at line 15, in `def total`" in said
    assert "--fuzz takes it there" in said
    taken = workbench.run("apply", "--patch", file, "--fuzz")
    assert taken.status == DONE
    assert content(checkout(workbench, "old"))["django/server.py"] == FIXED


@pytest.fixture
def regretted(tmp_path: Path) -> Path:
    """A series whose second patch breaks what its third one mends."""
    broken = FIXED.replace('f"hello, {name}"', 'f"HELLO, {name}"')
    for name, text in (
        ("fix", FIX),
        ("break", diff(FIXED, broken)),
        ("mend", diff(broken, FIXED)),
    ):
        (tmp_path / f"{name}.patch").write_text(text, "utf-8")
    series = tmp_path / "series"
    series.write_text("fix.patch\nbreak.patch\nmend.patch\n", "utf-8")
    return series


def test_each_patch_of_a_series_is_judged_on_what_stands_below_it(
    workbench: Workbench, regretted: Path
) -> None:
    finished = workbench.run("test", "--series", regretted, "--each")
    assert finished.status == DONE, finished.err
    found = workbench.candidates()
    verdicts = {name: found[name]["verdict"] for name in found if "/" in name}
    assert verdicts == {
        "django/fix": "fixes",
        "django/break": "breaks",
        "django/mend": "fixes",
    }
    assert len(found["django/mend"]["changes"]) == len(found["django/break"]["changes"])


TESTS = (UPSTREAM / "tests/servers/tests.py").read_text("utf-8")


def with_test(old: str, new: str, before: str, after: str) -> str:
    """A patch of the server from ``old`` to ``new``, and of the tests beside it."""
    return diff(old, new) + diff(before, after, "tests/servers/tests.py")


def test_the_tests_of_each_patch_are_tried_on_what_stands_below_it_without_its_code(
    workbench: Workbench, tmp_path: Path
) -> None:
    spoken = FIXED.replace('"HTTP/1.0"', '"HTTP/1.1"')
    first = f"{TESTS}\n    def test_one(self):\n        self.assertEqual(server.total([]), 0)\n"
    second = TESTS.replace('server.protocol(), "HTTP/1.0"', 'server.protocol(), "HTTP/1.1"')
    second += first.removeprefix(TESTS)
    server = SERVER.read_text("utf-8")
    (tmp_path / "one.patch").write_text(with_test(server, FIXED, TESTS, first), "utf-8")
    (tmp_path / "two.patch").write_text(with_test(FIXED, spoken, first, second), "utf-8")
    (tmp_path / "words.patch").write_text("Description: nothing\n", "utf-8")
    (tmp_path / "series").write_text("one.patch\nwords.patch\ntwo.patch\n", "utf-8")
    finished = workbench.run("test", "--series", tmp_path / "series", "--each", "--repeat", "2")
    assert finished.status == DONE, finished.err
    found = workbench.candidates()
    fixed = {
        name: {change["test"] for change in found[name]["changes"] if change["kind"] == "fixed"}
        for name in ("django/one", "django/two")
    }
    numbers = "servers.tests.NumberTests"
    assert fixed == {
        "django/one": {f"{numbers}.test_one", f"{numbers}.test_total_of_none"},
        "django/two": {"servers.tests.ConnectionTests.test_speaks"},
    }
    said = "django/one: words.patch changes nothing and is passed over"
    assert workbench.report()["hints"] == [said]


def test_a_patch_that_needs_one_below_it_says_which(workbench: Workbench, regretted: Path) -> None:
    finished = workbench.run("apply", "--series", regretted, "--each")
    assert finished.status == DONE, finished.err
    said = " ".join(finished.out.split())
    assert "django/mend does not apply to django 0.1 alone, but after django/break" in said
    assert said.count("alone") == 1


def test_each_without_a_series(workbench: Workbench) -> None:
    finished = workbench.run("test", "--each")
    assert finished.status == WRONG
    assert "--each is about the patches of a --series; give one" in finished.error
