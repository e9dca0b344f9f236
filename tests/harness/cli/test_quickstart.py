"""A patch alone: on which release it is judged, and what is said of that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.line import SERVER, released
from support.local_index import LocalIndex, Release, archive, serve
from support.real_git import git
from support.tiny import DONE, UNDONE, UPSTREAM, Workbench, content, patch

SUM = ("sum(numbers) if numbers else None", "sum(numbers)")
QUIET = ("A candidate waits here for ever.", "It waits.")
LOUD = ('return "HTTP/1.0"', 'return "HTTP/1.1"')
FIX = patch(*SUM)
# With it the context of the fix is another, so that it does not apply.
OTHER = ("of none is wrong, and a candidate fixes it", "of none is wrong")
Quick = Callable[..., str]


@pytest.fixture
def index() -> Iterator[LocalIndex]:
    with serve() as running:
        yield running


@pytest.fixture
def quick(workbench: Workbench, tmp_path: Path, index: LocalIndex) -> Quick:
    """A verb on that patch, and what was said of the base; none is named by itself."""
    del workbench.given["--django"], workbench.given["--cpython"]
    workbench.env.pop("PIP_NO_INDEX")
    workbench.env["PIP_INDEX_URL"] = index.url

    def run(
        text: str,
        *words: str,
        verb: str = "apply",
        name: str = "fix.patch",
        flag: str = "--patch",
        notes: int = 1,
    ) -> str:
        file = tmp_path / name
        file.write_text(text, "utf-8")
        finished = workbench.run(verb, flag, file, *words)
        assert finished.status == DONE, finished.err
        said = [line for line in finished.out.splitlines() if line.startswith("note: django")]
        assert len(said) == notes, finished.out
        return "".join(said).removeprefix("note: ")

    return run


def publish(index: LocalIndex, *releases: Release) -> None:
    for each in releases:
        index.add("django", each)


def series(*changes: tuple[str, list[tuple[str, str]]]) -> list[Release]:
    """Releases by their versions, each with words of the server changed."""
    made = []
    for version, words in changes:
        files = dict(content(UPSTREAM))
        for old, new in words:
            files[SERVER] = files[SERVER].replace(old, new)
        numbers = (*map(int, version.split(".")), 0)[:3]
        files["django/__init__.py"] = f"VERSION = {(*numbers, 'final', 0)}\n"
        data = archive(f"django-{version}", files)
        made.append(Release(f"django-{version}.tar.gz", data))
    return made


def fetched(index: LocalIndex) -> list[str]:
    """The releases that were downloaded, in order."""
    files = [path for path in index.asked if path.startswith("/files/")]
    return [path.removeprefix("/files/django-").removesuffix(".tar.gz") for path in files]


def test_the_newest_release_is_the_base_if_the_patch_applies_to_it(
    quick: Quick, index: LocalIndex
) -> None:
    publish(index, *released({}))
    assert quick(FIX) == "django 0.1.5 is the base: the newest release that takes django/fix"
    assert fetched(index) == ["0.1.5"]


def test_a_named_base_is_not_overruled(
    workbench: Workbench, tmp_path: Path, index: LocalIndex
) -> None:
    file = tmp_path / "fix.patch"
    file.write_text(FIX, "utf-8")
    finished = workbench.run("apply", "--patch", file)
    assert finished.status == DONE
    assert "is the base" not in finished.out
    assert fetched(index) == []


def test_an_older_series_is_tried_by_its_newest_release(quick: Quick, index: LocalIndex) -> None:
    publish(index, *series(("0.1.3", []), ("0.1.4", []), ("0.2", [OTHER]), ("0.3.1", [OTHER])))
    said = quick(FIX)
    assert said == (
        "django 0.1.4 is the base: the newest release tried that takes django/fix "
        "(refused by 0.3.1, 0.2)"
    )
    assert fetched(index) == ["0.3.1", "0.2", "0.1.4"]


def test_a_release_that_has_the_patch_already_is_followed_by_the_last_without(
    quick: Quick, index: LocalIndex
) -> None:
    publish(index, *released({3: [SUM]}))
    assert quick(FIX) == (
        "django 0.1.2 is the base: the newest release tried that takes django/fix "
        "(already in 0.1.5, 0.1.3)"
    )
    assert fetched(index) == ["0.1.5", "0.1.2", "0.1.3"]


def test_the_tree_that_git_made_it_of_is_taken_before_any_is_fetched(
    quick: Quick, index: LocalIndex, tmp_path: Path
) -> None:
    publish(index, *series(("0.1.3", []), ("0.2", []), ("0.3", [OTHER])))
    quick(FIX, "--django", "0.1.3", "--django", "0.3", notes=0)
    blob = git(tmp_path, "hash-object", str(UPSTREAM / SERVER))
    head = f"diff --git a/{SERVER} b/{SERVER}\nindex {blob[:12]}..0123456789ab 100644\n"
    assert quick(head + FIX) == (
        "django 0.1.3 is the base: git made django/fix of the files that it has (refused by 0.3)"
    )
    assert fetched(index) == ["0.1.3", "0.3"]


def test_the_release_that_a_name_speaks_of_is_tried_second(quick: Quick, index: LocalIndex) -> None:
    publish(index, *series(("0.1.3", []), ("0.1.4", [OTHER]), ("0.2", [OTHER]), ("0.3", [OTHER])))
    text = FIX.replace("a/django", "django-0.1.3.orig/django").replace("b/", "django-0.1.3/")
    assert quick(text).startswith("django 0.1.3 is the base")
    assert fetched(index) == ["0.3", "0.1.3"]


def test_no_more_than_a_handful_is_fetched_and_what_was_tried_is_said(
    quick: Quick, index: LocalIndex
) -> None:
    publish(index, *series(*((f"0.{number}", [SUM, OTHER]) for number in range(1, 13))))
    said = quick(FIX.replace("numbers) if", "number) if"))
    assert said.startswith("django/fix applies to no release that was tried (refused by 0.12, 0.11")
    assert said.endswith("0.4); --base django=VERSION names another")
    assert len(fetched(index)) == 9


def test_without_an_index_what_is_here_is_tried(
    quick: Quick, index: LocalIndex, workbench: Workbench
) -> None:
    publish(index, *series(("0.1.3", []), ("0.2", [OTHER])))
    quick(FIX, "--django", "0.1.3", "--django", "0.2", notes=0)
    workbench.env["PIP_NO_INDEX"] = "1"
    assert quick(FIX) == (
        "django 0.1.3 is the base: the newest release tried that takes django/fix (refused by 0.2)"
    )


def test_with_nothing_to_try_the_index_is_named(
    workbench: Workbench, tmp_path: Path, quick: Quick
) -> None:
    workbench.env["PIP_NO_INDEX"] = "1"
    file = tmp_path / "fix.patch"
    file.write_text(FIX, "utf-8")
    finished = workbench.run("apply", "--patch", file)
    assert finished.status == UNDONE
    assert "configured to use no index" in finished.out


def test_each_patch_of_a_series_counts(quick: Quick, index: LocalIndex, tmp_path: Path) -> None:
    publish(index, *series(("0.1.3", []), ("0.2", [QUIET, OTHER])))
    (tmp_path / "fix.patch").write_text(FIX, "utf-8")
    (tmp_path / "loud.patch").write_text(patch(*LOUD), "utf-8")
    said = quick("fix.patch\nloud.patch\n", "--each", name="series", flag="--series")
    assert said == (
        "django 0.1.3 is the base: the newest release tried that takes every patch (refused by 0.2)"
    )


def test_it_is_judged_there_and_the_report_says_so(
    quick: Quick, index: LocalIndex, workbench: Workbench
) -> None:
    publish(index, *released({}))
    quick(FIX, "--repeat", "2", verb="test")
    assert workbench.candidates()["django/fix"]["verdict"] == "fixes"
    report = workbench.report()
    assert report["bases"][0]["version"] == "0.1.5"
    assert report["hints"] == ["django 0.1.5 is the base: the newest release that takes django/fix"]
    assert report["notes"] == []
