"""The content of a tree as plain values, and source archives that are kept verified.

Owns: reading tar archives without trusting them, and files kept with their
SHA-256 beside them. Must not know: where an archive comes from.
"""

from __future__ import annotations

import contextlib
import lzma
import os
import posixpath
import shutil
import stat
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from ..model import SpuriousError, WorkbenchError
from ..system.digests import digest_of_file
from ..system.files import replace_text
from ..system.home import Home

REGULAR, EXECUTABLE, SYMLINK = 0o100644, 0o100755, 0o120000
_NOWHERE = "/nowhere"  # members are read, never extracted; the filter only needs a root


class File(NamedTuple):
    """One file of a tree: POSIX path from its top, git's mode, content.

    The content of a symbolic link (mode ``0o120000``) is its target.
    """

    path: str
    mode: int
    data: bytes


def kept_versions(home: Home, upstream: str) -> dict[Version, str]:
    """The releases that were kept, oldest first, and their files' names; none is verified."""
    found = {}
    for note in home.folder("downloads", upstream).glob(f"{upstream}-*.tar.*.sha256"):
        name = note.name.removesuffix(".sha256")
        with contextlib.suppress(InvalidVersion):
            found[Version(name.removeprefix(f"{upstream}-").partition(".tar.")[0])] = name
    return dict(sorted(found.items()))


def kept(home: Home, upstream: str, version: Version) -> Path | None:
    """The kept release if it still is what was kept, else None: a damaged one is no use."""
    name = kept_versions(home, upstream).get(version)
    if name is None:
        return None
    path = home.folder("downloads", upstream) / name
    try:
        expected = _sidecar(path).read_text("utf-8").split()[0]
        return path if digest_of_file(path) == expected else None
    except (OSError, IndexError, UnicodeDecodeError):
        return None


def keep(home: Home, fetched: Path, upstream: str, version: Version) -> Path:
    """Copy a verified archive to where releases are kept; readers see all of it or nothing.

    Its SHA-256 lies beside it in the form that ``sha256sum --check`` reads.
    Raises ``SpuriousError`` if it cannot be written.
    """
    folder = home.folder("downloads", upstream)
    name = f"{upstream}-{version}.tar{fetched.suffix}"
    path = folder / name
    try:
        with home.scratch("keep") as scratch:
            whole = Path(shutil.copyfile(fetched, scratch / name))
            note = f"{digest_of_file(whole)}  {name}\n"
            os.replace(whole, path)
            replace_text(_sidecar(path), note)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SpuriousError(f"cannot keep {name} in {folder}: {reason}") from error
    return path


def read(archive: Path) -> Iterator[File]:
    """Every file of a tar archive, its single top folder stripped.

    Raises ``WorkbenchError`` if a member reaches outside of that folder or is
    neither file, folder nor link, and if the archive is damaged.
    """
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                file = _file(tar, member, archive.name)
                if file is not None:
                    yield file
    except (tarfile.ReadError, EOFError, zlib.error, lzma.LZMAError, OSError) as error:
        raise WorkbenchError(
            f"{archive} cannot be read ({error}); delete it and run again to fetch it anew"
        ) from error


def within(folder: str, target: str) -> bool:
    """Whether a link in ``folder`` (both relative to the top) stays inside of the top."""
    reached = posixpath.normpath(posixpath.join(folder, target))
    return not target.startswith("/") and reached != ".." and not reached.startswith("../")


def _sidecar(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _file(tar: tarfile.TarFile, member: tarfile.TarInfo, archive: str) -> File | None:
    path = _stripped(member.name)
    _check(member, path, archive)
    if member.isdir() or not path:
        return None
    if member.issym():
        return File(path, SYMLINK, os.fsencode(member.linkname))
    try:
        stream = tar.extractfile(member)  # a hard link reads as the file that it names
    except KeyError:
        stream = None
    if stream is None:
        raise WorkbenchError(f"{archive}: the link {member.name} leads nowhere")
    with contextlib.closing(stream):
        return File(path, EXECUTABLE if member.mode & stat.S_IXUSR else REGULAR, stream.read())


def _check(member: tarfile.TarInfo, path: str, archive: str) -> None:
    def refuse(why: object) -> WorkbenchError:
        return WorkbenchError(f"{archive} is refused, nothing was written: {member.name}: {why}")

    if not (member.isfile() or member.isdir() or member.issym() or member.islnk()):
        raise refuse("neither a file, a folder nor a link")
    parts = path.split("/")
    if member.name.startswith("/") or ".." in parts or ".git" in map(str.lower, parts):
        raise refuse("reaches outside of the tree")
    if member.issym() and not within(posixpath.dirname(path), member.linkname):
        raise refuse(f"links outside of the tree, to {member.linkname}")
    if hasattr(tarfile, "data_filter"):  # from 3.11.4 on; Debian 12 has 3.11.2
        linkname = _stripped(member.linkname) if member.islnk() else member.linkname
        stripped = member.replace(name=path or ".", linkname=linkname, deep=False)
        try:
            tarfile.data_filter(stripped, _NOWHERE)
        except tarfile.FilterError as error:
            raise refuse(error) from error


def _stripped(name: str) -> str:
    """The member's path below the archive's top folder; empty for that folder itself."""
    return "/".join([part for part in name.split("/") if part not in ("", ".")][1:])
