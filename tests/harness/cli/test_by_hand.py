"""What a patch does to tests by hand, and what stops its modules from being imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.tiny import DONE, SERVER, UPSTREAM, Workbench, diff, patch

TESTS = UPSTREAM / "tests" / "servers" / "tests.py"
PATH = "tests/servers/tests.py"
RUNNER = "django/test/runner.py"
FIX = ("return sum(numbers) if numbers else None", "return sum(numbers)")
WAVES = '''\
    def test_waves(self):
        """A candidate removes this test."""

'''
TOTAL = """\
    def test_total(self):
        self.assertEqual(server.total([1, 2]), 3)
"""
PROOF = """
    def test_new(self):
        self.assertEqual(server.total(()), 0)
"""
BINARY = """\
diff --git a/tests/servers/x.bin b/tests/servers/x.bin
new file mode 100644
index 0000000000000000000000000000000000000000..f76dd238ade08917e6712764a16a22005a50573d
GIT binary patch
literal 1
IcmZPo000310RR91

literal 0
HcmV?d00001

"""
NEW = """\
import unittest


class NewTests(unittest.TestCase):
    def test_new(self):
        self.assertTrue(True)
"""

EMPTY_GONE = """\
diff --git a/tests/servers/__init__.py b/tests/servers/__init__.py
deleted file mode 100644
index e69de29bb2d1d6434b8b29ae775ad8c2e48c5391..0000000000000000000000000000000000000000
"""


def changed(old: str, new: str) -> str:
    """A patch of the miniature's tests alone."""
    text = TESTS.read_text("utf-8")
    assert text.count(old) == 1
    return diff(text, text.replace(old, new), PATH)


def made(path: str, text: str) -> str:
    return diff("", text, path).replace(f"a/{path}", "/dev/null")


def line_of(words: str) -> int:
    """The line of the miniature's tests in which these words stand."""
    lines = TESTS.read_text("utf-8").splitlines()
    (found,) = [number for number, line in enumerate(lines, 1) if words in line]
    return found


def judged(workbench: Workbench, text: str, *words: str) -> dict[str, Any]:
    mine = workbench.folder / "mine.diff"
    mine.write_text(text, "utf-8")
    finished = workbench.run("test", "--patch", mine, "--suite", "django", *words)
    assert finished.status == DONE, finished.out + finished.err
    return dict(workbench.candidates()["django/mine"], printed=finished.out)


def changes(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {change["test"].rpartition(".")[2]: change for change in found["changes"]}


@pytest.mark.parametrize("code", [patch(*FIX), ""], ids=["with code", "tests alone"])
def test_a_test_that_the_patch_removes_is_removed_and_breaks_nothing(
    workbench: Workbench, code: str
) -> None:
    found = judged(workbench, code + changed(WAVES, ""))
    assert found["verdict"] == ("fixes" if code else "neutral")
    waves = changes(found)["test_waves"]
    assert (waves["kind"], waves["place"]) == ("removed", f"{PATH}:{line_of('def test_waves')}")
    assert f"removed, {waves['place']}" in found["printed"]


def test_a_test_that_the_code_takes_away_has_vanished(workbench: Workbench) -> None:
    """The patch changes tests as well, and none of them is this one."""
    runner = (UPSTREAM / RUNNER).read_text("utf-8")
    old = "return unittest.defaultTestLoader.loadTestsFromNames(labels)"
    new = f"unittest.defaultTestLoader.testMethodPrefix = 'test_t'; {old}"
    code = diff(runner, runner.replace(old, new), RUNNER)
    found = judged(workbench, code + changed("[1, 2]), 3", "[1, 3]), 4"))
    assert found["verdict"] == "breaks"
    assert {change["kind"] for change in found["changes"]} == {"vanished"}


def test_a_renamed_test_is_told_with_both_names(workbench: Workbench) -> None:
    found = judged(workbench, changed("def test_total(self)", "def test_sum(self)"))
    assert (found["verdict"], found["counts"]) == ("neutral", {"new": 1, "renamed": 1})
    told = changes(found)
    assert told["test_total"]["renamed_to"] == "servers.tests.NumberTests.test_sum"
    assert told["test_total"]["place"] == f"{PATH}:{line_of('def test_total(self)')}"
    assert told["test_sum"]["reason"] == "it was servers.tests.NumberTests.test_total"
    assert "renamed to servers.tests.NumberTests.test_sum" in found["printed"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("    def test_total(self)", "    @unittest.skip('no')\n    def test_total(self)", 0),
        (
            "    def test_total(self):\n",
            "    def test_total(self):\n        raise unittest.SkipTest\n",
            1,
        ),
        ("    def test_total(self)", "    def xtest_total(self)", 0),
    ],
    ids=["by a decorator", "in its body", "by its name"],
)
def test_a_test_that_is_turned_off_is_told_apart_from_one_that_is_fixed(
    workbench: Workbench, old: str, new: str, line: int
) -> None:
    found = judged(workbench, patch(*FIX) + changed(old, new))
    assert (found["verdict"], found["counts"]) == ("fixes", {"fixed": 1, "turned-off": 1})
    place = f"{PATH}:{line_of('def test_total(self)') + line}"
    assert changes(found)["test_total"]["place"] == place


