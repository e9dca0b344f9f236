"""The history of an upstream, in real clones: which commits there are, and what they changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from support.line import commit
from support.real_git import git
from support.values import DJANGO

from harness.model import Project, RequestError, WorkbenchError
from harness.system.home import Home
from harness.trees.history import Commit, FileChange, History, history_of
from harness.trees.trees import Trees

COMMITS = 4


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with four commits on main, and a branch and a tag as Django has them."""
    folder = tmp_path / "clone"
    started(folder)
    for number in range(COMMITS):
        commit(folder, {"number.py": f"NUMBER = {number}\n", f"{number}.txt": ""}, f"No. {number}")
    git(folder, "branch", "stable/5.1.x", "main~1")
    git(folder, "tag", "-a", "5.0", "-m", "a release", "main~2")
    return folder


def started(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    # What a host of repositories allows.
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    return folder


def at(url: Path | str) -> Project:
    return msgspec.structs.replace(DJANGO, url=str(url))


def history(home: Home, url: Path | str) -> History:
    return history_of(home, at(url))


def refused(home: Home, url: Path | str, spec: str) -> str:
    """The line that a SPEC is refused with."""
    with pytest.raises(RequestError) as caught:
        history(home, url).commit(spec)
    (line,) = str(caught.value).splitlines()
    return line


# A SPEC --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "number"),
    [
        ("main", 3),
        ("HEAD", 3),
        ("main~1", 2),
        ("main^", 2),
        ("main~2^", 0),
        ("main^^~1", 0),
        ("stable/5.1.x", 2),
        ("stable/5.1.x~1", 1),
        ("5.0", 1),
        ("5.0^0", 1),
    ],
)
@pytest.mark.parametrize("way", ["linked", "fetched"])
def test_a_spec_is_a_commit_of_the_clone(
    home: Home, clone: Path, spec: str, number: int, way: str
) -> None:
    ids = git(clone, "rev-list", "--reverse", "main").split()
    found = history(home, clone if way == "linked" else clone.as_uri())
    assert found.commit(spec) == ids[number]
    assert found.commit(ids[number]) == ids[number]
    assert found.commit(ids[number][:9]) == ids[number]


@pytest.mark.parametrize("way", ["linked", "fetched"])
def test_what_there_is_not_is_said_with_what_is_called_nearly_so(
    home: Home, clone: Path, way: str
) -> None:
    url = str(clone) if way == "linked" else clone.as_uri()
    for name in ("attic/1.5.1", "attic/5.10"):
        git(clone, "branch", name, "main")
    near = "stable/5.1.x, attic/1.5.1, attic/5.10"
    assert refused(home, url, "5.1") == f"{url} has no branch or tag '5.1'; near it: {near}"
    assert refused(home, url, "mian") == f"{url} has no branch or tag 'mian'; near it: main"
    assert refused(home, url, "zzz") == f"{url} has no branch or tag 'zzz'"
    assert refused(home, url, "a" * 40) == f"{url} has no commit {'a' * 40}"
    assert refused(home, url, "main~9") == "main~9: nothing was before main there"


@pytest.mark.parametrize("spec", ["--all", "main..5.0", "main ", ""])
def test_what_is_no_name_of_a_commit_is_refused(home: Home, clone: Path, spec: str) -> None:
    assert "is no commit; give a branch" in refused(home, clone, spec)


def test_a_branch_that_a_clone_only_follows_goes_by_its_own_name(
    home: Home, clone: Path, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "--quiet", clone.name, "user")
    user = tmp_path / "user"
    found = history(home, user).commit("stable/5.1.x")
    assert found == git(clone, "rev-parse", "stable/5.1.x")
    assert refused(home, user, "5.1").endswith("near it: stable/5.1.x")


# A clone on this machine ---------------------------------------------------------------------


@pytest.mark.parametrize("further", [(), ("--filter=blob:none",)])
def test_a_shallow_clone_is_refused(
    home: Home, clone: Path, tmp_path: Path, further: tuple[str, ...]
) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=2", *further, clone.as_uri(), "shallow")
    assert refused(home, tmp_path / "shallow", "main").endswith(
        "is a shallow clone, its history is cut off; run `git fetch --unshallow` in it"
    )


def test_a_clone_in_which_somebody_works_stays_as_it_is(home: Home, clone: Path) -> None:
    (clone / "number.py").write_text("NUMBER = 'mine'\n", "utf-8")
    (clone / "new.py").write_text("", "utf-8")
    (clone / "staged.py").write_text("", "utf-8")
    git(clone, "add", "staged.py")
    before = git(clone, "status", "--porcelain"), git(clone, "for-each-ref"), files_in(clone)
    found = history(home, clone)
    tree = found.tree(found.commit("main"))
    folder = Trees(home).checkout(tree)
    assert (folder / "number.py").read_text("utf-8") == "NUMBER = 3\n"
    assert not (folder / "new.py").exists()
    assert before == (
        git(clone, "status", "--porcelain"),
        git(clone, "for-each-ref"),
        files_in(clone),
    )


