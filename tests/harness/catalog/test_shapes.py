"""Every shape of a patch that people have in hand: taken whole, or refused with the reason."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shapes
from support.tiny import PATCHES

from harness.catalog import patchfile
from harness.catalog.catalog import Catalog
from harness.catalog.intake.patches import read_patches
from harness.model import Patch, RequestError


@pytest.fixture
def catalog() -> Catalog:
    return Catalog(PATCHES)


def taken_in(catalog: Catalog, folder: Path, data: bytes) -> tuple[Patch, ...]:
    """The patches of a file as the catalog gives them to whoever applies them."""
    file = folder / "mine.patch"
    file.write_bytes(data)
    candidate = catalog.add_stray(str(file))
    assert candidate.upstream == "django"
    return candidate.alternatives("")[0]


def applied(
    files: Mapping[str, bytes], patches: tuple[Patch, ...], folder: Path
) -> dict[str, bytes]:
    """What git makes of a tree with each of the patches, in order."""
    tree = folder / "tree"
    for path, content in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_bytes(content)
    for patch in patches:
        loose = ["--unidiff-zero"] if patchfile.has_no_context(patch.text) else []
        command = ["git", "apply", "--whitespace=nowarn", *loose, "-"]
        done = subprocess.run(command, cwd=tree, input=patch.data, capture_output=True, check=False)
        assert done.returncode == 0, (done.stderr.decode(), patch.text)
    found = (path for path in tree.rglob("*") if path.is_file())
    return {path.relative_to(tree).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize("shape", shapes.SAME)
def test_one_change_in_every_shape(shape: str, catalog: Catalog, tmp_path: Path) -> None:
    patches = taken_in(catalog, tmp_path, shapes.SAME[shape])
    assert applied(shapes.OLD, patches, tmp_path) == shapes.NEW


@pytest.mark.parametrize("shape", shapes.OTHER)
def test_what_only_some_files_have(shape: str, catalog: Catalog, tmp_path: Path) -> None:
    case = shapes.OTHER[shape]
    patches = taken_in(catalog, tmp_path, case.data)
    assert applied(case.old, patches, tmp_path) == case.new


def test_that_lines_were_joined_again_is_said() -> None:
    (wrapped,) = read_patches(shapes.flowed(24), "mine")
    assert wrapped.remark.startswith("its mail is format=flowed; lines that were wrapped")
    (whole,) = read_patches(shapes.flowed(), "mine")
    assert not whole.remark


def test_a_flowed_mail_that_joining_does_not_mend_is_refused() -> None:
    damaged = shapes.flowed(24).replace(b"\n+", b"\n", 1)
    with pytest.raises(RequestError, match=r"its mail is format=flowed, and lines are wrapped$"):
        read_patches(damaged, "mine")


def test_a_mode_alone(catalog: Catalog, tmp_path: Path) -> None:
    patches = taken_in(catalog, tmp_path, shapes.MODE)
    assert applied(shapes.OLD, patches, tmp_path) == shapes.OLD
    assert (tmp_path / "tree/django/server.py").stat().st_mode & 0o111


@pytest.mark.parametrize("shape", shapes.REFUSED)
def test_what_is_refused_is_refused_whole_and_in_one_line(shape: str) -> None:
    refusal = shapes.REFUSED[shape]
    with pytest.raises(RequestError, match=f"^mine: .*(?:{refusal.said})") as refused:
        read_patches(refusal.data, "mine")
    assert len(str(refused.value).splitlines()) == 1


def test_a_patch_of_git_stays_as_it_is(catalog: Catalog, tmp_path: Path) -> None:
    for text in (shapes.GIT, shapes.mail().decode()):
        (patch,) = taken_in(catalog, tmp_path, text.encode())
        assert patch.text == text
        catalog = Catalog(PATCHES)


@pytest.mark.parametrize(
    "shape", ["mercurial", "a mail", "a mail in base64", "an attachment", "quilt with a head"]
)
def test_the_author_is_kept(shape: str, catalog: Catalog, tmp_path: Path) -> None:
    (patch,) = taken_in(catalog, tmp_path, shapes.SAME[shape])
    mail = patchfile.mail(patch.text, patch.name)
    assert f"{mail.author} <{mail.address}>" == shapes.AUTHOR
    assert mail.message.startswith(("Answered with words.\n", "words\n"))
    assert "diff" not in mail.message
    assert "@@" not in mail.message


@settings(max_examples=300, deadline=None)
@given(
    data=st.sampled_from([*shapes.SAME.values(), *(case.data for case in shapes.OTHER.values())]),
    cuts=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 300), st.binary(max_size=3)), max_size=3
    ),
)
def test_damage_is_refused_in_one_line_or_does_not_matter(
    data: bytes, cuts: list[tuple[float, int, bytes]]
) -> None:
    for place, length, other in cuts:
        at = int(place * len(data))
        data = data[:at] + other + data[at + length :]
    try:
        patches = read_patches(data, "mine")
    except RequestError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert all(patch.text(1) for patch in patches)
