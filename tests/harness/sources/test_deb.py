"""Release archives from a Debian archive: a small real one in a local folder."""

from __future__ import annotations

import hashlib
import shutil
import textwrap
from pathlib import Path

import pytest
from support.local_index import archive
from support.values import CPYTHON, DJANGO

from harness.model import RequestError, Source, SpuriousError, WorkbenchError
from harness.sources import SOURCES, deb
from harness.system.home import Home

needs_apt = pytest.mark.skipif(
    shutil.which("apt-get") is None, reason="apt-get is the client under test"
)


def test_mirror_of_a_deb822_file(tmp_path: Path) -> None:
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    text = """
        # Debian
        Types: deb
        URIs: http://one.invalid/debian-security
        Suites: s
        Components: main
        Signed-By: /a.gpg

        Types: deb
        URIs: http://two.invalid/debian
        Suites: s
        Components: main contrib
        Signed-By: /b.gpg
    """
    (folder / "debian.sources").write_text(textwrap.dedent(text), "utf-8")
    assert deb.mirror(tmp_path) == {"URIs": "http://two.invalid/debian", "Signed-By": "/b.gpg"}


def test_mirror_of_a_one_line_file(tmp_path: Path) -> None:
    line = "deb [arch=amd64 signed-by=/b.gpg] http://two.invalid/debian/ trixie main  # own\n"
    (tmp_path / "sources.list").write_text(f"# deb http://no.invalid/debian x main\n{line}")
    assert deb.mirror(tmp_path) == {"URIs": "http://two.invalid/debian/", "Signed-By": "/b.gpg"}


def test_no_mirror(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match=f"no Debian mirror is configured in {tmp_path}"):
        deb.mirror(tmp_path)


def test_what_is_no_version(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="'main' is no version of cpython"):
        deb.resolve("main", CPYTHON, Home(tmp_path))


def test_without_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WorkbenchError, match="needs apt-get, which is not here"):
        deb.resolve("3.13", CPYTHON, Home(tmp_path))


class Archive:
    """A Debian archive in a folder: one suite, one component, sources only."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.sources = top / "dists/trixie/main/source/Sources"
        self.sources.parent.mkdir(parents=True)
        self.pool = top / "pool"
        self.pool.mkdir()

    def add(self, version: str, altered: bytes = b"", package: str = "", epoch: str = "") -> Path:
        """Publish ``version``, and return its original archive.

        ``altered`` bytes are put on the archive after its description was made. The
        ``package`` is that of CPython if it is no other; an ``epoch`` (``3:``) stands in
        versions, and in no name of a file.
        """
        name = package or "python" + ".".join(version.split(".")[:2])
        original = self.pool / f"{name}_{version}.orig.tar.gz"
        original.write_bytes(archive(f"Python-{version}", {"Lib/x.py": f"# {version}\n"}))
        changes = self.pool / f"{name}_{version}-1.debian.tar.gz"
        changes.write_bytes(archive("debian", {"changelog": ""}))
        head = f"Format: 3.0 (quilt)\nBinary: {name}\nVersion: {epoch}{version}-1\n"
        description = self.pool / f"{name}_{version}-1.dsc"
        description.write_text(f"Source: {name}\n{head}{self.sums([original, changes])}")
        original.write_bytes(original.read_bytes() + altered)
        with self.sources.open("a") as sources:
            files = self.sums([description, original, changes])
            sources.write(f"Package: {name}\n{head}Directory: pool\n{files}\n")
        self.release()
        return original

    def release(self) -> None:
        """The suite's index of indexes; apt takes no archive without one."""
        data = self.sources.read_bytes()
        line = f" {hashlib.sha256(data).hexdigest()} {len(data)} main/source/Sources\n"
        text = f"Suite: trixie\nCodename: trixie\nComponents: main\nSHA256:\n{line}"
        (self.top / "dists/trixie/Release").write_text(text)

    @staticmethod
    def sums(files: list[Path]) -> str:
        text = ""
        for field, name in (("Files", "md5"), ("Checksums-Sha256", "sha256")):
            text += f"{field}:\n"
            for file in files:
                data = file.read_bytes()
                text += f" {hashlib.new(name, data).hexdigest()} {len(data)} {file.name}\n"
        return text


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """The archive that this machine's APT is configured for, through APT's own variable."""
    made = Archive(tmp_path / "debian")
    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "sources.list").write_text(f"deb [trusted=yes] file:{made.top} trixie main\n")
    (etc / "own.conf").write_text(f'Dir::Etc "{etc}";\n')
    monkeypatch.setenv("APT_CONFIG", str(etc / "own.conf"))
    return made


