"""Archives are read without trusting them."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from harness.model import WorkbenchError
from harness.sources import File
from harness.sources.archive import EXECUTABLE, REGULAR, SYMLINK, read


def packed(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for member, data in members:
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def test_files_links_and_modes(tmp_path: Path) -> None:
    tool = member("top/tool")
    tool.mode = 0o755
    path = packed(
        tmp_path / "a.tar.gz",
        (member("top", tarfile.DIRTYPE), b""),
        (member("top/x..y"), b"text"),
        (tool, b"#!"),
        (member("top/a/link", tarfile.SYMTYPE, "../tool"), b""),
        (member("top/same", tarfile.LNKTYPE, "top/x..y"), b""),
    )
    assert list(read(path)) == [
        File("x..y", REGULAR, b"text"),
        File("tool", EXECUTABLE, b"#!"),
        File("a/link", SYMLINK, b"../tool"),
        File("same", REGULAR, b"text"),
    ]


@pytest.mark.parametrize(
    "bad",
    [
        member("top/../../outside"),
        member("top/a/../../../outside"),
        member("/top/absolute"),
        member("top/.git/hooks/post-checkout"),
        member("top/link", tarfile.SYMTYPE, "../outside"),
        member("top/link", tarfile.SYMTYPE, "/etc/passwd"),
        member("top/hard", tarfile.LNKTYPE, "/etc/passwd"),
        member("top/pipe", tarfile.FIFOTYPE),
        member("top/device", tarfile.CHRTYPE),
    ],
    ids=lambda bad: f"{bad.name}-{bad.linkname}",
)
@pytest.mark.parametrize("filtered", [True, False], ids=["filter", "no filter"])
def test_what_reaches_outside_is_refused(
    tmp_path: Path, bad: tarfile.TarInfo, filtered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not filtered:  # as on Python 3.11.0 to 3.11.3
        monkeypatch.delattr(tarfile, "data_filter", raising=False)
    path = packed(tmp_path / "a.tar.gz", (member("top/good"), b"1"), (bad, b""))
    with pytest.raises(WorkbenchError, match=r"a\.tar\.gz"):
        list(read(path))


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.tar.gz", (member("top/good"), b"1" * 10000))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(WorkbenchError, match=f"{path} cannot be read"):
        list(read(path))
