"""A series from anywhere: quilt's list, a folder, a mailbox, as one candidate in order."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import shapes
from support.tiny import PATCHES, diff

from harness.catalog.candidate import Candidate
from harness.catalog.catalog import Catalog
from harness.model import RequestError

FIRST = diff("a\n", "b\n")
SECOND = diff("b\n", "c\n")


def taken_in(path: Path) -> Candidate:
    return Catalog(PATCHES).add_series(str(path))


def quilt(folder: Path, series: str, **patches: str) -> Path:
    """``debian/patches/series`` with patches beside it."""
    place = folder / "debian" / "patches"
    place.mkdir(parents=True)
    for name, text in patches.items():
        (place / f"{name}.patch").write_text(text, "utf-8")
    (place / "series").write_text(series, "utf-8")
    return place / "series"


def test_a_quilt_series_with_comments_and_options(tmp_path: Path) -> None:
    series = quilt(
        tmp_path,
        "# Debian\n\nb.patch -p0 # as Subversion has it\na.patch\n#x.patch\nempty.patch\n",
        a=SECOND,
        b=FIRST.replace("a/django", "django").replace("b/django", "django"),
        empty="Description: nothing yet\n",
    )
    for path in (series, series.parent):
        candidate = taken_in(path)
        assert str(candidate.name) == "django/debian"
        assert candidate.about.series == ("b.patch", "a.patch")
        assert [candidate.patches[each] for each in candidate.about.series] == [FIRST, SECOND]
        assert candidate.remarks == ("empty.patch changes nothing and is passed over",)


def test_the_level_that_a_line_says_is_not_guessed(tmp_path: Path) -> None:
    text = FIRST.replace("a/django", "x/y/django").replace("b/django", "x/y/django")
    series = quilt(tmp_path, "a.patch -p2\n", a=text)
    assert taken_in(series).patches["a.patch"] == FIRST
    series.write_text("a.patch -p1\n", "utf-8")
    with pytest.raises(RequestError, match="fit no known upstream; say --series cpython="):
        taken_in(series)


def test_a_folder_goes_by_its_names(tmp_path: Path) -> None:
    for name, text in (("0002-b.diff", SECOND), ("0001-a.patch", FIRST), ("README", "words\n")):
        (tmp_path / name).write_text(text, "utf-8")
    candidate = taken_in(tmp_path)
    assert candidate.about.series == ("0001-a.patch", "0002-b.diff")


def test_a_mailbox_goes_by_the_numbers_of_its_mails(tmp_path: Path) -> None:
    box = tmp_path / "thread.mbox"
    letter = shapes.MAIL_HEAD.replace("[PATCH]", "[PATCH 0/2]").encode() + b"\n"
    box.write_bytes(letter + shapes.mail(SECOND, number="2/2") + shapes.mail(FIRST, number="1/2"))
    candidate = taken_in(box)
    assert str(candidate.name) == "django/thread"
    one, two = (candidate.patches[each] for each in candidate.about.series)
    assert "[PATCH 1/2]" in one
    assert "[PATCH 2/2]" in two


def test_a_patch_of_documentation_or_metadata_stops_no_series(tmp_path: Path) -> None:
    series = quilt(
        tmp_path,
        "docs.patch\nmeta.patch\ncode.patch\n",
        docs=diff("a\n", "b\n", "docs/x.txt"),
        meta=diff("a\n", "b\n", "setup.cfg"),
        code=FIRST,
    )
    assert taken_in(series).about.series == ("docs.patch", "meta.patch", "code.patch")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("a.patch\ngone.patch\n", r"series, line 2: there is no patch gone\.patch beside it"),
        ("a.patch\n\na.patch\n", r"series, line 3: a\.patch stands in line 1 already"),
        ("a.patch -R\n", r"series, line 1: option '-R' is not known"),
        ("../../secret.patch\n", r"series, line 1: .* is outside of the folder of the series"),
        ("# nothing\n", r"it names no patch with a change, so there is nothing to judge"),
        ("a.patch\nother.patch\n", r"for several upstreams: Lib/x\.py is of cpython, django/"),
        ("bad.patch\n", r"bad\.patch: hunk 1 of .* is cut off"),
    ],
    ids=["missing", "twice", "option", "outside", "empty", "two upstreams", "cut"],
)
def test_a_line_that_can_not_be_meant(tmp_path: Path, lines: str, said: str) -> None:
    series = quilt(
        tmp_path,
        lines,
        a=FIRST,
        other=diff("a\n", "b\n", "Lib/x.py"),
        bad=FIRST.removesuffix("+b\n"),
    )
    (tmp_path / "secret.patch").write_text(FIRST, "utf-8")
    with pytest.raises(RequestError, match=said) as refused:
        taken_in(series)
    assert len(str(refused.value).splitlines()) == 1


def test_a_folder_without_patches(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="there is no patch in it, and no file `series`"):
        taken_in(tmp_path)


def test_one_patch_for_two_upstreams(tmp_path: Path) -> None:
    file = tmp_path / "both.patch"
    file.write_text(FIRST + diff("a\n", "b\n", "Lib/x.py"), "utf-8")
    with pytest.raises(
        RequestError, match=r"Lib/x\.py is of cpython, django/server\.py is of django; give"
    ):
        Catalog(PATCHES).add_stray(str(file))