def test_a_test_that_asserts_less_is_weakened(workbench: Workbench) -> None:
    found = judged(workbench, changed(TOTAL, TOTAL.replace("self.assertEqual", "print")))
    assert (found["verdict"], found["counts"]) == ("neutral", {"weakened": 1})
    (change,) = found["changes"]
    assert change["reason"] == "the patch takes 1 of its 1 assertions away"
    assert change["place"] == f"{PATH}:{line_of('def test_total(self)')}"


def test_an_own_test_that_passes_without_the_code_is_named(workbench: Workbench) -> None:
    """It is no new one: the patch gives an old test other words."""
    found = judged(workbench, patch(*FIX) + changed(TOTAL, TOTAL.replace("[1, 2]), 3", "[1]), 1")))
    assert found["proof"]["guards"] == ["servers.tests.NumberTests.test_total"]
    assert (
        "1 pass there as well and prove nothing: servers.tests.NumberTests.test_to"
        in (found["printed"])
    )


def test_a_test_of_a_patch_of_tests_alone_that_fails_is_a_failure(workbench: Workbench) -> None:
    more = f"{TOTAL}\n    def test_more(self):\n        self.assertEqual(server.total(()), 0)\n"
    found = judged(workbench, changed(TOTAL, more))
    assert (found["verdict"], found["counts"]) == ("breaks", {"new-failing": 1})


def test_a_module_that_can_not_be_imported_comes_first(workbench: Workbench) -> None:
    found = judged(workbench, patch("def wait():", "waited = no_such_name\n\n\ndef wait():"))
    assert found["verdict"] == "breaks"
    first = found["changes"][0]
    assert (first["test"], first["kind"], first["confirmed"]) == (
        "django/server.py",
        "broken",
        True,
    )
    line = SERVER.read_text("utf-8").splitlines().index("def wait():") + 1
    reason = f"NameError: name 'no_such_name' is not defined (django/server.py, line {line})"
    assert first["reason"] == reason
    shown = found["printed"]
    assert shown.index("can not be imported with the patch") < shown.index("test_total")


def test_tests_that_a_broken_module_takes_along_are_not_removed(workbench: Workbench) -> None:
    found = judged(workbench, changed("class NumberTests", "  class NumberTests"))
    assert found["verdict"] == "breaks"
    told = changes(found)
    assert found["changes"][0]["test"] == PATH
    assert found["changes"][0]["reason"].startswith(("IndentationError: ", "SyntaxError: "))
    assert told["test_waves"]["reason"].startswith("its module can not be imported: Indentation")


def test_a_name_that_only_a_function_misses_is_a_note(workbench: Workbench) -> None:
    found = judged(workbench, patch('return "waited"', 'return "waited" if True else no_such'))
    line = SERVER.read_text("utf-8").splitlines().index('    return "waited"') + 1
    note = f"django/server.py, line {line}: the name `no_such` is not defined there"
    assert (found["verdict"], found["notes"]) == ("neutral", [note])