def files_in(clone: Path) -> set[Path]:
    return {path for path in (clone / ".git").rglob("*") if path.is_file()}


def test_commits_that_a_clone_has_got_since_are_found(home: Home, clone: Path) -> None:
    assert history(home, clone).commit("main")
    later = commit(clone, {"number.py": "NUMBER = 4\n"}, "Later")
    found = history(home, clone)
    assert found.commit("main") == later
    assert found.line(found.commit("main~2"), later)[-1] == Commit(later, "Later", 1)
    git(clone, "checkout", "--quiet", "--detach")
    of_no_branch = commit(clone, {"number.py": "NUMBER = 5\n"}, "Of no branch")
    assert history(home, clone).commit("HEAD") == of_no_branch


def test_a_clone_may_go_away_afterwards(home: Home, clone: Path) -> None:
    """In the middle of a search somebody drops branches, repacks, or removes it."""
    found = history(home, clone)
    git(clone, "checkout", "--quiet", "-b", "topic")
    topic = commit(clone, {"topic.py": "TOPIC = 1\n"}, "Topic")
    assert found.commit("topic") == topic
    git(clone, "checkout", "--quiet", "main")
    git(clone, "branch", "--quiet", "-D", "topic")
    git(clone, "reflog", "expire", "--expire=now", "--all")
    git(clone, "gc", "--quiet", "--prune=now")
    folder = Trees(home).checkout(found.tree(topic))
    assert (folder / "topic.py").exists()
    shutil.rmtree(clone)
    folder = Trees(home).checkout(found.tree(found.parents(topic)[0]))
    assert not (folder / "topic.py").exists()


