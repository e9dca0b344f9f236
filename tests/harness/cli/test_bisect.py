"""`bisect`, end to end: real commits and releases of the miniature, real runs of its tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support.line import COMMITS, CULPRIT, GREETS, LOUD, SERVER, SPEAKS, commit, released
from support.local_index import serve
from support.pages import read
from support.real_git import git
from support.tiny import DONE, UPSTREAM, WRONG, ProcessResult, Workbench, content


def test_finds_the_commit(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]]
) -> None:
    _, commits = line
    found = bisect("--good", commits[0], "--bad", "main", "--test", GREETS)
    assert found.status == DONE, found.err
    assert f"changes with {commits[CULPRIT][:10]} Number {CULPRIT}" in found.out
    assert f"{commits[CULPRIT - 1][:10]} Number {CULPRIT - 1}: 5 good" in found.out
    assert f"{commits[CULPRIT][:10]} Number {CULPRIT}: 5 bad" in found.out
    assert "confidence 99." in found.out


def without_times(out: str) -> str:
    """What a search says, but for how long it took."""
    return re.sub(r"in \d+\.\d s", "", out)


def test_a_second_search_is_free_and_says_the_same(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]], workbench: Workbench
) -> None:
    words = ("--good", line[1][7], "--bad", line[1][-1], "--test", GREETS)
    first, kept = bisect(*words), workbench.kept("results")
    assert kept
    assert without_times(bisect(*words).out) == without_times(first.out)
    assert workbench.kept("results") == kept


def test_commits_that_do_not_import_leave_a_range(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]]
) -> None:
    _, commits = line
    words = ("--good", commits[4], "--bad", commits[7])
    found = bisect(*words, "--test", GREETS)
    # Number 4 and 7 are alike; of what lies between nothing can be said.
    assert found.status == WRONG
    assert found.err.strip().endswith("there is no change to find")


def test_a_range_of_untestable_commits_is_the_answer(tmp_path: Path, workbench: Workbench) -> None:
    folder = tmp_path / "mirror"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    files = dict(content(UPSTREAM))
    commits = [commit(folder, files, "Quiet")]
    broken = {SERVER: files[SERVER] + "\nthis is no Python\n"}
    commits += [commit(folder, {**broken, "n.txt": str(n)}, f"Broken {n}") for n in range(3)]
    loud = {SERVER: files[SERVER].replace("hello", "HELLO")}
    commits.append(commit(folder, loud, "Loud"))
    words = ("--mirror", f"django={folder}", "--test", GREETS)
    found = workbench.run("bisect", *words, "--good", commits[0], "--bad", commits[-1])
    assert found.status == DONE, found.err
    assert "with " + commits[-1][:10] + " Loud or one of 3 before it" in found.out
    assert found.out.count("can not be tried: ") == 3


def test_the_log_can_be_replayed(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]], workbench: Workbench
) -> None:
    _, commits = line
    found = bisect("--good", commits[7], "--bad", commits[-1], "--test", GREETS)
    log = workbench.folder / found.out.strip().splitlines()[-1].removeprefix("log: ")
    replayed = workbench.run("bisect", "--replay", log)
    assert replayed.status == DONE
    assert f"changes with {commits[CULPRIT][:10]}" in replayed.out
    assert replayed.out.startswith("round 1  ")
    lines = log.read_text().splitlines()
    forged = [each.replace('"answer":"bad"', '"answer":"good"') for each in lines]
    log.write_text("\n".join(forged))
    assert "do not add up" in workbench.run("bisect", "--replay", log).error


def test_a_release_and_its_hunks(indexed: Workbench) -> None:
    words = ("--good", "0.1.0", "--bad", "0.1.5", "--test", GREETS)
    found = indexed.run("bisect", *words)
    assert found.status == DONE, found.err
    assert "changes with 0.1.4" in found.out
    assert "by 2 hunks" in found.out
    added = [text[5:] for text in found.out.splitlines() if text.startswith("    +    ")]
    assert added == [LOUD[1], "    return 1"]
    page = read((indexed.home / "reports" / "bisect.html").read_text("utf-8"))
    assert "changes with 0.1.4, and not with 0.1.3 in front of it" in page.text
    assert "by 2 hunks" in page.text
    assert "report: workbench/reports/bisect.html\n" in found.out


def test_a_fix_is_found_from_the_other_side(indexed: Workbench) -> None:
    """Good may be the newer of the two: then it is the first release that passes."""
    with serve() as index:
        old, new = 'return "HTTP/1.0"', 'return "HTTP/1.1"'
        for release in released({0: [(old, new)], 3: [(new, old)]}):
            index.add("django", release)
        indexed.env["PIP_INDEX_URL"] = index.url
        words = ("--good", "0.1.5", "--bad", "0.1.0", "--test", SPEAKS)
        mended = indexed.run("bisect", *words)
        assert "changes with 0.1.3\n  0.1.2: 3 bad\n  0.1.3: 3 good" in mended.out, mended.err


# what is wrong: the words (a number is a commit), the exit status, and what is said
WRONG_REQUESTS = {
    "nothing to go by": ("", WRONG, "bisect takes --suspect COMMIT, or --good SPEC"),
    "the same state": ("--good 0 --bad 0", WRONG, "good and bad are both"),
    "the same commit": ("--good -1 --bad main", WRONG, "good and bad are the same commit"),
    "swapped": ("--good -1 --bad 7", WRONG, "good and bad are swapped"),
    "always good": ("--good 0 --bad 3", WRONG, "passes on both ends"),
    "always bad": ("--good -3 --bad -1", WRONG, "fails on both ends"),
    "an end that does not import": ("--good 5 --bad -1", WRONG, "can not be tried"),
    "no such commit": (f"--good {'f' * 40} --bad -1", WRONG, "has no commit ffff"),
    "no such branch": ("--good nowhere --bad -1", WRONG, "has no branch or tag 'nowhere'"),
}


@pytest.mark.parametrize("words", WRONG_REQUESTS)
def test_a_wrong_request_gets_one_line(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]], words: str
) -> None:
    given, status, said = WRONG_REQUESTS[words]
    numbers = {str(n): line[1][n] for n in range(-3, COMMITS)}
    test = ("--test", GREETS) if given else ()
    found = bisect(*(numbers.get(word, word) for word in given.split()), *test)
    assert found.status == status
    (error,) = [text for text in found.err.splitlines() if text.startswith("error: ")]
    assert said in error


def test_a_test_that_does_not_exist_is_said(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]]
) -> None:
    words = ("--good", line[1][0], "--bad", line[1][-1])
    assert "no test's id" in bisect(*words, "--test", "greets").err
    missing = bisect(*words, "--test", "servers.tests.GreetingTests.test_nothing")
    assert "is not among its tests" in missing.err
