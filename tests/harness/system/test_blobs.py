"""Bytes below a URL: there in one step, within a bound, and with the reason where they are not."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from support.stores import AT_ONCE, late_store

from harness.model import RequestError, SpuriousError
from harness.system.blobs import Blobs, LateError, url_of

NAME = "ab/abcd.json"
# The port 0 of the loopback takes no connections.
NOBODY = "http://127.0.0.1:0"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a folder in a bucket of a real server that speaks S3."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "anybody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "anything")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    try:
        import s3fs

        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem().mkdir("shared")
        yield "s3://shared/results"
    finally:
        server.stop()


@pytest.fixture(params=["file", "memory", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "s3":
        return str(request.getfixturevalue("bucket"))
    return f"file://{tmp_path}/store" if request.param == "file" else f"memory://{tmp_path}"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_was_written_is_read_by_another_one(url: str) -> None:
    assert Blobs(url).read(NAME) is None
    for data in (b"one", b"two" * 100_000, b""):
        Blobs(url).write(NAME, data)
        assert Blobs(url).read(NAME) == data


def test_a_folder_is_named_in_full() -> None:
    assert url_of("some/folder") == f"file://{os.getcwd()}/some/folder"
    assert url_of("s3://bucket/x") == "s3://bucket/x"
    assert url_of("") == ""


@pytest.mark.parametrize("wrong", ["nothing://x", "gs://bucket/x"])
def test_a_url_that_nothing_here_reaches_is_a_wrong_request(wrong: str) -> None:
    with pytest.raises(RequestError, match=f"{wrong} can not be a shared store: .+"):
        Blobs(wrong)


def test_credentials_are_not_repeated() -> None:
    with pytest.raises(RequestError) as error:
        Blobs("nothing://me:secret@example.org/x")
    assert "secret" not in str(error.value)


def test_who_does_not_answer_is_not_waited_for(tmp_path: Path) -> None:
    with late_store(tmp_path) as url:
        blobs = Blobs(url, AT_ONCE)
        with pytest.raises(LateError):
            blobs.read(NAME)
        with pytest.raises(LateError):
            blobs.write(NAME, b"late")
    assert Blobs(url).read(NAME) in (None, b"late")  # it answers again


def test_where_there_is_nobody_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = Blobs(f"{NOBODY}/store")
    with pytest.raises(SpuriousError, match="Cannot connect"):
        blobs.read(NAME)


def test_a_full_disk_leaves_what_was_there_and_nothing_beside_it(tmp_path: Path) -> None:
    blobs = Blobs(f"file://{tmp_path}")
    blobs.write(NAME, b"whole")
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, hard))
    try:
        with pytest.raises(SpuriousError, match="File too large"):
            blobs.write(NAME, b"x" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert blobs.read(NAME) == b"whole"
    assert files(tmp_path) == [tmp_path / NAME]


def test_parts_of_writers_that_were_killed_go_after_a_day(tmp_path: Path) -> None:
    old, new = tmp_path / "parts" / "old", tmp_path / "parts" / "new"
    old.parent.mkdir()
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    Blobs(f"file://{tmp_path}").write(NAME, b"whole")
    assert files(tmp_path / "parts") == [new]


def write_often(folder: str, letter: bytes, times: int) -> None:
    """What a process of the next test does."""
    blobs = Blobs(f"file://{folder}")
    for _ in range(times):
        blobs.write(NAME, letter * 100_000)


def test_processes_that_write_the_same_name_at_once_leave_one_of_theirs(tmp_path: Path) -> None:
    letters = [b"a", b"b"]
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=write_often, args=(str(tmp_path), letter, 40)) for letter in letters
    ]
    for writer in writers:
        writer.start()
    blobs, seen = Blobs(f"file://{tmp_path}"), set()
    while any(writer.is_alive() for writer in writers):
        seen.add(blobs.read(NAME))
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    whole = {letter * 100_000 for letter in letters}
    assert seen <= {None, *whole}
    assert blobs.read(NAME) in whole
    assert files(tmp_path) == [tmp_path / NAME]


def test_a_request_that_hangs_keeps_nobody_from_ending(tmp_path: Path) -> None:
    with late_store(tmp_path) as url, pytest.raises(LateError):
        Blobs(url, AT_ONCE).read(NAME)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "blobs")
