"""`edit`, `refresh` and `new`: from a series to commits and back, losing nothing."""

from __future__ import annotations

import re
import subprocess

import pytest
from support import exporting
from support.exporting import GOOD, a_test, code, mail
from support.tiny import UPSTREAM, Workbench, content

from harness.catalog.catalog import Catalog
from harness.model import CandidateName

DONE, WRONG = 0, 2
NAME = "django/it"
ME = ("-c", "user.name=Me", "-c", "user.email=me@example.com")


class Desk:
    """A candidate, its folder in ``patches``, and the folder in which it is edited."""

    def __init__(self, workbench: Workbench, patch: str = "") -> None:
        self.workbench = workbench
        self.patches = exporting.folder(workbench.folder, {"it": patch} if patch else {})
        self.own = self.patches / "django" / "it"
        self.place = workbench.home / "edit" / "django" / "it"

    def run(self, verb: str, *words: str, status: int = DONE) -> str:
        finished = self.workbench.run(verb, *words, "--patches", self.patches)
        assert finished.status == status, finished.out + finished.err
        return finished.error if status else finished.out

    def edit(self, status: int = DONE) -> str:
        return self.run("edit", NAME, status=status)

    def refresh(self, status: int = DONE) -> str:
        return self.run("refresh", NAME, status=status)

    def git(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            ["git", *ME, *words], cwd=self.place, capture_output=True, text=True, check=check
        )
        return done.stdout

    def write(self, path: str, text: str) -> None:
        (self.place / path).write_text(text, "utf-8")

    def commit(self, path: str, text: str, subject: str = "Refs #1 -- Added more.") -> None:
        self.write(path, text)
        self.git("add", path)
        self.git("commit", "--quiet", "--message", f"{subject}\n\nWhy.")


@pytest.fixture
def desk(workbench: Workbench) -> Desk:
    """A candidate that was opened for editing."""
    desk = Desk(workbench, mail(GOOD))
    assert desk.edit().strip() == str(desk.place)
    return desk


def test_the_folder_has_the_candidates_commits(desk: Desk) -> None:
    assert desk.git("log", "--format=%an: %s").splitlines() == [
        f"A Contributor: {exporting.SUBJECT}",
        "Upstream patch workbench: django 0.1",
    ]
    assert "return sum(numbers)\n" in (desk.place / "django/server.py").read_text("utf-8")


def test_edit_and_refresh_without_a_change_is_byte_identical(desk: Desk) -> None:
    before = content(desk.own)
    assert desk.refresh() == "unchanged: it\n"
    assert desk.edit().strip() == str(desk.place)
    assert desk.refresh() == "unchanged: it\n"
    assert content(desk.own) == before


def test_an_amended_commit_is_written_back(desk: Desk) -> None:
    desk.git("commit", "--quiet", "--amend", "--message", "Refs #1 -- Said it anew.\n\nWhy.")
    assert desk.refresh() == "changed: it/0001-it.patch\n"
    text = (desk.own / "0001-it.patch").read_text("utf-8")
    assert "Subject: [PATCH] Refs #1 -- Said it anew.\n" in text
    assert desk.refresh() == "unchanged: it\n"


def test_a_new_commit_becomes_a_patch_of_the_series(desk: Desk) -> None:
    before = content(desk.own)
    desk.commit("django/more.py", "new = 1\n")
    assert desk.refresh().splitlines() == [
        "new: it/0002-refs-1-added-more.patch",
        "changed: it/candidate.toml",
    ]
    after = content(desk.own)
    assert after["0001-it.patch"] == before["0001-it.patch"]
    candidate = Catalog(desk.patches).get(CandidateName.read(NAME))
    assert candidate.about.series == ("0001-it.patch", "0002-refs-1-added-more.patch")
    desk.run("apply", "--candidate", NAME)


def test_a_dropped_commit_takes_its_patch_along(desk: Desk) -> None:
    desk.commit("django/more.py", "new = 1\n")
    desk.refresh()
    before = content(desk.own)
    desk.git("reset", "--quiet", "--hard", "HEAD~1")
    assert "removed: it/0002-refs-1-added-more.patch" in desk.refresh()
    assert set(content(desk.own)) == set(before) - {"0002-refs-1-added-more.patch"}


# What is refused, and nothing written ---------------------------------------------------


def leave_open(desk: Desk) -> None:
    desk.write("django/server.py", "changed = 1\n")


def leave_untracked(desk: Desk) -> None:
    desk.write("django/more.py", "new = 1\n")


def stop_in_a_rebase(desk: Desk) -> None:
    desk.commit("django/more.py", "new = 1\n")
    desk.git("rebase", "--quiet", "--exec", "false", "HEAD~1", check=False)


def merge(desk: Desk) -> None:
    desk.git("checkout", "--quiet", "-b", "side", "HEAD~1")
    desk.commit("django/more.py", "new = 1\n")
    desk.git("checkout", "--quiet", "edit/it")
    desk.git("merge", "--quiet", "--no-edit", "side")


def drop_everything(desk: Desk) -> None:
    desk.git("reset", "--quiet", "--hard", "HEAD~1")


def start_anew(desk: Desk) -> None:
    desk.git("checkout", "--quiet", "--orphan", "other")
    desk.git("commit", "--quiet", "--message", "Other.")


def commit_nothing(desk: Desk) -> None:
    desk.git("commit", "--quiet", "--allow-empty", "--message", "Nothing.")