def test_two_clones_of_one_upstream_are_both_seen(home: Home, clone: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", clone.name, "fork")
    fork = tmp_path / "fork"
    forked = commit(fork, {"fork.py": ""}, "Forked")
    assert history(home, clone).commit("main") != forked
    assert history(home, fork).commit("main") == forked


def test_a_clone_that_has_not_all_its_files_is_fetched_from(
    home: Home, clone: Path, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", clone.as_uri(), "partial")
    partial = tmp_path / "partial"
    git(partial, "config", "uploadpack.allowFilter", "true")
    git(partial, "config", "uploadpack.allowAnySHA1InWant", "true")
    found = history(home, partial)
    folder = Trees(home).checkout(found.tree(found.commit("main~2")))
    assert (folder / "number.py").read_text("utf-8") == "NUMBER = 1\n"
    assert len(found.changes(found.commit("main~3"), found.commit("main"))) == COMMITS - 1


def test_a_url_is_fetched_from(home: Home, clone: Path) -> None:
    found = history(home, clone.as_uri())
    old = found.commit("main~2")
    folder = Trees(home).checkout(found.tree(old))
    assert (folder / "number.py").read_text("utf-8") == "NUMBER = 1\n"
    # What is asked of the history costs no checkout, and no second fetch.
    assert [each.subject for each in found.line(old, found.commit("main"))] == [
        "No. 1",
        "No. 2",
        "No. 3",
    ]


def test_what_is_no_repository_is_one_line(home: Home, tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="is no git repository with a commit"):
        history(home, tmp_path)
    with pytest.raises(RequestError, match="give --mirror django=URL"):
        history(home, "")
    empty = started(tmp_path / "empty")
    with pytest.raises(WorkbenchError, match="is no git repository with a commit"):
        history(home, empty)


# Commits -------------------------------------------------------------------------------------


@pytest.fixture
def branched(tmp_path: Path) -> Path:
    """A branch of two commits, merged into main between two of its own."""
    folder = started(tmp_path / "branched")
    commit(folder, {"a.py": "A = 1\n"}, "Base")
    git(folder, "checkout", "--quiet", "-b", "topic")
    commit(folder, {"b.py": "B = 1\n"}, "On the topic")
    commit(folder, {"b.py": "B = 2\n"}, "On it again")
    git(folder, "checkout", "--quiet", "main")
    commit(folder, {"a.py": "A = 2\n"}, "Beside it")
    git(folder, "merge", "--quiet", "--no-ff", "--message", "Merged it", "topic")
    commit(folder, {"a.py": "A = 3\n"}, "After it")
    return folder


def test_a_line_goes_along_first_parents(home: Home, branched: Path) -> None:
    found = history(home, branched)
    base, main = found.commit("main~3"), found.commit("main")
    line = found.line(base, main)
    assert [(each.subject, each.parents) for each in line] == [
        ("Base", 0),
        ("Beside it", 1),
        ("Merged it", 2),
        ("After it", 1),
    ]
    assert found.parents(line[2].id) == (line[1].id, found.commit("topic"))
    assert found.parents(base) == ()
    # What is not on that line itself is where it begins all the same.
    assert [each.subject for each in found.line(found.commit("topic"), main)] == [
        "On it again",
        "Beside it",
        "Merged it",
        "After it",
    ]


@pytest.mark.parametrize(("steps", "subject"), [(1, "Merged it"), (2, "Beside it"), (9, "Base")])
def test_so_many_commits_before_another_one(
    home: Home, branched: Path, steps: int, subject: str
) -> None:
    """Along first parents, and no further than there are any."""
    found = history(home, branched)
    before = found.before(found.commit("main"), steps)
    assert found.line(before, before)[0].subject == subject


def test_nothing_was_before_the_first_commit(home: Home, branched: Path) -> None:
    found = history(home, branched)
    with pytest.raises(RequestError, match="is the first commit of its history"):
        found.before(found.commit("main~3"), 1)


def test_what_branches_have_in_common(home: Home, branched: Path) -> None:
    found = history(home, branched)
    topic, beside, base = (found.commit(spec) for spec in ("topic", "main~2", "main~3"))
    assert found.merge_base(topic, beside) == base
    assert found.is_ancestor(topic, found.commit("main"))
    assert not found.is_ancestor(topic, beside)
    git(branched, "checkout", "--quiet", "--orphan", "other")
    commit(branched, {}, "Of another history")
    assert found.merge_base(found.commit("other"), topic) == ""


def test_a_subject_and_a_day(home: Home, clone: Path) -> None:
    odd = commit(clone, {"x": ""}, "Odd\x0c \u2028 subject")
    found = history(home, clone)
    (_, last) = found.line(found.commit("main~1"), found.commit("main"))
    assert last == Commit(odd, "Odd\x0c \u2028 subject", 1)
    assert found.date(odd) == git(clone, "log", "-1", "--format=%cs")


def test_what_each_commit_changed(home: Home, branched: Path) -> None:
    found = history(home, branched)
    line = found.line(found.commit("main~3"), found.commit("main"))
    changes = found.changes(line[0].id, line[-1].id)
    assert changes == {
        line[1].id: [FileChange("a.py", ("A = 2",), 1)],
        line[2].id: [FileChange("b.py", ("B = 2",), 0)],  # a merge is all that it brought
        line[3].id: [FileChange("a.py", ("A = 3",), 1)],
    }
    assert list(found.changes(line[0].id, line[-1].id, ["b.py"])) == [line[2].id]


def test_files_of_every_kind_are_told_by_their_paths(home: Home, clone: Path) -> None:
    (clone / "picture").write_bytes(b"\0\1\2")
    git(clone, "mv", "0.txt", "moved.txt")
    git(clone, "mv", "number.py", "numbers.py")
    (clone / "link").symlink_to("numbers.py")
    last = commit(
        clone,
        {
            "with space/ü.py": "A = 'a\x0cb\u2028c'\n-- x\n++ y\n",
            "1.txt": "diff --git a/x b/y\n+++ b/z\n",
        },
        "Many kinds",
    )
    found = history(home, clone)
    assert found.commit("main") == last
    changed = {each.path: each for each in found.changes(f"{last}~1", last)[last]}
    assert changed.pop("with space/ü.py").added == ("A = 'a\x0cb\u2028c'", "-- x", "++ y")
    assert changed.pop("1.txt").added == ("diff --git a/x b/y", "+++ b/z")
    assert changed.pop("picture") == FileChange("picture", (), 0)
    assert changed.pop("number.py") == FileChange("number.py", (), 1)
    assert changed.pop("numbers.py") == FileChange("numbers.py", ("NUMBER = 3",), 0)
    assert set(changed) == {"0.txt", "moved.txt", "link"}


@pytest.mark.parametrize("way", ["linked", "followed", "fetched"])
def test_the_same_change_on_another_branch(
    home: Home, clone: Path, tmp_path: Path, way: str
) -> None:
    change = commit(clone, {"a.py": "A = 1\n"}, "A change")
    commit(clone, {"b.py": "B = 1\n"}, "Another one")
    git(clone, "checkout", "--quiet", "stable/5.1.x")
    git(clone, "cherry-pick", change)
    git(clone, "commit", "--quiet", "--amend", "--message", "[5.1.x] A change")
    backport = git(clone, "rev-parse", "HEAD")
    git(clone, "checkout", "--quiet", "main")
    git(tmp_path, "clone", "--quiet", clone.name, "user")
    user = str(tmp_path / "user")
    url = {"linked": str(clone), "followed": user, "fetched": clone.as_uri()}[way]
    found = history(home, url)
    start, main = found.commit("main~3"), found.commit("main")
    assert found.equal_commits(change, start) == [Commit(backport, "[5.1.x] A change", 1)]
    assert found.equal_commits(backport, start) == [Commit(change, "A change", 1)]
    assert found.equal_commits(main, start) == []


def test_a_merge_and_a_commit_without_files_are_the_same_as_nothing(
    home: Home, branched: Path
) -> None:
    git(branched, "commit", "--quiet", "--allow-empty", "--message", "Nothing")
    git(branched, "branch", "other", "main~3")
    git(branched, "checkout", "--quiet", "other")
    git(branched, "commit", "--quiet", "--allow-empty", "--message", "Nothing else")
    found = history(home, branched)
    base = found.commit("main~4")
    assert found.equal_commits(found.commit("main"), base) == []
    assert found.equal_commits(found.commit("main~2"), base) == []