def test_a_new_folder_of_tests_is_run_and_its_tests_are_absent_on_the_base(
    workbench: Workbench,
) -> None:
    text = (
        patch(*FIX) + made("tests/fresh/__init__.py", "# new\n") + made("tests/fresh/tests.py", NEW)
    )
    found = judged(workbench, text)
    assert (found["verdict"], found["notes"]) == ("fixes", [])
    assert changes(found)["test_new"]["base_runs"].keys() == {"absent"}


def test_a_folder_of_tests_that_the_patch_removes_is_removed(workbench: Workbench) -> None:
    text = TESTS.read_text("utf-8")
    gone = diff(text, "", PATH).replace(f"b/{PATH}", "/dev/null")
    gone += EMPTY_GONE
    found = judged(workbench, patch(*FIX) + gone)
    assert {change["kind"] for change in found["changes"]} == {"removed"}


def test_a_label_that_no_tree_has_is_told(workbench: Workbench) -> None:
    mine = workbench.folder / "mine.diff"
    mine.write_text(patch(*FIX), "utf-8")
    finished = workbench.run("test", "--patch", mine, "--suite", "django:nowhere")
    assert "django:nowhere: this tree of django has no such tests" in finished.out


def test_what_fails_on_the_base_as_well_is_not_the_patchs(workbench: Workbench) -> None:
    """The miniature has a test that fails without any patch."""
    found = judged(workbench, patch('return "HTTP/1.0"', 'return "HTTP/" + "1.0"'))
    assert (found["verdict"], found["counts"]) == ("neutral", {})


def series(workbench: Workbench) -> Path:
    """A fix with its test, and a later patch that takes the test away again."""
    text = TESTS.read_text("utf-8")
    fixed = text.replace(TOTAL, TOTAL + PROOF)
    for name, words in (
        ("fix", patch(*FIX) + diff(text, fixed, PATH)),
        ("repair", patch('"waited"', "'waited'") + diff(fixed, text, PATH)),
    ):
        (workbench.folder / f"{name}.patch").write_text(words, "utf-8")
    file = workbench.folder / "series"
    file.write_text("fix.patch\nrepair.patch\n", "utf-8")
    return file


@pytest.mark.parametrize("words", [("--each",), ()], ids=["each in its place", "as one"])
def test_a_repair_that_removes_the_test_of_the_fix_is_told(
    workbench: Workbench, words: tuple[str, ...]
) -> None:
    finished = workbench.run("test", "--series", series(workbench), "--suite", "django", *words)
    assert finished.status == DONE, finished.out + finished.err
    (note,) = [note for each in workbench.report()["candidates"] for note in each["notes"]]
    line = line_of("def test_total(self)") + 3
    assert note == (
        f"repair.patch: servers.tests.NumberTests.test_new: removed ({PATH}:{line}); "
        "fix.patch of the same series brought it"
    )


def test_a_proof_that_could_not_be_had_is_told(workbench: Workbench) -> None:
    """The module of the patch's tests does not even load without its code."""
    text = TESTS.read_text("utf-8").replace(TOTAL, TOTAL + PROOF)
    text = text.replace("from django import server", "from django import fresh, server")
    own = diff(TESTS.read_text("utf-8"), text, PATH)
    found = judged(workbench, patch(*FIX) + made("django/fresh.py", "x = 1\n") + own)
    (note,) = found["notes"]
    why = "so that they prove nothing: ImportError: "
    assert note.startswith(f"its tests could not be run without its code, {why}")


def test_a_binary_file_among_the_tests_does_not_stop_the_proof(workbench: Workbench) -> None:
    text = patch(*FIX) + changed(TOTAL, TOTAL + PROOF) + BINARY
    assert judged(workbench, text)["counts"] == {"fixed": 2}


@pytest.mark.parametrize("verb", ["apply", "test"])
def test_a_hunk_in_another_function_than_the_patch_says_is_told(
    workbench: Workbench, verb: str
) -> None:
    text = patch(*FIX)
    mine = workbench.folder / "mine.diff"
    mine.write_text(text.replace(" @@\n", " @@ def average(numbers):\n"), "utf-8")
    finished = workbench.run(verb, "--patch", mine)
    said = "hunk 1 of django/server.py: the patch says `def average`, it stands in `def total`"
    assert finished.status == DONE, finished.err
    assert said in finished.out
