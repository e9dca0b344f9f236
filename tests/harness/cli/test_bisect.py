"""`bisect`, end to end: real commits and releases of the miniature, real runs of its tests."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.local_index import Release, archive, serve
from support.tiny import PATCHES, UPSTREAM, ProcessResult, Workbench, content, copied, patch

from harness.model import Answer, Conclusion, Presence, Suspicion

DONE, WRONG, UNDONE = 0, 2, 3
GREETS = "servers.tests.GreetingTests.test_greets"
SPEAKS = "servers.tests.ConnectionTests.test_speaks"
SERVER = "django/server.py"
COMMITS = 14
CULPRIT = 9
BROKEN = range(5, 7)  # commits that do not import
RELEASES = 6


def git(folder: Path, *words: str) -> str:
    """Run git there; its output."""
    name = ("-c", "user.name=Somebody", "-c", "user.email=somebody@localhost")
    done = subprocess.run(
        ["git", *name, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder: Path, files: dict[str, str], subject: str) -> str:
    """Write files and commit everything; the commit's id."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", subject)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A repository in which one commit of many makes the greeting loud, and its commits."""
    folder = tmp_path_factory.mktemp("mirror")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commits = []
    for number in range(COMMITS):
        files = dict(content(UPSTREAM)) | {"django/number.py": f"NUMBER = {number}\n"}
        if number >= CULPRIT:
            files[SERVER] = files[SERVER].replace('f"hello, {name}"', 'f"HELLO, {name}"')
        if number in BROKEN:
            files[SERVER] += "\nthis is no Python\n"
        commits.append(commit(folder, files, f"Number {number}"))
    return folder, commits


@pytest.fixture
def bisect(workbench: Workbench, line: tuple[Path, list[str]]) -> Callable[..., ProcessResult]:
    """`bisect` with that repository as the mirror."""

    def run(*words: str) -> ProcessResult:
        return workbench.run("bisect", "--mirror", f"django={line[0]}", *words)

    return run


def released(changes: dict[int, list[tuple[str, str]]]) -> list[Release]:
    """Releases 0.1.0, 0.1.1 …: from a number on, words of the server are others."""
    releases = []
    for number in range(RELEASES):
        files = dict(content(UPSTREAM))
        for since, words in changes.items():
            for old, new in words if number >= since else ():
                assert files[SERVER].count(old) == 1
                files[SERVER] = files[SERVER].replace(old, new)
        version = f"0.1.{number}"
        files["django/__init__.py"] = f'VERSION = (0, 1, {number}, "final", 0)\n'
        data = archive(f"django-{version}", files)
        releases.append(Release(f"django-{version}.tar.gz", data))
    return releases


# Two hunks that only together make the greeting loud, among others that do not matter.
LOUD = (
    '    return f"hello, {name}"',
    '    return f"hello, {name}" if steady() is True else "HELLO"',
)


@pytest.fixture
def indexed(workbench: Workbench) -> Iterator[Workbench]:
    """The command line with an index of six releases; the fourth changes five places."""
    docs = [("Tests that need the feature are skipped without it.", "Some tests need it.")]
    steady = (
        '    """A candidate makes it fail now and then."""\n    return True',
        '    """A candidate makes it fail now and then."""\n    return 1',
    )
    quiet = [("A candidate waits here for ever.", "It waits.")]
    with serve() as index:
        for release in released({2: quiet, 4: [LOUD, steady, *docs]}):
            index.add("django", release)
        workbench.env.pop("PIP_NO_INDEX")
        workbench.env["PIP_INDEX_URL"] = index.url
        yield workbench


def test_finds_the_commit(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]]
) -> None:
    _, commits = line
    found = bisect("--good", commits[0], "--bad", "main", "--test", GREETS)
    assert found.status == DONE, found.err
    assert f"changes with {commits[CULPRIT][:10]} Number {CULPRIT}" in found.out
    assert f"{commits[CULPRIT - 1][:10]} Number {CULPRIT - 1}: 3 good" in found.out
    assert f"{commits[CULPRIT][:10]} Number {CULPRIT}: 3 bad" in found.out
    assert "confidence 99." in found.out


def test_a_second_search_is_free_and_says_the_same(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]], workbench: Workbench
) -> None:
    words = ("--good", line[1][7], "--bad", line[1][-1], "--test", GREETS)
    first, kept = bisect(*words), workbench.kept("results")
    assert kept
    assert bisect(*words).out == first.out
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


def test_a_fix_is_found_from_the_other_side(indexed: Workbench) -> None:
    """Good may be the newer of the two: then it is the first release that passes."""
    with serve() as index:
        for release in released({3: [('return "HTTP/1.0"', 'return "HTTP/1.1"')]}):
            index.add("django", release)
        indexed.env["PIP_INDEX_URL"] = index.url
        words = ("--good", "0.1.0", "--bad", "0.1.5", "--test", SPEAKS)
        broke = indexed.run("bisect", *words)
        assert "changes with 0.1.3" in broke.out, broke.err