@needs_apt
def test_the_newest_that_can_be_fetched_is_kept(debian: Archive, tmp_path: Path) -> None:
    debian.add("3.13.5")
    debian.add("3.13.15")
    debian.add("3.13.20").unlink()  # listed, and not there
    home = Home(tmp_path / "home")
    base = deb.resolve("3.13", CPYTHON, home)
    assert (base.version, base.source) == ("3.13.15", Source.DEB)
    shutil.rmtree(debian.top)
    assert deb.resolve("3.13", CPYTHON, home) == base
    files = {file.path: file.data for file in SOURCES[Source.DEB].files(base, home)}
    assert files == {"Lib/x.py": b"# 3.13.15\n"}


@needs_apt
def test_a_kept_archive_cut_short_is_fetched_again(debian: Archive, tmp_path: Path) -> None:
    debian.add("3.13.5")
    home = Home(tmp_path / "home")
    base = deb.resolve("3.13.5", CPYTHON, home)
    kept = next(home.folder("downloads", "cpython").glob("*.tar.gz"))
    kept.write_bytes(kept.read_bytes()[:40])
    assert [file.path for file in deb.files(base, home)] == ["Lib/x.py"]


@needs_apt
def test_an_archive_that_is_not_what_its_description_says(debian: Archive, tmp_path: Path) -> None:
    debian.add("3.13.5", altered=b"more")
    home = Home(tmp_path / "home")
    with pytest.raises(WorkbenchError, match="does not match its checksum"):
        deb.resolve("3.13", CPYTHON, home)
    assert not list(home.folder("downloads", "cpython").iterdir())


@needs_apt
def test_any_version_means_the_newest(debian: Archive, tmp_path: Path) -> None:
    debian.add("3.9.2")
    debian.add("3.13.5")
    assert deb.resolve("", CPYTHON, Home(tmp_path / "home")).version == "3.13.5"


@needs_apt
def test_a_package_with_an_epoch_is_kept_apart_from_what_an_index_has(
    debian: Archive, tmp_path: Path
) -> None:
    debian.add("4.2.28", package="python-django", epoch="3:")
    debian.add("3.2.25", package="python-django", epoch="3:")
    home = Home(tmp_path / "home")
    base = deb.resolve("3.2", DJANGO, home)
    assert (base.version, base.source) == ("3.2.25", Source.DEB)
    shutil.rmtree(debian.top)
    assert deb.resolve("3.2.25", DJANGO, home) == base
    assert [file.path for file in SOURCES[Source.DEB].files(base, home)] == ["Lib/x.py"]
    kept = [path.name for path in home.folder("downloads").iterdir() if path.name[0] != "."]
    assert kept == ["django-debian"]
    with pytest.raises(SpuriousError, match=r"use its version alone, or a path, .* 3\.2\.25$"):
        deb.resolve("5.2", DJANGO, home)


@needs_apt
def test_a_mirror_that_is_gone(debian: Archive, tmp_path: Path) -> None:
    debian.add("3.13.5")
    home = Home(tmp_path / "home")
    deb.resolve("3.13", CPYTHON, home)
    shutil.rmtree(debian.top)
    with pytest.raises(SpuriousError, match=r"cannot be used .* kept here: 3\.13\.5$"):
        deb.resolve("3.12", CPYTHON, home)


@needs_apt
def test_what_debian_does_not_have(debian: Archive, tmp_path: Path) -> None:
    debian.add("3.13.5").unlink()
    home = Home(tmp_path / "home")
    with pytest.raises(RequestError, match=r"has no cpython 3\.13\.6 .*it has 3\.13\.5"):
        deb.resolve("3.13.6", CPYTHON, home)
    with pytest.raises(SpuriousError, match=r"lists cpython 3\.13\.5, but its mirror"):
        deb.resolve("3.13", CPYTHON, home)
    assert not list(home.folder("scratch").iterdir())
