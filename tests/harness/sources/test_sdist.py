"""Releases from a real index on this machine: found, fetched, verified, kept."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from support.local_index import LocalIndex, Release, archive, closed_port, serve, use_only
from support.values import DJANGO

from harness.model import Base, RequestError, Source, SpuriousError, WorkbenchError
from harness.sources import SOURCES, sdist
from harness.system.home import Home

SHORT = 0.1  # seconds; the deadline is what the test waits for


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalIndex]:
    with serve() as running:
        for version, requires in [
            ("5.2", ">=3.10"),
            ("6.1", ">=3.12"),
            ("6.1.1", ">=3.12"),
            ("6.2a1", ">=3.12"),
            ("7.0", ">=3.14"),
        ]:
            data = archive(f"django-{version}", {"django/__init__.py": f"# {version}\n"})
            running.add("django", Release(f"django-{version}.tar.gz", data, requires))
        use_only(monkeypatch, running.url)
        yield running


def content(base: Base, home: Home) -> dict[str, bytes]:
    return {file.path: file.data for file in SOURCES[base.source].files(base, home)}


def release(index: LocalIndex, version: str) -> Release:
    return next(r for r in index.releases["django"] if r.name == f"django-{version}.tar.gz")


def kept(home: Home) -> Path:
    return next(home.folder("downloads", "django").glob("*.tar.gz"))


def test_a_release_and_its_content(index: LocalIndex, home: Home) -> None:
    base = sdist.resolve("6.1.1", DJANGO, home)
    assert base == Base(DJANGO, "6.1.1", Source.SDIST, "6.1.1")
    assert content(base, home) == {"django/__init__.py": b"# 6.1.1\n"}


@pytest.mark.parametrize("wanted", ["6.1", "6.1.0"])
def test_two_ways_to_write_one_release(index: LocalIndex, home: Home, wanted: str) -> None:
    assert sdist.resolve(wanted, DJANGO, home).version == "6.1"


def test_a_second_use_needs_no_network(
    index: LocalIndex, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = content(sdist.resolve("5.2", DJANGO, home), home)
    with closed_port() as url:
        use_only(monkeypatch, url)
        assert content(sdist.resolve("5.2", DJANGO, home), home) == first


def test_no_connection_stays_open(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(keep_alive=True) as index:
        index.add("django", Release("django-5.2.tar.gz", archive("django-5.2", {"README": ""})))
        use_only(monkeypatch, index.url)
        port = urlsplit(index.url).port
        content(sdist.resolve("5.2", DJANGO, home), home)
        assert index.asked == ["/simple/django/", "/files/django-5.2.tar.gz"]
        ours = psutil.Process().net_connections("tcp")
        assert [each for each in ours if each.raddr and each.raddr.port == port] == []


def test_a_version_that_does_not_exist(index: LocalIndex, home: Home) -> None:
    with pytest.raises(RequestError, match=r"^Django 6\.1\.99 .* the nearest are 6\.1, 6\.1\.1$"):
        sdist.resolve("6.1.99", DJANGO, home)
    with pytest.raises(RequestError, match=r"the nearest are 5\.2, 6\.1$"):
        sdist.resolve("5.3", DJANGO, home)


def test_what_is_no_version(index: LocalIndex, home: Home) -> None:
    with pytest.raises(RequestError, match="'latest' is not a release number"):
        sdist.resolve("latest", DJANGO, home)


@pytest.mark.parametrize(
    ("minors", "version"), [(["3.11"], "5.2"), (["3.9", "3.13"], "6.1.1"), (["3.14"], "7.0")]
)
def test_the_newest_that_fits(
    index: LocalIndex, home: Home, minors: list[str], version: str
) -> None:
    assert sdist.newest(DJANGO, minors, home).version == version


def test_none_fits(index: LocalIndex, home: Home) -> None:
    with pytest.raises(WorkbenchError, match=r"no release of Django runs on Python 3\.6"):
        sdist.newest(DJANGO, ["3.6"], home)


def test_final_releases_are_listed_in_order(index: LocalIndex, home: Home) -> None:
    assert sdist.releases(DJANGO, home) == ["5.2", "6.1", "6.1.1", "7.0"]


def test_a_download_with_the_wrong_hash(index: LocalIndex, home: Home) -> None:
    release(index, "5.2").data += b"more"
    release(index, "5.2").announced += len(b"more")
    with pytest.raises(WorkbenchError, match="does not match the index's hash") as caught:
        content(sdist.resolve("5.2", DJANGO, home), home)
    assert "\n" not in str(caught.value)
    assert not list(home.folder("downloads", "django").iterdir())


def test_a_download_that_breaks_off(index: LocalIndex, home: Home) -> None:
    release(index, "5.2").data = release(index, "5.2").data[:-20]
    with pytest.raises(SpuriousError, match=r"^the download of Django 5\.2 broke off"):
        content(sdist.resolve("5.2", DJANGO, home), home)
    assert not list(home.folder("downloads", "django").iterdir())


def test_a_kept_file_that_was_cut_short_is_fetched_again(index: LocalIndex, home: Home) -> None:
    base = sdist.resolve("5.2", DJANGO, home)
    whole = content(base, home)
    kept(home).write_bytes(kept(home).read_bytes()[:50])
    assert content(base, home) == whole
    assert index.asked.count("/files/django-5.2.tar.gz") == 2


def test_an_index_that_cannot_be_reached(
    index: LocalIndex, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closed_port() as url:
        use_only(monkeypatch, url.replace("://", "://user:secret@"))
        with pytest.raises(SpuriousError, match="no release is kept here yet"):
            sdist.resolve("5.2", DJANGO, home)
        use_only(monkeypatch, index.url)
        content(sdist.resolve("5.2", DJANGO, home), home)
        use_only(monkeypatch, url.replace("://", "://user:secret@"))
        with pytest.raises(SpuriousError, match=r"usable without it: 5\.2$") as caught:
            sdist.resolve("6.1", DJANGO, home)
    assert "secret" not in str(caught.value)


def test_an_index_that_does_not_answer(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use_only(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        monkeypatch.setattr(sdist, "LOOKUP_SECONDS", SHORT)
        with pytest.raises(SpuriousError, match="cannot be reached: no answer in"):
            sdist.releases(DJANGO, home)


def test_an_index_without_the_project(
    home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with serve() as empty:
        use_only(monkeypatch, empty.url)
        with pytest.raises(WorkbenchError, match=r"no source distribution of Django: .*404"):
            sdist.releases(DJANGO, home)
    assert capfd.readouterr() == ("", "")


def test_a_folder_of_archives_does_as_an_index(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = tmp_path / "links"
    links.mkdir()
    (links / "Django-5.2.tar.gz").write_bytes(archive("Django-5.2", {"README": "here\n"}))
    use_only(monkeypatch, "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    base = sdist.resolve("5.2", DJANGO, home)
    assert content(base, home) == {"README": b"here\n"}
    assert (links / "Django-5.2.tar.gz").exists()
