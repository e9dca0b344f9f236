"""Which tests judge a patch: what was asked for, what candidate.toml names, what is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.tiny import DONE, UPSTREAM, WRONG, Workbench, diff, patch

TESTS = UPSTREAM / "tests" / "servers" / "tests.py"
FIX = ("return sum(numbers) if numbers else None", "return sum(numbers)")
MARK = "    def test_feature(self):\n"
PROOF = "    def test_total_of_nothing(self):\n        self.assertEqual(server.total(()), 0)\n\n"
IDLE = "    def test_total_of_one(self):\n        self.assertEqual(server.total([1]), 1)\n\n"


def judged(workbench: Workbench, text: str, encoding: str = "utf-8") -> dict[str, Any]:
    """What the report says of a patch from anywhere, with no label asked for."""
    mine = workbench.folder / "mine.diff"
    mine.write_text(text, encoding)
    finished = workbench.run("test", "--patch", mine, "--suite", "django")
    assert finished.status == DONE, finished.out + finished.err
    return dict(workbench.candidates()["django/mine"])


def with_tests(old: str, new: str) -> str:
    """The fix of the miniature's `total`, with a change of its tests."""
    text = TESTS.read_text("utf-8")
    assert old in text
    return patch(*FIX) + diff(text, text.replace(old, new), "tests/servers/tests.py")


def test_a_touched_module_asks_for_the_tests_of_its_name(workbench: Workbench) -> None:
    found = judged(workbench, patch(*FIX))
    assert (found["verdict"], found["counts"]) == ("fixes", {"fixed": 1})


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_patch_that_brings_its_test_is_proved_by_it(workbench: Workbench, encoding: str) -> None:
    data = diff("", "caf\u00e9\n", "tests/servers/menu.txt")
    text = with_tests(MARK, PROOF + IDLE + MARK) + data.replace(
        "a/tests/servers/menu.txt", "/dev/null"
    )
    found = judged(workbench, text, encoding)
    assert (found["verdict"], found["counts"]) == ("fixes", {"fixed": 2, "new": 1})
    changes = {change["test"].rpartition(".")[2]: change for change in found["changes"]}
    assert changes["test_total_of_nothing"]["reason"].startswith("fails with the patch's tests al")
    assert "proves nothing" in changes["test_total_of_one"]["reason"]


def test_a_patch_of_words_alone_says_what_could_see_it(workbench: Workbench) -> None:
    mine = workbench.folder / "words.diff"
    mine.write_text(diff("", "words\n", "docs/words.txt"), "utf-8")
    finished = workbench.run("test", "--patch", f"django={mine}", "--suite", "django")
    assert finished.status == DONE, finished.out + finished.err
    (hint,) = workbench.report()["hints"]
    assert hint == (
        "django/words changes documentation only (docs/words.txt): no test can see it; "
        "a build of the docs (`make -C docs html`) can"
    )
    assert f"note: {hint}" in finished.out


def test_a_candidate_names_its_suites(workbench: Workbench, tmp_path: Path) -> None:
    candidate = tmp_path / "patches/django/named"
    candidate.mkdir(parents=True)
    (tmp_path / "patches/django/upstream.toml").write_text('kind = "django"\n', "utf-8")
    (candidate / "0001.patch").write_text(patch(*FIX), "utf-8")
    about = (
        'title = "t"\nticket = ""\norigin = "o"\ncredit = []\nseries = ["0001.patch"]\n'
        'suites = ["{}"]\n'
    )
    words = ("test", "--patches", tmp_path / "patches", "--suite", "django")
    for suite, status in (("django:servers", DONE), ("jango", WRONG)):
        (candidate / "candidate.toml").write_text(about.format(suite), "utf-8")
        finished = workbench.run(*words)
        assert finished.status == status, finished.out + finished.err
    assert "django/named: no suite 'jango'; known are: django" in finished.error