WRONG_REQUESTS = {
    "nothing to go by": ((), "bisect takes --suspect COMMIT, or --good SPEC"),
    "the same state": (("--good", "0", "--bad", "0"), "good and bad are both"),
    "the same commit": (("--good", "-1", "--bad", "main"), "good and bad are the same commit"),
    "swapped": (("--good", "-1", "--bad", "7"), "good and bad are swapped"),
    "always good": (("--good", "0", "--bad", "3"), "passes on both ends"),
    "always bad": (("--good", "-3", "--bad", "-1"), "fails on both ends"),
    "an end that does not import": (("--good", "5", "--bad", "-1"), "can not be tried"),
    "no such commit": (("--good", "f" * 40, "--bad", "-1"), "has no commit ffff"),
    "no such branch": (("--good", "nowhere", "--bad", "-1"), "has no branch or tag 'nowhere'"),
}


@pytest.mark.parametrize("words", WRONG_REQUESTS)
def test_a_wrong_request_gets_one_line(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]], words: str
) -> None:
    given, said = WRONG_REQUESTS[words]
    numbers = {str(n): line[1][n] for n in range(-3, COMMITS)}
    test = ("--test", GREETS) if given else ()
    found = bisect(*(numbers.get(word, word) for word in given), *test)
    assert found.status in (WRONG, UNDONE)
    (error,) = [text for text in found.err.splitlines() if text.startswith("error: ")]
    assert said in error


def test_a_test_that_does_not_exist_is_said(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]]
) -> None:
    words = ("--good", line[1][0], "--bad", line[1][-1])
    assert "no test's id" in bisect(*words, "--test", "greets").err
    missing = bisect(*words, "--test", "servers.tests.GreetingTests.test_nothing")
    assert "is not among its tests" in missing.err


def test_a_suspect_from_git(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]], workbench: Workbench
) -> None:
    _, commits = line
    found = bisect("--suspect", commits[CULPRIT])
    assert found.status == DONE, found.err
    kept = workbench.home / "reports" / f"suspect-{commits[CULPRIT][:10]}.json"
    report = json.loads(kept.read_text())
    assert report["subject"] == f"Number {CULPRIT}"
    tests = {each["test"]: each for s in report["symptoms"] for each in s["tests"]}
    assert tests[GREETS]["presence"] == Presence.APPEARED
    assert tests[GREETS]["runs"][commits[CULPRIT]] == {"good": 0, "bad": 3}
    always = tests["servers.tests.NumberTests.test_total_of_none"]
    assert always["presence"] == Presence.BOTH
    suspicions = {s["behaviour"].rpartition(".")[2]: s["suspicion"] for s in report["symptoms"]}
    assert suspicions == {
        "GreetingTests": Suspicion.CONFIRMED,
        "NumberTests": Suspicion.NOT_THE_CAUSE,
    }


def test_an_innocent_commit_is_not_the_cause(
    bisect: Callable[..., ProcessResult], line: tuple[Path, list[str]]
) -> None:
    found = bisect("--suspect", line[1][CULPRIT + 2])
    assert "0 confirmed, 2 not the cause" in found.out


def test_a_suspect_without_git_is_tried_by_the_releases_around_it(
    indexed: Workbench, tmp_path: Path
) -> None:
    patches = copied(PATCHES, tmp_path / "patches")
    folder = patches / "django" / "undo"
    folder.mkdir()
    (folder / "undo.patch").write_text(patch('"hello, {name}"', '"hello, {name}" + ""'))
    (folder / "candidate.toml").write_text(
        'title = "t"\nticket = "t"\norigin = "o"\ncredit = []\nseries = ["undo.patch"]\n'
        f'[reverts]\ncommit = "{"ab" * 20}"\nsubject = "Loud"\n'
        'last_without = "0.1.3"\nfirst_with = "0.1.4"\nbefore = ["0.1.0"]\n'
    )
    found = indexed.run("bisect", "--suspect", "abababa", "--patches", patches)
    assert found.status == DONE, found.err
    kept = indexed.home / "reports" / f"suspect-{'ab' * 5}.json"
    report = json.loads(kept.read_text())
    assert report["line"]["before"] == {"name": "django 0.1.3", "short": "0.1.3"}
    assert report["line"]["older"] == [{"name": "django 0.1.0", "short": "0.1.0"}]
    tests = {each["test"]: each for s in report["symptoms"] for each in s["tests"]}
    assert tests[GREETS]["presence"] == Presence.APPEARED
    today = report["line"]["today"]["name"]
    assert today.startswith("django ") and report["line"]["reverted"]["name"] == f"{today} reverted"


def test_a_suspect_that_nobody_knows_gets_one_line(workbench: Workbench, tmp_path: Path) -> None:
    nowhere = f"django={tmp_path / 'nowhere'}"
    found = workbench.run("bisect", "--suspect", "0123456789", "--mirror", nowhere)
    assert found.status == UNDONE
    assert "name a clone with --mirror" in found.error
    assert "7 to 40 hex digits" in workbench.run("bisect", "--suspect", "main").error


def test_words_of_a_finding_are_the_models() -> None:
    assert {Conclusion.FOUND.is_boundary, Conclusion.SAME.is_boundary} == {True, False}
    assert Answer.GOOD == "good"
