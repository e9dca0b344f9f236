"""Patches against patches: what does the test of one say of another?"""

from __future__ import annotations

from support.tiny import DONE, UPSTREAM, Workbench, diff, patch

TESTS = UPSTREAM / "tests" / "servers" / "tests.py"
MARK = "    def test_feature(self):\n"
OLD = "return sum(numbers) if numbers else None"
NOTHING = "    def test_total_of_nothing(self):\n        self.assertEqual(server.total(()), 0)\n\n"
WHOLE = "    def test_total_is_whole(self):\n        self.assertIs(type(server.total(())), int)\n\n"


def with_test(code: str, test: str) -> str:
    text = TESTS.read_text("utf-8")
    return patch(OLD, code) + diff(text, text.replace(MARK, test + MARK), "tests/servers/tests.py")


def test_each_ones_tests_run_on_the_other(workbench: Workbench) -> None:
    """Of two that mend it, one has a stricter test, which finds a fault of the other."""
    words: list[str] = []
    for name, code, test in (
        ("whole", "return sum(numbers)", WHOLE),
        ("half", "return sum(numbers) if numbers else 0.0", NOTHING),
        ("other", 'return sum(numbers) if numbers else "0"', ""),
    ):
        file = workbench.folder / f"{name}.diff"
        text = with_test(code, test) if test else patch(OLD, code)
        file.write_text(text, "utf-8")
        words += ["--patch", str(file)]
    finished = workbench.run("test", *words, "--suite", "django")
    assert finished.status == DONE, finished.out + finished.err
    swaps = {
        (each["tests_of"]["names"][0]["name"], each["candidate"]["names"][0]["name"]): (
            len(each["tests"]),
            len(each["failed"]),
        )
        for each in workbench.report()["swaps"]
    }
    assert swaps == {
        ("whole", "half"): (1, 1),
        ("whole", "other"): (1, 1),
        ("half", "whole"): (1, 0),
        ("half", "other"): (1, 1),
    }
    assert "Tests that prove one candidate, on the code of the others" in finished.out
    assert "half on django 0.1, 1 test: all pass on whole; none on other" in finished.out


def test_patches_of_a_series_are_no_rivals(workbench: Workbench) -> None:
    series = workbench.folder / "patches"
    series.mkdir()
    first = with_test("return sum(numbers) if numbers else 0", NOTHING)
    (series / "0001-first.patch").write_text(first, "utf-8")
    (series / "0002-second.patch").write_text(patch('"HTTP/1.0"', '"HTTP/" "1.0"'), "utf-8")
    finished = workbench.run("test", "--series", series, "--each", "--suite", "django")
    assert finished.status == DONE, finished.out + finished.err
    assert workbench.report()["swaps"] == []


def test_tests_that_do_not_load_on_the_other_are_no_failures_of_it(workbench: Workbench) -> None:
    """They need a name that the other candidate takes away."""
    text = TESTS.read_text("utf-8")
    imported = "from django import server\n"
    needing = text.replace(imported, f"{imported}\nserver.copy\n").replace(MARK, NOTHING + MARK)
    tests = diff(text, needing, "tests/servers/tests.py")
    words: list[str] = []
    for name, content in (
        ("needy", patch(OLD, "return sum(numbers)") + tests),
        ("rival", patch("def copy(data)", "def duplicate(data)")),
    ):
        file = workbench.folder / f"{name}.diff"
        file.write_text(content, "utf-8")
        words += ["--patch", str(file)]
    finished = workbench.run("test", *words, "--suite", "django")
    assert finished.status == DONE, finished.out + finished.err
    (swap,) = workbench.report()["swaps"]
    assert (len(swap["tests"]), swap["failed"]) == (1, [])
    assert "no test ran" in swap["why"] and "'copy'" in swap["why"]
