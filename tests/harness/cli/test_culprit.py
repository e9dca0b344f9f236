"""`bisect` with tests that the old commits have not, end to end, on a history of the miniature."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
import psutil
import pytest
from filelock import FileLock
from support.pages import read
from support.real_git import git
from support.regressions import DOUBLE, NOBODY, TESTS, TRUE, Regressions, regressions
from support.tiny import (
    DEADLINE,
    DONE,
    STOPPED,
    UNDONE,
    WRONG,
    ProcessResult,
    Workbench,
    changed_in,
    few_folders,
    until,
)

from harness.judge.culprit import Culprit, CulpritReport
from harness.model import Conclusion
from harness.system.room import cores

Search = Callable[..., ProcessResult]
NOBODY_ID = 65534
HANG = "import threading; threading.Event().wait()"
# For git bisect run: it can not tell where another thing is wrong.
GREETS = (
    "grep -q 'another reason' django/server.py && exit 125; "
    """python -c 'from django import server; assert server.greeting("") == "hello, "'"""
)


@pytest.fixture(scope="session")
def regressed(tmp_path_factory: pytest.TempPathFactory) -> Regressions:
    return regressions(tmp_path_factory.mktemp("regressions"))


@pytest.fixture
def search(workbench: Workbench, regressed: Regressions) -> Search:
    """`bisect` in that history, where commits go by their subjects; what proves it is left out."""

    def run(*words: str, proof: bool = False) -> ProcessResult:
        return workbench.run("bisect", *given(regressed, *words, proof=proof))

    return run


def given(regressed: Regressions, *words: str, proof: bool = False) -> list[str]:
    found = [regressed.commits.get(word, word) for word in words]
    return ["--mirror", f"django={regressed.folder}", *found, *([] if proof else ["--no-proof"])]


class Searched(NamedTuple):
    """A search that is over, and the commits of the history in which it was made."""

    workbench: Workbench
    report: CulpritReport
    commits: dict[str, str]


@pytest.fixture(scope="session")
def searched(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, regressed: Regressions
) -> Searched:
    """One search with everything, from a fix to the proof, once for all processes."""
    root = tmp_path_factory.getbasetemp()
    shared = (root if worker_id == "master" else root.parent) / "searched"
    with FileLock(shared.with_suffix(".lock")):
        shared.mkdir(exist_ok=True)
        workbench, report = Workbench(shared), shared / "culprit.json"
        commits = shared / "commits.json"
        if not report.exists():
            words = ("--good", "Base", "--bad", "Last docs", "--fix", "Mended")
            asked = given(regressed, *words, "--json", str(report), proof=True)
            found = workbench.run("bisect", *asked)
            assert found.status == DONE, found.err
            (shared / "out").write_text(found.out, "utf-8")
            commits.write_bytes(msgspec.json.encode(regressed.commits))
    return Searched(
        workbench,
        msgspec.json.decode(report.read_bytes(), type=CulpritReport),
        msgspec.json.decode(commits.read_bytes()),
    )


def culprit_of(report: CulpritReport, test: str) -> Culprit:
    (found,) = [each for each in report.culprits if test in each.tests]
    return found


def changes_with(commits: Mapping[str, str], subject: str) -> str:
    return f"changes with {commits[subject][:10]} {subject}"


# A fix and its tests -------------------------------------------------------------------------


def test_the_tests_of_a_fix_find_its_culprit(searched: Searched) -> None:
    workbench, report, commits = searched
    out = (workbench.folder / "out").read_text("utf-8")
    commit = commits["Shortened"]
    assert changes_with(commits, "Shortened") in out
    assert f"Regression in {commit}." in out
    found = culprit_of(report, NOBODY)
    assert (found.conclusion, found.culprit.commit.id) == (Conclusion.FOUND, commit)
    assert found.before.commit.subject == "Repaired"
    assert (found.before.counts, found.culprit.counts) == ({"good": 5}, {"bad": 5})
    assert found.confidence > 0.99
    assert found.chance < 0.01
    assert "AssertionError: 'hello' != 'hello, '" in found.failure


def test_two_tests_may_have_two_culprits(searched: Searched) -> None:
    """What a merge brought is looked for on the branch that it merged."""
    _, report, commits = searched
    assert {each.tests for each in report.culprits} == {(NOBODY,), (TRUE,)}
    found = culprit_of(report, TRUE)
    assert found.culprit.commit.id == commits["Made the feature a number"]
    assert found.before.commit.subject == "Documented the feature"
    merge = commits["Merged the topic"]
    assert found.notes == (f"it was merged by {merge[:10]} Merged the topic",)


def test_it_is_taken_back_and_cut_down_to_its_hunk(searched: Searched) -> None:
    found = culprit_of(searched.report, NOBODY)
    assert found.hunks is not None and found.taken_back is not None
    assert (found.hunks.needed, found.hunks.of) == (1, 3)
    assert re.findall(r"^[+-] .*", found.hunks.patch, re.MULTILINE) == [
        '-    return f"hello, {name}"',
        '+    return f"hello, {name}" if name else "hello"',
    ]
    back = found.taken_back
    assert (back.how, back.tests, back.passes, back.only_hunks) == ("clean", 1, 1, False)


def test_the_same_change_on_another_branch_is_named(searched: Searched) -> None:
    _, report, commits = searched
    equal = {each.id for each in culprit_of(report, NOBODY).equals}
    others = ("Shortened on stable", "Shortened without a runner")
    assert equal == {commits[each] for each in others}
    assert culprit_of(report, TRUE).equals == ()


def test_what_the_report_has_for_a_ticket(searched: Searched) -> None:
    workbench, report, commits = searched
    text = (workbench.home / "reports" / "bisect.md").read_text("utf-8")
    paragraphs = [part.splitlines()[2] for part in text.split("### For the ticket")[1:]]
    commit = commits["Shortened"]
    assert f"`{NOBODY}` fails in 5 of 5 runs at {commit[:10]}" in paragraphs[0]
    assert paragraphs[0].endswith(f"Regression in {commit}.")
    assert len(paragraphs) == 2
    assert f"git bisect start {report.bad.id} {report.good.id}\n" in text
    kept = (workbench.home / "reports" / "bisect.json").read_bytes()
    assert msgspec.json.decode(kept, type=CulpritReport) == report


def test_its_page_has_every_culprit_and_leads_to_the_logs(searched: Searched) -> None:
    workbench, report, _ = searched
    reports = workbench.home / "reports"
    page = read((reports / "bisect.html").read_text("utf-8"))
    for found in report.culprits:
        assert f"Regression in {found.culprit.commit.id}." in page.text
        assert found.culprit.commit.author in page.text
    logs = {probe.log for search in report.searches for probe in search.probes}
    assert logs
    for log in logs:
        assert f"../{log}" in page.links
        assert (workbench.home / log).is_file()


def test_only_commits_that_can_matter_are_counted_so(searched: Searched) -> None:
    """Documentation can not, nor a file that the tests never load."""
    report = searched.report
    assert (report.commits, report.can_matter) == (8, 4)


def test_nothing_is_left_behind_but_a_few_checkouts(searched: Searched) -> None:
    assert left_behind(searched.workbench) == []


def left_behind(workbench: Workbench) -> list[str]:
    """What a search left that is of no use, by its path."""
    found = list((workbench.home / "scratch").glob("*"))
    for folder in (workbench.home / "worktrees" / "django").glob("history*"):
        kept = sorted(folder.iterdir())
        found += [path for path in kept if not path.name.startswith("spare-")]
        found += kept[cores() + 1 :]
    return [str(path.relative_to(workbench.home)) for path in found]


def test_what_can_not_be_taken_back_is_said(search: Search, regressed: Regressions) -> None:
    """A later commit has rewritten it, and fails in the same way."""
    words = ("--good", "Repaired", "--bad", "Rewrote it", "--overlay", "Mended", "--test", NOBODY)
    found = search(*words, proof=True)
    assert changes_with(regressed.commits, "Shortened") in found.out, found.err
    assert "it can not be taken back at the bad end: django/server.py, hunk 1" in found.out
    assert "by 1 of its 3 hunks" in found.out


def test_a_feature_that_is_not_there_yet(
    search: Search, regressed: Regressions, workbench: Workbench
) -> None:
    """It was wrong from the beginning: no commit before has anything that could be right."""
    words = ("--good", "Docs", "--bad", "Last docs", "--fix", "Mended doubles")
    found = search(*words, proof=True)
    commit = regressed.commits["Doubles"]
    assert f"can not exist before {commit[:10]} Doubles, and fails from there on" in found.out
    assert "Merged the topic: 5 not-yet" in found.out
    assert "can not be taken back at the bad end: what the tests are about came" in found.out
    assert "Regression in" not in found.out
    assert DOUBLE in found.out
    ticket = (workbench.home / "reports" / "bisect.md").read_text("utf-8")
    assert f"It came with {commit}." in ticket


# What is taken along -------------------------------------------------------------------------


@pytest.fixture
def files(workbench: Workbench, regressed: Regressions) -> Path:
    """The tests of the fix in every form, and the fix as a patch, where the command is run."""
    folder = workbench.folder
    text = git(regressed.folder, "show", f"main:{TESTS}") + "\n"
    for path in ("over/tests/servers/tests.py", "flat/servers/tests.py", "mine.py"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    patch = git(regressed.folder, "format-patch", "--stdout", "main~1..main") + "\n"
    (folder / "mended.patch").write_text(patch, "utf-8")
    (folder / "none").mkdir()
    return folder


@pytest.mark.parametrize(
    "words",
    [
        ("--fix", "mended.patch"),
        ("--overlay", "mended.patch"),
        ("--overlay", "over"),
        ("--overlay", "flat", "--test", NOBODY),
        ("--overlay", "flat/servers/tests.py"),
        ("--overlay", f"{TESTS}=mine.py"),
        ("--overlay", "Mended", "--test", NOBODY),
        ("--patch", "mended.patch", "--test", NOBODY),
    ],
)
def test_tests_are_taken_along_in_any_form(
    search: Search, regressed: Regressions, files: Path, words: tuple[str, ...]
) -> None:
    # A range of one commit.
    found = search("--good", "Repaired", "--bad", "Shortened", *words)
    assert found.status == DONE, found.err
    assert changes_with(regressed.commits, "Shortened") in found.out
    is_unproved = "the tests were not seen to pass with a fix" in found.out
    assert is_unproved == (words[0] == "--overlay" and "--test" not in words)


def test_a_fix_with_which_nothing_runs_proves_nothing(
    search: Search, regressed: Regressions, files: Path
) -> None:
    """That is told, and the tests are searched all the same."""
    git(files, "clone", "--quiet", "--shared", str(regressed.folder), "clone")
    clone = files / "clone"
    git(clone, "checkout", "--quiet", "--detach", regressed.commits["Shortened"])
    with (clone / "django" / "server.py").open("a", encoding="utf-8") as server:
        server.write("\n\nraise SystemExit\n")
    shutil.copy(files / "mine.py", clone / TESTS)
    git(clone, "diff", f"--output={files / 'exits.patch'}")
    words = ("--good", "Repaired", "--bad", "Shortened", "--fix", "exits.patch")
    found = search(*words)
    assert "the tests were not seen to pass with a fix: nothing ran with it: " in found.out
    assert changes_with(regressed.commits, "Shortened") in found.out, found.err


# Failures of other kinds ---------------------------------------------------------------------


def test_another_failure_tells_nothing(search: Search, regressed: Regressions) -> None:
    words = ("--good", "Docs", "--bad", "Shortened at once", "--fix", "Mended")
    found = search(*words, "--test", NOBODY)
    commits = regressed.commits
    assert (
        f"changes after {commits['Docs'][:10]} Docs, with "
        f"{commits['Shortened at once'][:10]} Shortened at once or one of 2 before it"
    ) in found.out, found.err
    assert found.out.count("ValueError: for another reason") == 2
    assert "Regression in" not in found.out
    found = search(*words, "--test", NOBODY, "--any-failure")
    assert changes_with(regressed.commits, "Raises here") in found.out


def test_of_commits_that_tell_nothing_the_only_one_that_can_matter_is_named(
    search: Search, regressed: Regressions
) -> None:
    """None of them can run a test, and two of three touch nothing that the test runs."""
    words = ("--good", "Repaired", "--bad", "Mended the runner", "--fix", "Mended")
    found = search(*words, "--test", NOBODY, proof=True)
    assert changes_with(regressed.commits, "Shortened without a runner") in found.out, found.err
    assert "the only one of 3 commits between tried ones that touches" in found.out
    assert f"Regression in {regressed.commits['Shortened without a runner']}." in found.out
    assert "the bad end, the test passes" in found.out


def test_where_only_the_bad_end_tells_nothing_is_named(
    search: Search, regressed: Regressions, workbench: Workbench
) -> None:
    """Every other commit fails for other reasons."""
    found = search("--good", "Raises here", "--bad", "Shortened at once", "--fix", "Mended")
    # That of these only the last one touches what runs, says nothing about the first.
    assert "or one of 1 before it" in found.out, found.err
    assert "Raises here: 1 untestable" in found.out
    ticket = (workbench.home / "reports" / "bisect.md").read_text("utf-8")
    assert "One of 2 commits did it." in ticket
    assert "Regression in" not in found.out + ticket


# Branches ------------------------------------------------------------------------------------


def test_a_merge_is_named_if_that_is_asked_for(search: Search, regressed: Regressions) -> None:
    words = ("--good", "More docs", "--bad", "Doubles", "--fix", "Mended", "--test", TRUE)
    found = search(*words, "--first-parent")
    assert changes_with(regressed.commits, "Merged the topic") in found.out, found.err


def test_good_and_bad_on_different_branches(search: Search, regressed: Regressions) -> None:
    found = search("--good", "On stable", "--bad", "More docs", "--fix", "Mended")
    assert changes_with(regressed.commits, "Shortened") in found.out, found.err
    parted = regressed.commits["Repaired"][:10]
    assert f"searched from {parted}, where they parted" in found.out


def test_good_may_be_the_newer_one(search: Search, regressed: Regressions) -> None:
    words = ("--good", "main", "--bad", "Doubles", "--fix", "Mended", "--test", NOBODY)
    found = search(*words, proof=True)
    assert changes_with(regressed.commits, "Mended") in found.out, found.err
    assert "Regression in" not in found.out
    assert "by 1 of its 2 hunks" in found.out


# A command -----------------------------------------------------------------------------------


def test_a_command_tells_by_its_exit_status(search: Search, regressed: Regressions) -> None:
    found = search("--good", "Docs", "--bad", "More docs", "--run", GREETS, proof=True)
    assert changes_with(regressed.commits, "Shortened") in found.out, found.err
    assert "by 1 of its 3 hunks" in found.out
    found = search("--good", "Raises", "--bad", "More docs", "--run", GREETS)
    assert found.status == WRONG
    assert "can not be tried: exit status 125" in found.err


def test_a_command_may_stop_the_search(search: Search, workbench: Workbench) -> None:
    found = search("--good", "Docs", "--bad", "More docs", "--run", "exit 128")
    assert found.status == WRONG
    assert found.err.splitlines()[-1] == (
        "error: the command stopped the search: exit status 128: git bisect run stops there"
    )
    assert left_behind(workbench) == []


# Wrong requests ------------------------------------------------------------------------------

SIMPLE = ("--good", "Docs", "--bad", "Last docs")
# what is wrong: the words, and what is said
WRONG_REQUESTS = {
    "no test": (SIMPLE, "which test? Name it with --test ID"),
    "a commit that the mirror lacks": ((*SIMPLE, "--fix", "abcdef12345"), "has no commit abcdef1"),
    "branches that never met": (
        ("--good", "Of another history", "--bad", "Docs", "--fix", "Mended"),
        "are on branches that never met",
    ),
    "a file that fits nowhere": ((*SIMPLE, "--overlay", "mine.py"), "has no mine.py below tests/"),
    "a folder that fits nowhere": ((*SIMPLE, "--overlay", "none"), "put each file where the tree"),
    "a file that is not there": ((*SIMPLE, "--overlay", "gone.py"), "there is no such file"),
    "a fix without tests": ((*SIMPLE, "--fix", "Shortened"), "changes nothing below tests/"),
    "a fix that is in it": (
        ("--good", "Docs", "--bad", "Repaired", "--fix", "Mended"),
        "passes on the bad end: there is nothing to search",
    ),
    "tests that pass": (
        ("--good", "Docs", "--bad", "Repaired", "--overlay", "Mended"),
        "passes on the bad end: there is nothing to search",
    ),
    "swapped": (
        ("--good", "Shortened", "--bad", "Repaired", "--overlay", "Mended", "--test", NOBODY),
        "good and bad are swapped",
    ),
    "a release that is a branch there": (
        ("--good", "Docs", "--bad", "5.1", "--fix", "Mended"),
        "has no branch or tag '5.1'; near it: stable/5.1.x",
    ),
}


@pytest.mark.parametrize("case", WRONG_REQUESTS)
def test_a_wrong_request_gets_one_line_and_leaves_nothing(
    search: Search, workbench: Workbench, files: Path, case: str
) -> None:
    words, said = WRONG_REQUESTS[case]
    found = search(*words)
    assert found.status == WRONG, found.out
    (error,) = [text for text in found.err.splitlines() if text.startswith("error: ")]
    assert said in error
    assert "Traceback" not in found.err
    assert left_behind(workbench) == []


def test_a_shallow_clone_is_refused(
    workbench: Workbench, regressed: Regressions, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=3", regressed.folder.as_uri(), "shallow")
    words = ("--mirror", f"django={tmp_path / 'shallow'}", "--good", "main~1", "--bad", "main")
    found = workbench.run("bisect", *words, "--run", "true")
    assert found.status in (WRONG, UNDONE)
    assert "run `git fetch --unshallow` in it" in found.error


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give a clone to another user")
def test_another_users_clone_is_read_once_that_is_allowed(
    workbench: Workbench, regressed: Regressions, tmp_path: Path
) -> None:
    """Git reads it only if it was told to; what is said to do about it helps."""
    theirs = Path(shutil.copytree(regressed.folder, tmp_path / "their clone"))
    for path in (theirs, *theirs.rglob("*")):
        os.chown(path, NOBODY_ID, NOBODY_ID)
    words = ("--good", "Repaired", "--bad", "Shortened", "--fix", "Mended", "--no-proof")
    asked = [regressed.commits.get(word, word) for word in words]
    refused = workbench.run("bisect", "--mirror", f"django={theirs}", *asked)
    assert refused.status == WRONG
    assert "it belongs to another user; if you trust it, run `git config" in refused.error
    (advice,) = re.findall(r"run `(.*)`", refused.error)
    user = workbench.env | {"PATH": os.environ["PATH"]}
    subprocess.run(advice, shell=True, check=True, env=user)
    found = workbench.run("bisect", "--mirror", f"django={theirs}", *asked)
    assert changes_with(regressed.commits, "Shortened") in found.out, found.err


# More than one -------------------------------------------------------------------------------


HANGS = f'test -e django/feature.py || exit 0; exec python -c "{HANG}"'
HANGING = ("--good", "More docs", "--bad", "Last docs", "--run", HANGS)


@contextmanager
def hanging(workbench: Workbench, regressed: Regressions) -> Iterator[subprocess.Popen[str]]:
    """A search in the middle: the good end is known, and the bad one hangs."""
    words = given(regressed, *HANGING, "--timeout", str(DEADLINE))
    with workbench.start("bisect", *words) as process:
        until(
            lambda: (
                (workbench.kept("results") and is_hanging(workbench)) or process.poll() is not None
            )
        )
        assert process.poll() is None, process.communicate()
        yield process


def is_hanging(workbench: Workbench) -> bool:
    """Whether a process of this workbench is at the command that does not end."""
    found = False
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            command = " ".join(process.cmdline())
            # The search itself has the command among its words, too.
            if HANG in command and "--run" not in command:
                words = (command, *process.environ().values())
                found |= any(str(workbench.home) in word for word in words)
    return found


def test_a_search_that_was_stopped_can_be_made_again(
    workbench: Workbench, regressed: Regressions, search: Search
) -> None:
    with hanging(workbench, regressed) as process:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == STOPPED, err
    assert "Traceback" not in err
    until(lambda: not is_hanging(workbench))
    assert list((workbench.home / "scratch").iterdir()) == []
    again = search(*HANGING, "--timeout", "1")
    assert changes_with(regressed.commits, "Doubles") in again.out, again.err
    assert "it fails so: hung" in again.out
    assert left_behind(workbench) == []


def test_two_searches_side_by_side_have_checkouts_of_their_own(
    workbench: Workbench, regressed: Regressions, search: Search
) -> None:
    folder = workbench.home / "worktrees" / "django" / "history-1"
    with hanging(workbench, regressed):
        theirs = sorted(folder.iterdir())
        words = ("--good", "Docs", "--bad", "Last docs", "--fix", "Mended", "--test", NOBODY)
        found = search(*words)
        assert changes_with(regressed.commits, "Shortened") in found.out, found.err
        assert sorted(folder.iterdir()) == theirs
        assert [changed_in(path) for path in theirs] == [""] * len(theirs)


def test_without_bubblewrap_it_finds_the_same(
    workbench: Workbench, regressed: Regressions, search: Search, tmp_path: Path
) -> None:
    folder = tmp_path / "few"
    folder.mkdir()
    for name in ("git", "unshare", "mount", "sh"):
        program = shutil.which(name, path=few_folders())
        if program:
            (folder / name).symlink_to(program)
    workbench.env["PATH"] = str(folder)
    words = ("--good", "Repaired", "--bad", "More docs", "--fix", "Mended", "--test", NOBODY)
    found = search(*words)
    assert changes_with(regressed.commits, "Shortened") in found.out, found.err
    assert left_behind(workbench) == []