def change_the_patch(desk: Desk) -> None:
    (desk.own / "0001-it.patch").write_text(mail(code()), "utf-8")


@pytest.mark.parametrize(
    ("happen", "said"),
    [
        (leave_open, "has changes that are in no commit (django/server.py)"),
        (leave_untracked, "has changes that are in no commit (django/more.py)"),
        (stop_in_a_rebase, "a rebase is in the middle"),
        (merge, "a merge is among the commits"),
        (drop_everything, "there is no commit in"),
        (start_anew, "no longer stand on 0.1"),
        (commit_nothing, "changes nothing; drop it"),
        (change_the_patch, "patches/django/it changed after `edit`"),
    ],
)
def test_what_would_lose_something_is_refused(desk: Desk, happen: object, said: str) -> None:
    happen(desk)  # type: ignore[operator]
    before = content(desk.own)
    assert said in desk.refresh(status=WRONG)
    assert content(desk.own) == before


def test_a_series_that_no_longer_applies_is_refused(workbench: Workbench) -> None:
    """What it stacks on has changed in the meantime."""
    desk = Desk(workbench, mail(a_test()))
    below = desk.patches / "django" / "below"
    below.mkdir()
    (below / "candidate.toml").write_text(exporting.DESCRIPTION, "utf-8")
    (below / "0001-it.patch").write_text(mail(code()), "utf-8")
    about = desk.own / "candidate.toml"
    about.write_text(f'stacks_on = ["django/below"]\n{about.read_text("utf-8")}', "utf-8")
    desk.edit()
    desk.commit("django/server.py", "changed = 1\n")
    (below / "0001-it.patch").write_text(mail(code("return 0\n")), "utf-8")
    before = content(desk.own)
    assert "no longer applies to django 0.1" in desk.refresh(status=WRONG)
    assert content(desk.own) == before


def test_work_in_the_folder_is_never_overwritten(desk: Desk) -> None:
    desk.commit("django/more.py", "new = 1\n")
    assert desk.edit().strip() == str(desk.place)
    assert (desk.place / "django/more.py").exists()
    change_the_patch(desk)
    assert "work is in both" in desk.edit(status=WRONG)
    assert (desk.place / "django/more.py").exists()


def test_a_folder_without_work_follows_the_patches(desk: Desk) -> None:
    change_the_patch(desk)
    desk.edit()
    assert "test_added" not in (desk.place / "tests/servers/tests.py").read_text("utf-8")
    assert desk.refresh() == "unchanged: it\n"


def test_nothing_was_opened(workbench: Workbench) -> None:
    desk = Desk(workbench, mail(GOOD))
    assert "`python -m harness edit django/it` first" in desk.refresh(status=WRONG)


# A new one -----------------------------------------------------------------------------


def test_from_nothing_to_a_candidate(workbench: Workbench) -> None:
    desk = Desk(workbench)
    out = desk.run("new", NAME, "--ticket", "32472")
    assert "next: python -m harness edit django/it" in out
    assert "has no patch yet" in desk.run("apply", "--candidate", NAME, status=WRONG)
    assert CandidateName.read(NAME) not in Catalog(desk.patches).candidates
    desk.edit()
    desk.commit("django/more.py", "new = 1\n")
    desk.refresh()
    candidate = Catalog(desk.patches).get(CandidateName.read(NAME))
    assert candidate.about.ticket == "django#32472"
    assert candidate.about.made_for == "0.1"
    assert not candidate.about.draft
    assert candidate.about.series == ("0001-refs-1-added-more.patch",)
    assert re.search(r"django/it +clean", desk.run("apply", "--candidate", NAME))


def test_a_skeleton_is_loaded_as_soon_as_its_patch_is_there(workbench: Workbench) -> None:
    desk = Desk(workbench)
    desk.run("new", NAME, "--ticket", "#1")
    (desk.own / "0001-it.patch").write_text(mail(code()), "utf-8")
    assert Catalog(desk.patches).get(CandidateName.read(NAME)).about.ticket == "django#1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("new", NAME), "new needs the ticket's number"),
        (("new", NAME, "--ticket", "many"), "new needs the ticket's number"),
        (("new", "--ticket", "1"), "new needs a name"),
        (("new", "it", "--ticket", "1"), "'it' is no name"),
        (("new", "django/It is", "--ticket", "1"), "is no name"),
        (("new", "rails/it", "--ticket", "1"), "no upstream 'rails'"),
        (("new", "django/taken", "--ticket", "1"), "there is a candidate django/taken"),
        (("edit",), "edit needs a name"),
        (("edit", "django/none"), "no candidate 'django/none'"),
        (("refresh", "django/none"), "no candidate 'django/none'"),
        (("edit", NAME, "--ticket", "1"), "`history` and `new`, not for `edit`"),
    ],
)
def test_a_wrong_request_is_one_line(
    workbench: Workbench, words: tuple[str, ...], said: str
) -> None:
    patches = exporting.folder(workbench.folder, {"taken": mail(code())})
    finished = workbench.run(words[0], *words[1:], "--patches", patches)
    assert finished.status == WRONG
    assert said in finished.error


def test_the_users_own_tree_is_left_alone(desk: Desk) -> None:
    before = content(UPSTREAM)
    desk.commit("django/more.py", "new = 1\n")
    desk.refresh()
    assert content(UPSTREAM) == before
